"""Incoming: the queue, its saved views, search, and acts on many stories at once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from corante import stories as room
from corante.catalog.desk import queue as read
from corante.core.work import Impossible
from corante.models import Outlet, Proposal, Story, Topic

from .editor import editor, moment, number
from .frame import page, sorry, told
from .story import preview_pair


def incoming(request: HttpRequest) -> HttpResponse:
    """The queue, as asked for in the address."""
    ask = asked(request)
    values = {"title": "Incoming", "ask": ask, "views": read.VIEWS, "counts": read.counts()}
    if ask.view == "merges":
        pairs = [preview_pair(p.story_id, p.other_id, p) for p in read.proposals()[: read.PAGE]]
        return page(request, "merges", values | {"pairs": [pair for pair in pairs if pair]})
    rows, more = read.queue(ask)
    older = _address(ask, more) if more else ""
    return page(request, "incoming", values | {"rows": rows, "older": older} | _choices())


def asked(request: HttpRequest) -> read.Ask:
    """The view an address asks for; what it can't mean is left out."""
    view = request.GET.get("view", "new")
    return read.Ask(
        view=view if view in read.VIEWS else "new",
        topic=number(request.GET.get("topic")),
        outlet=number(request.GET.get("outlet")),
        words=request.GET.get("q", "").replace("\x00", "").strip()[:200],
        before=number(request.GET.get("before")),
    )


def bulk(request: HttpRequest) -> HttpResponse:
    """Hide, approve or merge the ticked stories."""
    ticked = [n for n in map(number, request.POST.getlist("story")) if n is not None][:200]
    what = request.POST.get("what", "")
    if not ticked:
        return sorry(request, "No story was ticked. Tick the boxes at the left, then choose what to do with them.")
    if what == "merge":
        return _merge(request, ticked)
    if what not in ("hide", "approve"):
        return sorry(request, "Choose hide, approve or merge for the ticked stories.")
    return _each(request, what, ticked)


def answer(request: HttpRequest, proposal: int) -> HttpResponse:
    """Yes or no to a merge the machine proposed."""
    asked_ = Proposal.objects.filter(pk=proposal, answered_at__isnull=True).first()
    if asked_ is None:
        return sorry(request, "Somebody answered this proposal already.")
    yes = request.POST.get("answer") == "yes"
    try:
        act = room.answer(asked_, yes, editor(request), "", moment())
    except (room.Conflict, Impossible) as reason:
        return sorry(request, f"{str(reason).capitalize()}.")
    words = f"Merged #{asked_.other_id} into #{asked_.story_id}." if yes else "They stay two stories."
    return told(request, words, act.pk)


def _each(request: HttpRequest, what: str, ticked: list[int]) -> HttpResponse:
    doing = room.hide if what == "hide" else room.approve
    done, refused = 0, 0
    for story in Story.objects.filter(pk__in=ticked).order_by("id"):
        version = number(request.POST.get(f"version-{story.pk}")) or 0
        try:
            doing(story, editor(request), "", moment(), version)
            done += 1
        except (room.Conflict, Impossible):
            refused += 1
    words = (
        f"{'Hid' if what == 'hide' else 'Approved'} {done} of {len(ticked)} stories. Each can be undone under Activity."
    )
    if refused:
        words += f" {refused} had changed meanwhile, or needed it no more, and {'was' if refused == 1 else 'were'} left alone: look again."
    return told(request, words)


def _merge(request: HttpRequest, ticked: list[int]) -> HttpResponse:
    if len(ticked) != 2:
        return sorry(request, "Tick exactly two stories to merge: you will see both before anything happens.")
    into, other = min(ticked), max(ticked)
    return told(request, "Look at both, then merge.", back=f"{reverse('desk:merge', args=[into])}?with={other}")


def _choices() -> dict[str, object]:
    return {
        "topics": list(Topic.objects.filter(retired_at__isnull=True).values_list("pk", "name")),
        "outlets": list(Outlet.objects.filter(removed_at__isnull=True).order_by("name").values_list("pk", "name")),
    }


def _address(ask: read.Ask, before: int) -> str:
    asked_ = {"view": ask.view, "topic": ask.topic, "outlet": ask.outlet, "q": ask.words, "before": before}
    return "?" + urlencode({key: value for key, value in asked_.items() if value})
