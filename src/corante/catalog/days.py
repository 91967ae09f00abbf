"""A topic's archive: its days, its months, and the list of its months.

Rule: a day is read whole; a month only asks the day pages that stand, and never reads its stories.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from corante.core import paths
from corante.models import Page

from .dates import Almanac
from .frames import Head, TopicLine
from .teasers import Teaser, teasers
from .visibility import public_filings


@dataclass(frozen=True)
class Day:
    """A local day's stories in a list."""

    on: date
    stories: tuple[Teaser, ...]


@dataclass(frozen=True)
class Month:
    """A month of a topic's archive, by its first day."""

    on: date
    path: str
    stories: int = 0


@dataclass(frozen=True)
class DayPage:
    """One day of a topic, whole."""

    page: Head
    topic: TopicLine
    day: Day
    month: Month


@dataclass(frozen=True)
class DayLine:
    """A day in a month's list."""

    on: date
    path: str
    stories: int
    headline: str
    language: str


@dataclass(frozen=True)
class MonthPage:
    """One month of a topic: its days."""

    page: Head
    topic: TopicLine
    month: Month
    days: tuple[DayLine, ...]


@dataclass(frozen=True)
class MonthsPage:
    """All months of a topic, by year, the newest first."""

    page: Head
    topic: TopicLine
    years: tuple[tuple[int, tuple[Month, ...]], ...]


def day_page(topic: TopicLine, on: date, almanac: Almanac) -> DayPage:
    """Every story of a topic that was first told on a local day, the newest first."""
    begin, end = almanac.span(on)
    filed = public_filings().filter(topic=topic.number, told_at__gte=begin, told_at__lt=end)
    stories = teasers(list(filed.order_by("-told_at", "-story_id").values_list("story_id", flat=True)))
    name = f"{topic.name}, {almanac.day(on)}"
    told = _("What was told on %(topic)s on %(day)s, and by whom.") % {"topic": topic.name, "day": almanac.day(on)}
    month = Month(on.replace(day=1), paths.month(topic.slug, on.year, on.month))
    return DayPage(Head(paths.day(topic.slug, on), name, told), topic, Day(on, tuple(stories)), month)


def month_page(topic: TopicLine, on: date, almanac: Almanac) -> MonthPage:
    """A month's days as the day pages that stand have them: never a query over the month's stories."""
    month = Month(on, paths.month(topic.slug, on.year, on.month))
    rows = Page.objects.filter(kind="day", ref=topic.number, on__gte=on, on__lt=_next(on), gone=False)
    days = rows.order_by("-on").values_list("on", "path", "stories", "headline", "language")
    name = f"{topic.name}, {almanac.month(on)}"
    told = _("The days of %(month)s on %(topic)s.") % {"month": almanac.month(on), "topic": topic.name}
    return MonthPage(
        Head(month.path, name, told),
        topic,
        month,
        tuple(DayLine(day or on, path, n, line, lang) for day, path, n, line, lang in days),
    )


def months_page(topic: TopicLine) -> MonthsPage:
    """All months of a topic that have a page."""
    name = _("%(topic)s: all months") % {"topic": topic.name}
    years = groupby(months_of(topic), key=lambda month: month.on.year)
    by_year = tuple((year, tuple(months)) for year, months in years)
    return MonthsPage(Head(paths.months(topic.slug), name, name), topic, by_year)


def months_of(topic: TopicLine) -> tuple[Month, ...]:
    """A topic's months that have a page, the newest first."""
    rows = Page.objects.filter(kind="month", ref=topic.number, gone=False).order_by("-on")
    return tuple(Month(on, path, n) for on, path, n in rows.values_list("on", "path", "stories") if on)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
