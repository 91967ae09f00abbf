"""Feeds: finding and adding them, pages without one, pause, resume, ask now, two addresses of one. Admins only.

Rule: looking at the world is a POST, so that no link another site plants makes this one fetch anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from typing import Final, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from corante import extract, gather
from corante.core.discovery import Candidate, Suggestion
from corante.core.entries import Entry
from corante.core.work import Impossible
from corante.models import Account, Act, Feed, Quarantine

from .editor import editor, moment, number
from .frame import page, sorry, told

Found = TypeVar("Found")
SHOWN = 12
"""Headlines of a preview."""
LOOKS: Final = BoundedSemaphore(2)
"""Looks at the world at once: a slow outlet may keep two of the site's four threads, the others search, join and leave."""


@dataclass(frozen=True)
class Picked:
    """What a selector picks on a page, or why nothing."""

    error: str = ""
    total: int = 0
    dated: int = 0
    first: tuple[Entry, ...] = ()


def add(request: HttpRequest) -> HttpResponse:
    """GET or POST an address: the feeds found there. POST one of them: it is added."""
    if feed := request.POST.get("feed", "").strip()[:2000]:
        return _added(request, lambda: gather.add_site(feed, moment)[0])
    address, found, error = _address(request), list[Candidate](), ""
    try:
        found = _looking(lambda: gather.find_feeds(address)) if request.method == "POST" and address else []
    except gather.NotFound as reason:
        error = str(reason)
    values = {
        "title": "Add an outlet",
        "address": address,
        "found": [(one, gather.feed_at(one.url)) for one in found],
        "errors": [error] if error else [],
    }
    return page(request, "add", values, 400 if error else 200)


def listing(request: HttpRequest) -> HttpResponse:
    """A page without a feed: GET shows the form, POST what a selector picks, or adds it."""
    address, selector, found = _address(request), _selector(request), list[Suggestion]()
    if request.POST.get("do") == "add":
        return _added(request, lambda: _added_page(address, selector))
    error = ""
    try:
        found = _looking(lambda: gather.suggest(address, moment())) if request.method == "POST" and address else []
    except gather.NotFound as reason:
        error = str(reason)
    selector = selector or (found[0].selector if found else "")
    values = {
        "title": "A page without a feed",
        "address": address,
        "selector": selector,
        "found": found,
        "looked": request.method == "POST" and not error,
        "p": None if error or request.method != "POST" else _picked(address, selector),
        "errors": [error] if error else [],
    }
    return page(request, "listing", values, 400 if error else 200)


def listing_preview(request: HttpRequest) -> HttpResponse:
    """The same, while the selector is written: what it picks just now."""
    return page(request, "picked", {"p": _picked(_address(request), _selector(request))})


def pause(request: HttpRequest, feed: int) -> HttpResponse:
    """Stop asking."""
    asked = get_object_or_404(Feed, pk=feed)
    return act(request, f"{asked.outlet.name} is paused.", lambda by, why, now: gather.pause(asked, by, why, now))


def resume(request: HttpRequest, feed: int) -> HttpResponse:
    """Ask again."""
    asked = get_object_or_404(Feed, pk=feed)
    words = f"{asked.outlet.name} is asked again."
    return act(request, words, lambda by, why, now: gather.resume(asked, by, why, now))


def fetch(request: HttpRequest, feed: int) -> HttpResponse:
    """Ask next, whatever its timetable."""
    asked = get_object_or_404(Feed, pk=feed)
    try:
        gather.fetch_now(asked, moment())
    except Impossible as error:
        return sorry(request, reason(error))
    return told(request, f"{asked.outlet.name} is next: the worker asks it within seconds.")


def join(request: HttpRequest, feed: int) -> HttpResponse:
    """Say that this feed is another one at a second address."""
    double = get_object_or_404(Feed, pk=feed)
    kept = get_object_or_404(Feed, pk=number(request.POST.get("kept", "")) or 0)
    words = f"{double.url} is not asked any more: {kept.url} tells the same."
    return act(request, words, lambda by, why, now: gather.join_feeds(kept, double, by, why, now))


def release(request: HttpRequest, document: int) -> HttpResponse:
    """Try a quarantined document again: a feed, or an article's page."""
    held = get_object_or_404(Quarantine, pk=document, released_at__isnull=True)
    (extract if held.kind == "page" else gather).release(held, moment())
    return told(request, "It will be tried again.")


def act(request: HttpRequest, words: str, doing: Callable[[Account, str, datetime], Act]) -> HttpResponse:
    """Do it in the editor's name and say so, with Undo; or say what stands against it."""
    try:
        done = doing(editor(request), request.POST.get("why", "").strip()[:500], moment())
    except (gather.Conflict, Impossible) as error:
        return sorry(request, reason(error))
    return told(request, words, done.pk)


def reason(error: Exception) -> str:
    """An exception's words as a sentence."""
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."


def _looking(look: Callable[[], Found]) -> Found:
    """What a look at the world finds. Raises NotFound, also when too many are under way."""
    if not LOOKS.acquire(blocking=False):
        raise gather.NotFound("two other addresses are being looked at, and one of them is slow. Try again in a moment")
    try:
        return look()
    finally:
        LOOKS.release()


def _added(request: HttpRequest, adding: Callable[[], Feed]) -> HttpResponse:
    try:
        feed = _looking(adding)
    except gather.NotFound as error:
        return sorry(request, str(error))
    words = f"{feed.outlet.name} is added; the worker asks it within seconds."
    return told(request, words, back=reverse("desk:outlet", kwargs={"outlet": feed.outlet_id}))


def _added_page(address: str, selector: str) -> Feed:
    return gather.add_feed(gather.find_pieces(address, selector, moment()), moment(), selector=selector)


def _picked(address: str, selector: str) -> Picked | None:
    if not address or not selector:
        return None
    try:
        found = _looking(lambda: gather.preview(address, selector, moment())).entries
    except gather.NotFound as error:
        return Picked(error=str(error))
    return Picked(total=len(found), dated=sum(1 for entry in found if entry.published), first=found[:SHOWN])


def _address(request: HttpRequest) -> str:
    return (request.POST.get("address") or request.GET.get("address") or "").replace("\x00", "").strip()[:2000]


def _selector(request: HttpRequest) -> str:
    return request.POST.get("selector", "").replace("\x00", "").strip()[:300]
