"""What the front page, a topic's page and the pages of prose hold, as frozen values.

Rule: one function a page; it asks `visibility` what may be seen, reads rows that an index hands over in order, and
never more than the page shows. So a page costs the same at ten thousand articles as at a million.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from corante.core import paths
from corante.core.ranking import Ranked, ordered
from corante.models import Pin

from .dates import Almanac
from .days import Day, Month, months_of
from .frames import Frame, Head, TopicLine, feeds_of
from .teasers import Teaser, teasers
from .visibility import public_filings, public_stories

LISTED = 30
FRONT_LEADS = 6
FRONT_POOL = 60
FRONT_OF_TOPIC = 4
RECENT_MONTHS = 6


@dataclass(frozen=True)
class Section:
    """A topic's corner of the front page."""

    topic: TopicLine
    stories: tuple[Teaser, ...]


@dataclass(frozen=True)
class Front:
    """The front page."""

    page: Head
    leads: tuple[Teaser, ...]
    sections: tuple[Section, ...]
    pinned: tuple[int, ...]  # those of the leads that an editor holds there

    @property
    def ranked(self) -> tuple[Teaser, ...]:
        """The leads that stand where the formula puts them."""
        return tuple(one for one in self.leads if one.number not in self.pinned)

    @property
    def newest(self) -> datetime:
        """When the newest of what leads was told."""
        return max(one.last_at for one in self.leads)


@dataclass(frozen=True)
class TopicPage:
    """A topic: its newest stories by day."""

    page: Head
    topic: TopicLine
    pinned: tuple[Teaser, ...]
    days: tuple[Day, ...]
    months: tuple[Month, ...]
    told_by: tuple[tuple[str, str, int], ...]  # slug, name, in how many of the stories here

    @property
    def ranked(self) -> tuple[Teaser, ...]:
        """The stories that stand, each in its day, where the formula puts them."""
        return tuple(one for day in self.days for one in day.stories)

    @property
    def listed(self) -> tuple[Teaser, ...]:
        """Every story on the page, in its order."""
        return self.pinned + self.ranked


def front(around: Frame, now: datetime) -> Front:
    """The stories that lead, then each topic's newest that do not stand above already."""
    pool = public_stories().order_by("-last_at", "-pk").values_list("pk", flat=True)[:FRONT_POOL]
    pinned = _pinned(None, now)
    ranked = _ranked(teasers([*pinned, *(n for n in pool if n not in pinned)]), pinned, now)
    leads = tuple(ranked[:FRONT_LEADS])
    shown, chosen = {one.number for one in leads}, []
    for topic in around.topics:
        if topic.everything and len(around.topics) > 1:
            continue
        mine = [n for n in _newest(topic.number, FRONT_OF_TOPIC + FRONT_LEADS) if n not in shown][:FRONT_OF_TOPIC]
        shown.update(mine)
        chosen.append((topic, mine))
    told = {one.number: one for one in teasers([n for _, mine in chosen for n in mine])}
    sections = (Section(topic, tuple(told[n] for n in mine if n in told)) for topic, mine in chosen)
    filled = tuple(one for one in sections if one.stories)
    return Front(Head(paths.FRONT, feeds=feeds_of(around.topics[:1])), leads, filled, tuple(pinned))


def topic_page(topic: TopicLine, almanac: Almanac, now: datetime) -> TopicPage:
    """A topic's newest stories by day, what is pinned above them, and the way into the archive.

    Within a day the order is the printed formula's: as all scores fade alike, it holds however long the page stands.
    """
    filed = public_filings().filter(topic=topic.number).order_by("-told_at", "-story_id")
    numbers = list(filed.values_list("story_id", flat=True)[:LISTED])
    pinned = _pinned(topic.number, now)
    stories = teasers([n for n in numbers if n not in pinned])
    held = tuple(teasers(pinned))
    return TopicPage(
        Head(
            paths.topic(topic.slug),
            topic.name,
            topic.description or _("The newest stories on %(topic)s, with who told them.") % {"topic": topic.name},
            feeds_of((topic,)),
        ),
        topic,
        held,
        _by_day(stories, almanac, now),
        months_of(topic)[:RECENT_MONTHS],
        _told_by([*held, *stories]),
    )


def empty_topic(topic: TopicLine) -> TopicPage:
    """A topic's page before its first story: every page links to it, so it must be there before them."""
    head = Head(paths.topic(topic.slug), topic.name, topic.description, feeds_of((topic,)))
    return TopicPage(head, topic, (), (), (), ())


def prose(title: str) -> tuple[Head, ...]:
    """The pages that hold only our own words."""
    return (
        Head(paths.ABOUT, _("About %(site)s") % {"site": title}, _("What this site is, and whom to write to.")),
        Head(paths.PRIVACY, _("Privacy"), _("What we know of readers, which is nearly nothing.")),
        Head(paths.ORDERING, _("How stories are ordered"), _("The formula, in full.")),
        Head(paths.WISHES, _("For outlets"), _("How to have less shown, or nothing.")),
        Head("/404.html", _("Not here"), ""),
        Head("/500.html", _("Something broke"), ""),
    )


def _newest(topic: int, count: int) -> list[int]:
    filed = public_filings().filter(topic=topic).order_by("-told_at", "-story_id")
    return list(filed.values_list("story_id", flat=True)[:count])


def _pinned(topic: int | None, now: datetime) -> list[int]:
    standing = Pin.objects.filter(topic=topic, ended_at__isnull=True, expires_at__gt=now)
    pins = standing.filter(story__in=public_stories()).order_by("-at")
    return list(dict.fromkeys(pins.values_list("story_id", flat=True)))


def _by_day(stories: Sequence[Teaser], almanac: Almanac, now: datetime) -> tuple[Day, ...]:
    days = groupby(stories, key=lambda one: almanac.on(one.first_at))
    return tuple(Day(on, tuple(_ranked(list(of_day), [], now))) for on, of_day in days)


def _ranked(stories: Sequence[Teaser], pinned: Sequence[int], now: datetime) -> list[Teaser]:
    by_number = {one.number: one for one in stories}
    held = [by_number[n] for n in pinned if n in by_number]
    rest = (
        Ranked(one.number, one.outlets, one.lead_outlet, one.first_at, one.last_at)
        for one in stories
        if one.number not in pinned
    )
    return held + [by_number[one.story] for one in ordered(rest, now)]


def _told_by(stories: Iterable[Teaser], most: int = 8) -> tuple[tuple[str, str, int], ...]:
    counts = Counter(teller for one in stories for teller in one.tellers)
    return tuple((slug, name, n) for (slug, name), n in counts.most_common(most))
