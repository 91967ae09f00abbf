"""Outlets: their health for everyone at the desk, changes and lists for admins. Fetching itself is the worker's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from corante import gather
from corante.catalog.desk import activity
from corante.catalog.desk import outlets as read
from corante.models import Act, Outlet
from corante.sandbox.pool import Poisoned

from . import feeds
from .editor import editor, moment, number
from .frame import page, sorry, told

OPML_CAP = 4 * 2**20


def outlets(request: HttpRequest) -> HttpResponse:
    """The table, those in trouble first."""
    lines = read.health(moment(), settings.CORANTE.zone)
    ill = sum(1 for line in lines if line.trouble in ("failing", "quiet"))
    values = {"title": "Outlets", "lines": lines, "ill": ill, "quarantine": read.quarantined()}
    return page(request, "outlets", values | {"doubles": gather.find_doubles()})


def outlet(request: HttpRequest, outlet: int) -> HttpResponse:
    """One outlet, with its feeds and settings."""
    found = read.health(moment(), settings.CORANTE.zone, only=outlet)
    if not found:
        raise Http404
    values = {
        "title": found[0].name,
        "o": found[0],
        "fetches": read.fetches(found[0].feeds),
        "distrusted": gather.distrusted(found[0].feeds, moment()),
        "errors": [],
        "acts": activity.history("outlet", outlet),
    }
    return page(request, "outlet", values)


def change(request: HttpRequest, outlet: int) -> HttpResponse:
    """Name, owner, group, note, longest excerpt, where the text stands, hold."""
    standing, words = get_object_or_404(Outlet, pk=outlet), request.POST.get("excerpt_words", "").strip()
    if words and number(words) is None:
        return sorry(request, "The longest excerpt is a number of words, or empty for the site’s own.")
    to: dict[str, Any] = {
        "name": " ".join(request.POST.get("name", "").split()),
        "owner": " ".join(request.POST.get("owner", standing.owner).split()),
        "group": " ".join(request.POST.get("group", standing.group).split()),
        "note": request.POST.get("note", standing.note).replace("\r\n", "\n").strip(),
        "excerpt_words": number(words),
        "body_selector": request.POST.get("body_selector", standing.body_selector).strip(),
        "hold": request.POST.get("hold") == "on",
    }
    doing = lambda by, why, now: gather.change(standing, by, why, now, _version(request), **to)  # noqa: E731
    return feeds.act(request, "Saved.", doing)


def remove(request: HttpRequest, outlet: int) -> HttpResponse:
    """Take it down: nothing of it is public from now on."""
    standing = get_object_or_404(Outlet, pk=outlet)
    words = f"{standing.name} is taken down; its pages go within a minute."
    return feeds.act(request, words, lambda by, why, now: gather.take_down(standing, by, why, now, _version(request)))


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


def undo(request: HttpRequest, act: Act) -> None:
    """Take an act on an outlet back. Raises ValueError with what stands against it."""
    gather.undo(act, editor(request), moment())


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version")) or 0
