"""What came back, and an admin's word on it: write to a domain again, write to a reader again."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from corante import subscribe
from corante.catalog.desk import returns as read
from corante.models import Standstill, Subscriber

from .editor import moment
from .frame import page, sorry, told
from .log import write


def returns(request: HttpRequest) -> HttpResponse:
    """How it stands, and the last hundred."""
    now = moment()
    values = {
        "title": "Returns",
        "counts": read.counts(now),
        "complaints": subscribe.complaints(now),
        "storm": subscribe.storm(now),
        "standstills": read.standstills(now),
        "postbox": read.postbox(),
        "read_from": bool(settings.CORANTE.returns),
        "lines": read.latest(now),
    }
    return page(request, "returns", values)


def lift_domain(request: HttpRequest, standstill: int) -> HttpResponse:
    """Its readers are written to again."""
    row = get_object_or_404(Standstill, pk=standstill)
    with transaction.atomic():
        subscribe.lift(row.domain, moment())
        write(request, "lifted", ("domain", row.pk, row.domain))
    return told(request, f"{row.domain} is written to again.")


def lift_reader(request: HttpRequest, reader: int) -> HttpResponse:
    """They may ask for letters again; nothing is sent before they confirm."""
    row = get_object_or_404(Subscriber, pk=reader)
    with transaction.atomic():
        if not subscribe.lift_reader(row, moment()):
            return sorry(request, "This address is not suppressed: nothing changed.")
        write(request, "lifted", ("reader", row.pk, ""))
    return told(request, "This address may ask for letters again; until it has confirmed, none is sent.")
