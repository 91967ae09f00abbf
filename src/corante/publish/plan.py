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
    for number in refs["outlet"]:
        _outlet(plan, number)
    for ref in sorted(refs["site"]):
        _site(plan, ref)
    _follow(plan, almanac)
    for number in refs["topic"]:
        _topic(plan, number)
    plan.editions |= refs["edition"]
    return plan


def _follow(plan: Plan, almanac: Almanac) -> None:
    """Every page that lists one of the plan's stories."""
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
    plan.days |= {(topic, on) for topic in filed for on in before - {on for _, on in plan.days}}
    plan.sitemaps |= before
    plan.editions |= set(Item.objects.filter(story__in=stories).values_list("edition_id", flat=True))
    if plan.next_slice is None:
        plan.topics |= filed
        plan.outlets |= set(Article.objects.filter(story__in=stories).values_list("outlet_id", flat=True))
        plan.front = True


def _topic(plan: Plan, number: int) -> None:
    plan.topics.add(number)
    plan.front = True
    days = Page.objects.filter(kind="day", ref=number, gone=False, on__isnull=False)
    plan.days |= {(number, on) for on in days.values_list("on", flat=True) if on}


def _outlet(plan: Plan, number: int) -> None:
    """Its own page, the index, and every story it has a part in: its name stands there, or must not any more."""
    plan.outlets.add(number)
    plan.index = True
    told = Article.objects.filter(outlet=number, story__isnull=False)
    plan.stories |= set(told.values_list("story_id", flat=True).distinct())


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
