"""Letters as an editor plans them: what each is called, when it comes, what it brings; founded, changed, retired."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from corante import digest as room
from corante.catalog.desk import activity, letters
from corante.core.work import Impossible
from corante.models import Act, Digest, deeds

from .editor import editor, moment, number
from .frame import many, page, sorry, told

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def digest_new(request: HttpRequest) -> HttpResponse:
    """GET: a form for a letter like most. POST: it stands."""
    usual = room.Plan("", letters.all_topics(), time_zone=settings.CORANTE.time_zone)
    if request.method != "POST":
        return _form(request, None, usual)
    try:
        made = room.found(typed := _typed(request, usual), moment(), editor(request))
    except Impossible as error:
        return _form(request, None, typed, str(error), 400)
    return told(request, f"{made.name} is made.", back=_page_of(made))


def digest(request: HttpRequest, digest: int) -> HttpResponse:
    """GET: the form. POST: plan it anew, against the version the editor saw."""
    standing = get_object_or_404(Digest, pk=digest, retired_at__isnull=True)
    plan = room.plan_of(standing)
    if request.method != "POST":
        return _form(request, standing, plan)
    typed, version = _typed(request, plan), number(request.POST.get("version")) or 0
    try:
        act = room.change(standing, typed, version, moment(), editor(request))
    except deeds.Conflict as conflict:
        words = "Somebody changed this letter while you looked at it; what you typed stands here, saving puts it over"
        return _form(request, conflict.row, typed, words, 409)
    except Impossible as error:
        return _form(request, standing, typed, str(error), 400)
    return told(request, f"{typed.name} is saved.", act.pk, back=_page_of(standing))


def retire(request: HttpRequest, digest: int) -> HttpResponse:
    """Let it come no more; its readers get another."""
    standing = get_object_or_404(Digest, pk=digest)
    heir = Digest.objects.filter(pk=number(request.POST.get("heir")) or 0).first()
    try:
        moved = room.retire(
            standing, heir, number(request.POST.get("version")) or 0, moment(), editor(request)
        )  # fmt: skip
    except (Impossible, deeds.Conflict) as error:
        return sorry(request, f"{standing.name} still comes: {error}.")
    words = f" {many(moved, 'reader')} moved to {heir.name}." if heir and moved else ""
    return told(request, f"{standing.name} comes no more.{words}", back=reverse("desk:editions"))


def undo(request: HttpRequest, act: Act) -> None:
    """Put back what a change took. Raises ValueError with what stands against it."""
    room.undo(act, moment(), editor(request))


def _typed(request: HttpRequest, otherwise: room.Plan) -> room.Plan:
    """What stands in the form; a garbled hour or day is taken for none."""
    said = request.POST.get
    return replace(
        otherwise,
        name=" ".join(said("name", "").split()),
        topics=frozenset(n for text in request.POST.getlist("topic") if (n := number(text)) is not None),
        cadence=said("cadence", ""),
        slot=_hour(said("slot", "")) or otherwise.slot,
        weekday=number(said("weekday")) or 0,
        time_zone=said("time_zone", "").strip(),
        hold=said("hold") == "on",
    )


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _page_of(digest: Digest) -> str:
    return f"{reverse('desk:editions')}?digest={digest.pk}"


def _form(
    request: HttpRequest, standing: Digest | None, typed: room.Plan, wrong: str = "", status: int = 200
) -> HttpResponse:
    values: dict[str, Any] = {
        "title": standing.name if standing else "A new letter",
        "standing": standing,
        "typed": typed,
        "errors": [f"{wrong[:1].upper()}{wrong[1:]}."] if wrong else [],
        "action": reverse("desk:digest", args=[standing.pk]) if standing else reverse("desk:digest_new"),
        "cadences": Digest.CADENCES,
        "weekdays": list(enumerate(WEEKDAYS)),
        "topics": letters.topics(),
        "zones": letters.zones(),
        "heirs": [d for d in letters.digests() if standing and d.pk != standing.pk],
        "readers": letters.readers(standing) if standing else 0,
        "acts": activity.history("digest", standing.pk) if standing else [],
    }
    return page(request, "digest", values, status)
