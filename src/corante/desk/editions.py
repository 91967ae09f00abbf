"""The next edition as it would be now, and what became of those before it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_sameorigin

from corante import digest as room
from corante.catalog.desk import letters as read
from corante.catalog.timetables import next_at
from corante.core.lifecycles import NotAllowed
from corante.models import Act, Digest, Edition

from .editor import moment, number
from .frame import page, sorry, told
from .log import write

LETTER_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""A letter carries its styles inline, as mail programs want it; the sandbox takes everything else away."""


def editions(request: HttpRequest) -> HttpResponse:
    """The next edition of a digest, and the recent ones of all."""
    standing = read.digests()
    wanted = number(request.GET.get("digest"))
    chosen = next((d for d in standing if d.pk == wanted), standing[0] if standing else None)
    letter = room.preview(chosen, moment()) if chosen else None
    values: dict[str, Any] = {"title": "Next edition", "digests": standing, "chosen": chosen, "letter": letter}
    if chosen:
        values |= {"next_at": next_at(chosen, moment()), "readers": read.readers(chosen)}
    return page(request, "editions", values | {"sent": read.recent()})


@xframe_options_sameorigin
def letter_html(request: HttpRequest, digest: int) -> HttpResponse:
    """The next letter's HTML, for the frame on the page."""
    response = HttpResponse(_letter(digest).html)
    response["Content-Security-Policy"] = LETTER_POLICY
    return response


def letter_text(request: HttpRequest, digest: int) -> HttpResponse:
    """The next letter's text part."""
    return HttpResponse(_letter(digest).text, content_type="text/plain; charset=utf-8")


def hold(request: HttpRequest, edition: int) -> HttpResponse:
    """Keep it from starting."""
    row, why = get_object_or_404(Edition, pk=edition), request.POST.get("why", "").strip()[:500]
    try:
        with transaction.atomic():
            room.hold(edition, why or "held by an editor", moment())
            act = write(request, "hold", _named(row), why=why)
    except NotAllowed:
        return sorry(request, "It has started already: only an edition that waits can be held.")
    return told(request, f"{_named(row)[2]} waits until you release it.", act.pk)


def release(request: HttpRequest, edition: int) -> HttpResponse:
    """Let it go out."""
    row = get_object_or_404(Edition, pk=edition)
    try:
        with transaction.atomic():
            room.release(edition, moment())
            act = write(request, "release", _named(row))
    except NotAllowed as error:
        return sorry(request, f"It can’t be released: {error}.")
    return told(request, f"{_named(row)[2]} goes out.", act.pk)


def undo(request: HttpRequest, act: Act) -> None:
    """Hold what was released, release what was held. Raises NotAllowed once that is too late."""
    row = get_object_or_404(Edition, pk=act.subject_id)
    with transaction.atomic():
        if act.verb == "hold":
            room.release(row.pk, moment())
        else:
            room.hold(row.pk, "held again by an editor", moment())
        write(request, "release" if act.verb == "hold" else "hold", _named(row), undoes=act)


def _letter(digest: int) -> room.Letter:
    return room.preview(get_object_or_404(Digest, pk=digest, retired_at__isnull=True), moment())


def _named(row: Edition) -> tuple[str, int, str]:
    return "edition", row.pk, f"{row.digest.name} of {row.date:%-d %B %Y}"
