"""Outlets: their health for everyone at the desk, changes for admins. Fetching itself is the worker's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from corante import gather
from corante.catalog.desk import activity
from corante.catalog.desk import outlets as read
from corante.core.work import Impossible
from corante.gather import acts
from corante.models import Account, Act, Feed, Outlet, Quarantine
from corante.sandbox.pool import Poisoned

from .editor import editor, moment, number
from .frame import page, sorry, told

OPML_CAP = 4 * 2**20


def outlets(request: HttpRequest) -> HttpResponse:
    """The table, those in trouble first."""
    lines = read.health(moment(), settings.CORANTE.zone)
    ill = sum(1 for line in lines if line.trouble in ("failing", "quiet"))
    return page(request, "outlets", {"title": "Outlets", "lines": lines, "ill": ill, "quarantine": read.quarantined()})


def outlet(request: HttpRequest, outlet: int) -> HttpResponse:
    """One outlet, with its feeds and settings."""
    found = read.health(moment(), settings.CORANTE.zone, only=outlet)
    if not found:
        raise Http404
    values = {"title": found[0].name, "o": found[0], "errors": [], "acts": activity.history("outlet", outlet)}
    return page(request, "outlet", values)


def add(request: HttpRequest) -> HttpResponse:
    """GET or POST an address: the feeds found there. POST one of them: it is added."""
    if feed := request.POST.get("feed", "").strip()[:2000]:
        return _add(request, feed)
    address = (request.POST.get("address") or request.GET.get("address") or "").strip()[:2000]
    found, error = [], ""
    try:
        found = gather.find_feeds(address) if request.method == "POST" and address else []
    except gather.NotFound as reason:
        error = str(reason)
    values = {"title": "Add an outlet", "address": address, "found": found, "errors": [error] if error else []}
    return page(request, "add", values, 400 if error else 200)


def change(request: HttpRequest, outlet: int) -> HttpResponse:
    """Name, owner, longest excerpt, where the text stands, hold."""
    standing, words = get_object_or_404(Outlet, pk=outlet), request.POST.get("excerpt_words", "").strip()
    if words and number(words) is None:
        return sorry(request, "The longest excerpt is a number of words, or empty for the site’s own.")
    to: dict[str, Any] = {
        "name": " ".join(request.POST.get("name", "").split()),
        "owner": " ".join(request.POST.get("owner", standing.owner).split()),
        "excerpt_words": number(words),
        "body_selector": request.POST.get("body_selector", standing.body_selector).strip(),
        "hold": request.POST.get("hold") == "on",
    }
    doing = lambda by, why, now: acts.change(standing, by, why, now, _version(request), **to)  # noqa: E731
    return _act(request, "Saved.", doing)


def remove(request: HttpRequest, outlet: int) -> HttpResponse:
    """Take it down: nothing of it is public from now on."""
    standing = get_object_or_404(Outlet, pk=outlet)
    words = f"{standing.name} is taken down; its pages go within a minute."
    return _act(request, words, lambda by, why, now: acts.take_down(standing, by, why, now, _version(request)))


def pause(request: HttpRequest, feed: int) -> HttpResponse:
    """Stop asking."""
    asked = get_object_or_404(Feed, pk=feed)
    return _act(request, f"{asked.outlet.name} is paused.", lambda by, why, now: acts.pause(asked, by, why, now))


def resume(request: HttpRequest, feed: int) -> HttpResponse:
    """Ask again."""
    asked = get_object_or_404(Feed, pk=feed)
    return _act(request, f"{asked.outlet.name} is asked again.", lambda by, why, now: acts.resume(asked, by, why, now))


def fetch(request: HttpRequest, feed: int) -> HttpResponse:
    """Ask next, whatever its timetable."""
    asked = get_object_or_404(Feed, pk=feed)
    try:
        acts.fetch_now(asked, moment())
    except Impossible as error:
        return sorry(request, _reason(error))
    return told(request, f"{asked.outlet.name} is next: the worker asks it within seconds.")


def opml_import(request: HttpRequest) -> HttpResponse:
    """Add every feed of a list."""
    sent = request.FILES.get("opml")
    if sent is None or sent.size is None or sent.size > OPML_CAP:
        return sorry(request, "Choose an OPML file of at most 4 MB.")
    try:
        came = gather.import_opml(sent.read(), moment())
    except Poisoned:
        return sorry(request, "That file can’t be read as OPML. Export it again from the other reader, and send that.")
    return told(request, f"{came.added} feeds added, {came.known} were there already. The first news comes in minutes.")


def opml_export(request: HttpRequest) -> HttpResponse:
    """All outlets, for another reader or another Corante."""
    response = HttpResponse(gather.export_opml(moment()), content_type="text/x-opml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="outlets.opml"'
    return response


def release(request: HttpRequest, document: int) -> HttpResponse:
    """Try a quarantined document again."""
    acts.release(get_object_or_404(Quarantine, pk=document, released_at__isnull=True), moment())
    return told(request, "It will be tried again.")


def undo(request: HttpRequest, act: Act) -> None:
    """Take an act on an outlet back. Raises ValueError with what stands against it."""
    acts.undo(act, editor(request), moment())


def _add(request: HttpRequest, address: str) -> HttpResponse:
    try:
        feed, _ = gather.add_site(address, moment)
    except gather.NotFound as error:
        return sorry(request, str(error))
    return told(
        request, f"{feed.outlet.name} is added; the worker asks it within seconds.", back=reverse("desk:outlets")
    )


def _act(request: HttpRequest, words: str, doing: Callable[[Account, str, datetime], Act]) -> HttpResponse:
    try:
        act = doing(editor(request), request.POST.get("why", "").strip()[:500], moment())
    except (acts.Conflict, Impossible) as error:
        return sorry(request, _reason(error))
    return told(request, words, act.pk)


def _reason(error: Exception) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version")) or 0
