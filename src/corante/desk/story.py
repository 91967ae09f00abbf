"""One story: its page, and every act on it. Each act is one call to the stories (or topics) room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from corante.catalog.desk.activity import Done, done
from corante.catalog.desk.queue import Row, row
from corante.catalog.desk.telling import Telling, changed_since, telling
from corante.models import Act, Proposal
from corante.stories import acts

from .editor import editor, moment, number
from .frame import at_hand, came_from, page, sorry, told

PIN_DAYS = {"1": "one day", "3": "three days", "7": "a week"}


@dataclass(frozen=True)
class Pair:
    """Two stories side by side, before a merge."""

    one: Telling
    other: Telling
    proposal: Proposal | None


def story(request: HttpRequest, story: int) -> HttpResponse:
    """A story's page."""
    shown = _found(story)
    return page(request, "story", {"title": shown.row.headline, "t": shown, "days": PIN_DAYS})


def line(request: HttpRequest, story: int) -> HttpResponse:
    """A story's row in a list, for htmx."""
    return _line(request, story)


def hide(request: HttpRequest, story: int) -> HttpResponse:
    """Take it from public view."""
    return _act(request, story, "Hidden.", lambda **who: acts.hide(story, _version(request), **who))


def unhide(request: HttpRequest, story: int) -> HttpResponse:
    """Show it again."""
    return _act(request, story, "Visible again.", lambda **who: acts.unhide(story, _version(request), **who))


def approve(request: HttpRequest, story: int) -> HttpResponse:
    """Release it from review."""
    return _act(request, story, "Approved.", lambda **who: acts.approve(story, _version(request), **who))


def pin(request: HttpRequest, story: int) -> HttpResponse:
    """Hold it at the top of a topic, or of the front, for some days."""
    days = request.POST.get("days", "1")
    until = moment() + timedelta(days=int(days) if days in PIN_DAYS else 1)
    topic = number(request.POST.get("topic"))
    words = f"Pinned for {PIN_DAYS.get(days, 'one day')}."
    return _act(request, story, words, lambda **who: acts.pin(story, _version(request), topic, until, **who))


def unpin(request: HttpRequest, story: int) -> HttpResponse:
    """Take its pins out."""
    return _act(request, story, "No longer pinned.", lambda **who: acts.unpin(story, _version(request), **who))


def lead(request: HttpRequest, story: int) -> HttpResponse:
    """Let another article lead."""
    article = number(request.POST.get("article")) or 0
    return _act(request, story, "Another article leads.", lambda **who: acts.choose_lead(story, _version(request), article, **who))


def split(request: HttpRequest, story: int) -> HttpResponse:
    """Take the ticked articles out into a story of their own."""
    ticked = [n for n in map(number, request.POST.getlist("article")) if n is not None]
    if not ticked:
        return sorry(request, "Tick the articles that tell another event, then split.")
    return _act(request, story, "Split: a new story stands beside this one.", lambda **who: acts.split(story, _version(request), ticked, **who))


def edit(request: HttpRequest, story: int) -> HttpResponse:
    """GET: the form, the original beside it. POST: keep the editor's words; empty ones restore the original."""
    shown = _found(story)
    if request.method != "POST":
        return page(request, "edit", {"title": "Edit", "t": shown, "headline": shown.headline, "excerpt": shown.excerpt})
    headline, excerpt = (" ".join(request.POST.get("headline", "").split())[:500], request.POST.get("excerpt", "").strip())
    if headline == shown.original_headline:
        headline = ""
    if excerpt == shown.original_excerpt.strip():
        excerpt = ""
    words = "Edited." if headline or excerpt else "The outlet's own words stand again."
    doing = lambda **who: acts.edit(story, _version(request), headline, excerpt, **who)  # noqa: E731
    return _act(request, story, words, doing, typed={"headline": headline, "excerpt": excerpt})


def merge(request: HttpRequest, story: int) -> HttpResponse:
    """GET: both stories side by side. POST: make them one."""
    if request.method != "POST":
        return _choose(request, story)
    other = number(request.POST.get("other")) or 0
    versions = (_version(request), number(request.POST.get("other_version")) or 0)
    words = f"Merged #{other} into #{story}; its address leads here."
    return _act(request, story, words, lambda **who: acts.merge(story, versions[0], other, versions[1], **who))


def preview_pair(one: int, other: int, proposal: Proposal | None = None) -> Pair | None:
    """Two stories as they stand, None if one of them does not."""
    first, second = telling(one), telling(other)
    return Pair(first, second, proposal) if first and second else None


def undo(request: HttpRequest, act: int) -> HttpResponse:
    """Take an act back."""
    undone = done(act)
    if undone is None:
        raise Http404
    return _act(request, undone.subject_id, f"Undone: {undone.verb}.", lambda **who: acts.undo(act, **who))


def _choose(request: HttpRequest, story: int) -> HttpResponse:
    words = request.GET.get("with", "").strip().lstrip("#")
    other = number(words)
    pair = preview_pair(story, other) if other and other != story else None
    return page(request, "merge", {"title": "Merge", "t": _found(story), "pair": pair, "words": words})


def _act(
    request: HttpRequest, story: int, words: str, doing: Callable[..., Act], typed: dict[str, str] | None = None
) -> HttpResponse:
    """Do it, and answer at once: with the row for htmx, else with a redirect and Undo."""
    try:
        act = doing(by=editor(request), now=moment())
    except acts.Conflict:
        return _stale(request, story, typed)
    if request.headers.get("HX-Request"):
        return _line(request, story, words, act.pk)
    return told(request, words, act.pk)


def _stale(request: HttpRequest, story: int, typed: dict[str, str] | None) -> HttpResponse:
    """409: what the other did, what stands now, and what was typed, so that nothing is lost."""
    others = changed_since(story, _version(request))
    if request.headers.get("HX-Request"):
        return _line(request, story, _others(others), status=409)
    values = {"title": "Changed meanwhile", "t": _found(story), "others": others, "typed": typed, "back": came_from(request)}
    return page(request, "conflict", values, status=409)


def _others(others: list[Done]) -> str:
    if not others:
        return "This story changed meanwhile: look again, then decide."
    return f"{others[0].by} changed this meanwhile ({others[0].verb}): look again, then decide."


def _line(request: HttpRequest, story: int, words: str = "", act: int | None = None, status: int = 200) -> HttpResponse:
    shown: Row | None = row(story)
    if shown is None:
        raise Http404
    values: dict[str, Any] = at_hand(request) | {"row": shown, "note": words, "act": act, "back": came_from(request)}
    return render(request, "desk/row.html", values, status=status)


def _found(story: int) -> Telling:
    shown = telling(story)
    if shown is None:
        raise Http404
    return shown


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version")) or 0
