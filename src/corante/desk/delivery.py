"""One edition's delivery: its report, and an editor's word on letters nobody else can tell about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from corante import deliver as room
from corante.catalog.desk import delivery as read
from corante.models import Delivery, Edition

from .editor import moment
from .frame import page, sorry, told
from .log import write


def edition(request: HttpRequest, edition: int) -> HttpResponse:
    """What became of its letters."""
    row = get_object_or_404(Edition.objects.select_related("digest"), pk=edition)
    title = f"{row.digest.name}, {row.date:%-d %B %Y}"
    report, now = read.report(row), moment()
    again = {each.pk for each in report.doubtful if room.may_go_again(row, each.due_at, now)}
    shown = {"title": title, "r": report, "again": again, "height": read.HEIGHT, "step": read.STEP}
    return page(request, "edition", shown)


def arrived(request: HttpRequest, delivery: int) -> HttpResponse:
    """The reader has it."""
    return _settle(request, delivery, room.it_arrived, "arrived", "counts as arrived")


def again(request: HttpRequest, delivery: int) -> HttpResponse:
    """Send it once more, byte-identical."""
    return _settle(request, delivery, room.send_again, "again", "is sent once more, byte-identical")


def _settle(
    request: HttpRequest, delivery: int, act: Callable[[int, datetime], str], verb: str, words: str
) -> HttpResponse:
    row = get_object_or_404(Delivery.objects.select_related("edition__digest", "subscriber"), pk=delivery)
    name = f"{row.edition.digest.name} of {row.edition.date:%-d %B %Y}"
    with transaction.atomic():
        if why := act(delivery, moment()):
            return sorry(request, why)
        write(request, verb, ("edition", row.edition_id, name), after={"delivery": delivery})
    return told(request, f"The letter to {row.subscriber.address} {words}.")
