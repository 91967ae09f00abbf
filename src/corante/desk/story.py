"""One story: its page, and every act on it. Each act is one call to the stories (or topics) room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from corante import stories as room
from corante.catalog.desk.activity import Done
from corante.catalog.desk.queue import Ask, Row, queue, row
from corante.catalog.desk.telling import Telling, carried_by, changed_since, telling
from corante.core.ranking import Ranked, explain
from corante.core.work import Impossible
from corante.models import Account, Act, Article, Proposal, Split, Story, Topic

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
    values = {"title": shown.row.headline, "t": shown, "days": PIN_DAYS, "formula": _formula(shown.row)}
    values["letters"] = carried_by(story)
    return page(request, "story", values)


def line(request: HttpRequest, story: int) -> HttpResponse:
    """A story's row in a list, for htmx."""
    return _line(request, story)


def hide(request: HttpRequest, story: int) -> HttpResponse:
    """Take it from public view."""
    return act(request, story, "Hidden.", lambda s, **who: room.hide(s, version=_version(request), **who))


def unhide(request: HttpRequest, story: int) -> HttpResponse:
    """Show it again."""
    return act(request, story, "Visible again.", lambda s, **who: room.unhide(s, version=_version(request), **who))


def approve(request: HttpRequest, story: int) -> HttpResponse:
    """Release it from review."""
    return act(request, story, "Approved.", lambda s, **who: room.approve(s, version=_version(request), **who))


def pin(request: HttpRequest, story: int) -> HttpResponse:
    """Hold it at the top of a topic, or of the front, for some days."""
    days = request.POST.get("days", "1")
    days = days if days in PIN_DAYS else "1"
    topic = Topic.objects.filter(pk=number(request.POST.get("topic")) or 0).first()
    until = moment() + timedelta(days=int(days))
    words = f"Pinned to {topic.name if topic else 'the front'} for {PIN_DAYS[days]}."
    return act(request, story, words, lambda s, **who: room.pin(s, topic, until, **who).act)


def unpin(request: HttpRequest, story: int) -> HttpResponse:
    """Take its pins out."""
    return act(request, story, "No longer pinned.", _unpin)


def retell(request: HttpRequest, story: int) -> HttpResponse:
    """Give it one line in the next letter, for those who had it."""
    line = request.POST.get("line", "").strip()
    words = "The next letter has a line on it, under Developments."
    return act(request, story, words, lambda s, **who: room.retell(s, line, version=_version(request), **who))


def lead(request: HttpRequest, story: int) -> HttpResponse:
    """Let another article lead; with none given, the rule chooses again."""
    article = Article.objects.filter(pk=number(request.POST.get("article")) or 0).first()
    words = f"{article.outlet.name} leads." if article else "The lead is chosen by rule again."
    doing = lambda s, **who: room.choose_lead(s, article, version=_version(request), **who)  # noqa: E731
    return act(request, story, words, doing)


def split(request: HttpRequest, story: int) -> HttpResponse:
    """Take the ticked articles out into a story of their own."""
    ticked = [n for n in map(number, request.POST.getlist("article")) if n is not None]
    if not ticked:
        return sorry(request, "Tick the articles that tell another event, then split.")
    return act(request, story, "Split: what you ticked is a story of its own now.", partial(_split, request, ticked))


def edit(request: HttpRequest, story: int) -> HttpResponse:
    """GET: the form, the original beside it. POST: keep the editor's words; empty ones restore the original."""
    shown = _found(story)
    if request.method != "POST":
        return page(
            request, "edit", {"title": "Edit", "t": shown, "headline": shown.headline, "excerpt": shown.excerpt}
        )
    headline, excerpt = (
        " ".join(request.POST.get("headline", "").split())[:500],
        request.POST.get("excerpt", "").strip(),
    )
    if headline == shown.original_headline:
        headline = ""
    if excerpt == shown.original_excerpt.strip():
        excerpt = ""
    words = "Edited." if headline or excerpt else "The outlet's own words stand again."
    doing = lambda s, **who: room.edit(s, headline, excerpt, version=_version(request), **who)  # noqa: E731
    return act(request, story, words, doing, typed={"headline": headline, "excerpt": excerpt})


def merge(request: HttpRequest, story: int) -> HttpResponse:
    """GET: both stories side by side. POST: make them one."""
    if request.method != "POST":
        return _choose(request, story)
    other = get_object_or_404(Story, pk=number(request.POST.get("other")))
    if other.version != number(request.POST.get("other_version")):
        return _stale(request, story, None)
    words = f"Merged #{other.pk} into #{story}; its address leads here."
    doing = lambda s, **who: room.merge(s, other, version=_version(request), **who)  # noqa: E731
    return act(request, story, words, doing)


def preview_pair(one: int, other: int, proposal: Proposal | None = None) -> Pair | None:
    """Two stories as they stand, None if one of them does not."""
    first, second = telling(one), telling(other)
    return Pair(first, second, proposal) if first and second else None


def _choose(request: HttpRequest, story: int) -> HttpResponse:
    words = request.GET.get("with", "").strip().lstrip("#")
    other = number(words)
    pair = preview_pair(story, other) if other and other != story else None
    found = [] if pair or not words else queue(Ask(words=words))[0][:12]
    return page(request, "merge", {"title": "Merge", "t": _found(story), "pair": pair, "words": words, "found": found})


def act(
    request: HttpRequest, story: int, words: str, doing: Callable[..., Act], typed: dict[str, str] | None = None
) -> HttpResponse:
    """Do it, and answer at once: with the row for htmx, else with a redirect and Undo."""
    what = get_object_or_404(Story, pk=story)
    try:
        made = doing(what, by=editor(request), why=request.POST.get("why", "").strip()[:500], now=moment())
    except room.Conflict:
        return _stale(request, story, typed)
    except Impossible as error:
        return _impossible(request, story, str(error))
    if request.headers.get("HX-Request"):
        return _line(request, story, words, made.pk)
    return told(request, words, made.pk)


def _unpin(story: Story, by: Account, why: str, now: datetime) -> Act:
    """All pins of the story; the last act stands for them."""
    acts = [room.unpin(pin, by, why, now) for pin in story.pins.filter(ended_at__isnull=True)]
    if not acts:
        raise Impossible("This story is not pinned any more.")
    return acts[-1]


def _split(request: HttpRequest, ticked: list[int], story: Story, by: Account, why: str, now: datetime) -> Act:
    new = room.split(story, ticked, by, why, now, version=_version(request))
    return Split.objects.get(new=new).act


def _stale(request: HttpRequest, story: int, typed: dict[str, str] | None) -> HttpResponse:
    """409: what the other did, what stands now, and what was typed, so that nothing is lost."""
    others = changed_since(story, _version(request))
    if request.headers.get("HX-Request"):
        return _line(request, story, _others(others), status=409)
    values = {
        "title": "Changed meanwhile",
        "t": _found(story),
        "others": others,
        "typed": typed,
        "back": came_from(request),
    }
    return page(request, "conflict", values, status=409)


def _impossible(request: HttpRequest, story: int, words: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _line(request, story, words, status=409)
    return sorry(request, words)


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


def _formula(at: Row) -> str:
    """The printed formula with this story's numbers, as of now."""
    return explain(Ranked(at.id, at.owner_count, 0, at.first_at, at.last_at), moment())


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version")) or 0
