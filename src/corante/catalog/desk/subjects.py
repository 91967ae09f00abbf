"""Topics as the desk lists them: rule, order, and how many stories a day came under each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from corante.catalog.visibility import standing_filings
from corante.models import Topic

from .coverage import Bar, bars
from .suggested import waiting

DAYS = 14


@dataclass(frozen=True)
class Progress:
    """How far the filing of a topic's history has come."""

    percent: int
    changed: int


@dataclass(frozen=True)
class Subject:
    """One topic in the list."""

    id: int
    version: int
    name: str
    rule: str
    hold: bool
    refiling: Progress | None
    suggested: int
    total: int
    bars: tuple[Bar, ...]


def subjects(now: datetime, zone: tzinfo) -> list[Subject]:
    """Topics that stand, in their order."""
    daily: dict[int, dict[str, int]] = defaultdict(dict)
    recent = standing_filings().filter(told_at__gte=now - timedelta(days=DAYS), told_at__lte=now)
    counted = recent.annotate(day=TruncDate("told_at", tzinfo=zone)).values("topic_id", "day").annotate(n=Count("pk"))
    for each in counted.order_by():
        daily[each["topic_id"]][each["day"].isoformat()] = each["n"]
    days = last_days(now, zone)
    asked = waiting()
    standing = Topic.objects.filter(retired_at__isnull=True)
    return [_subject(topic, daily[topic.pk], days, asked.get(topic.pk, 0)) for topic in standing]


def retired() -> list[Topic]:
    """Topics that no longer take stories, the last retired first."""
    return list(Topic.objects.filter(retired_at__isnull=False).order_by("-retired_at"))


def last_days(now: datetime, zone: tzinfo, count: int = DAYS) -> list[str]:
    """The last days of the zone as ISO dates, today last."""
    return [(now.astimezone(zone) - timedelta(days=n)).date().isoformat() for n in reversed(range(count))]


def progress(topic: Topic) -> Progress | None:
    """None when no history is being filed."""
    if topic.refile_from is None:
        return None
    top = max(topic.refile_top or topic.refile_from, 1)
    return Progress(round(100 * (top - topic.refile_from) / top), topic.refile_changed)


def _subject(topic: Topic, counts: dict[str, int], days: list[str], asked: int) -> Subject:
    return Subject(
        id=topic.pk,
        version=topic.version,
        name=topic.name,
        rule=topic.rule,
        hold=topic.hold,
        refiling=progress(topic),
        suggested=asked,
        total=sum(counts.values()),
        bars=bars([(day, counts.get(day, 0)) for day in days]),
    )
