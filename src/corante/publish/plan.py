"""From what changed to the pages that show it.

Rule: a plan only names pages; it is worked out from indexed rows of the changed things alone, so that it costs
the same whatever the size of the archive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from corante.catalog.dates import Almanac
from corante.models import Article, Dirty, Filing, Item, Outlet, Page, Story, Topic

SLICE = 400
"""So many stories of a rebuild at a time, so that news is never behind more than these."""

OF_TOPIC = ("topic", "months", "month", "day", "feed")


@dataclass
class Plan:
    """Pages due, by kind. `stories` may be public, merged or gone: rendering finds out."""

    stories: set[int] = field(default_factory=set)
    days: set[tuple[int, date]] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    outlets: set[int] = field(default_factory=set)
    editions: set[int] = field(default_factory=set)
    sitemaps: set[date] = field(default_factory=set)
    later: set[int] = field(default_factory=set)  # stories that can wait for their turn
    front: bool = False
    prose: bool = False  # about, privacy, … : what only the site's settings change
    index: bool = False  # of outlets
    next_slice: int | None = None  # a rebuild goes on from this story; -1: it ends with the lists


def plan_for(rows: Iterable[Dirty], almanac: Almanac) -> Plan:
    """The pages that these changes touch."""
    refs: dict[str, set[int]] = {kind: set() for kind in Dirty.KINDS}
    for row in rows:
        refs[row.kind].add(row.ref)
    plan = Plan()
    plan.stories |= refs["story"]
    _outlets(plan, refs["outlet"])
    for ref in sorted(refs["site"]):
        _site(plan, ref)
    _follow(plan, almanac, refs["topic"])
    plan.topics |= refs["topic"]
    plan.front = plan.front or bool(refs["topic"])
    plan.editions |= refs["edition"]
    return plan


def _follow(plan: Plan, almanac: Almanac, topics: set[int]) -> None:
    """Every page that lists one of the plan's stories, or listed it: a filing may be gone, or the day another one.

    What a story's page remembers of its day, and the topics marked beside it, lead to the days it has left.
    """
    stories = list(plan.stories)
    if not stories:
        return
    for topic, told_at in Filing.objects.filter(story__in=stories).values_list("topic_id", "told_at"):
        plan.days.add((topic, almanac.on(told_at)))
    first = Story.objects.filter(pk__in=stories).values_list("first_at", flat=True)
    plan.sitemaps |= {almanac.on(at) for at in first}
    stood = Page.objects.filter(kind="story", ref__in=stories, on__isnull=False)
    before = {on for on in stood.values_list("on", flat=True) if on}
    filed = {topic for topic, _ in plan.days}
    now_on = {on for _, on in plan.days}
    plan.days |= {(topic, on) for topic in filed for on in before - now_on}
    plan.days |= {(topic, on) for topic in topics for on in before | now_on}
    plan.sitemaps |= before
    plan.editions |= set(Item.objects.filter(story__in=stories).values_list("edition_id", flat=True))
    if plan.next_slice is None:
        plan.topics |= filed
        plan.outlets |= set(Article.objects.filter(story__in=stories).values_list("outlet_id", flat=True))
        plan.front = True


def _outlets(plan: Plan, numbers: set[int]) -> None:
    """Their own pages; the index and every story they have a part in only if a name came, changed or must go.

    One taken down goes at once, a new name after the news.
    """
    plan.outlets |= numbers
    stood = dict(Page.objects.filter(kind="outlet", ref__in=numbers, gone=False).values_list("ref", "headline"))
    for number, name, removed in Outlet.objects.filter(pk__in=numbers).values_list("pk", "name", "removed_at"):
        if removed is None and stood.get(number) == name:
            continue
        told = Article.objects.filter(outlet=number, story__isnull=False)
        stories = set(told.values_list("story_id", flat=True).distinct())
        (plan.stories if removed else plan.later).update(stories)
        plan.index = True


def _site(plan: Plan, ref: int) -> None:
    """A rebuild: 0 begins it with the prose, a story's number goes on from there, -1 ends it with the lists."""
    if ref == 0:
        plan.prose = plan.index = True
    if ref < 0:
        plan.topics |= set(Topic.objects.values_list("pk", flat=True))
        plan.outlets |= set(Outlet.objects.values_list("pk", flat=True))
        plan.front = plan.index = True
        return
    rest = Story.objects.filter(pk__gte=ref).order_by("pk")
    numbers = list(rest.values_list("pk", flat=True)[: SLICE + 1])
    plan.stories |= set(numbers[:SLICE])
    plan.next_slice = numbers[SLICE] if len(numbers) > SLICE else -1
