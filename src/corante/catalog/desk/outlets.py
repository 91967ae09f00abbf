"""The health of outlets: when each last answered, in words what it said, how much it brings, and who has gone quiet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from corante.core.cadence import gone_quiet
from corante.models import Article, Feed, Fetch, Outlet, Quarantine

from .coverage import Bar, bars
from .subjects import last_days

DAYS = 14
QUIET = timedelta(days=3)
"""An outlet that brought something most days and nothing for so long has gone quiet."""


@dataclass(frozen=True)
class Line:
    """One outlet in the table."""

    id: int
    version: int
    name: str
    language: str
    group: str
    note: str
    feeds: tuple[Feed, ...]
    bars: tuple[Bar, ...]
    total: int
    last_ok_at: datetime | None
    last_new_at: datetime | None
    failures: int
    outcome: str
    trouble: str  # failing, quiet, paused, removed, waiting or empty: all well
    hold: bool
    excerpt_words: int | None
    owner: str
    body_selector: str
    removed_at: datetime | None

    @property
    def busiest(self) -> int:
        """Pieces on the day with most."""
        return max((bar.count for bar in self.bars), default=0)

    @property
    def paused(self) -> bool:
        """None of its feeds is asked."""
        return bool(self.feeds) and all(feed.state != "active" for feed in self.feeds)


def health(now: datetime, zone: tzinfo, only: int | None = None) -> list[Line]:
    """Every outlet, those in trouble first, then by name."""
    outlets = Outlet.objects.prefetch_related("feeds__same_as", "feeds__wire").order_by("name")
    if only is not None:
        outlets = outlets.filter(pk=only)
    daily = _daily(now, zone, only)
    days = last_days(now, zone, DAYS)
    lines = [_line(outlet, [(day, daily[outlet.pk].get(day, 0)) for day in days], now) for outlet in outlets]
    return sorted(lines, key=lambda line: (_RANK.get(line.trouble, 9), line.name.casefold()))


_RANK = {"failing": 0, "quiet": 1, "waiting": 2, "": 3, "paused": 4, "removed": 5}


def quarantined(limit: int = 100) -> list[Quarantine]:
    """Documents that failed three times and wait for a decision, the newest first; without their bytes."""
    waiting = Quarantine.objects.filter(released_at__isnull=True).select_related("feed__outlet").defer("body")
    return list(waiting.order_by("-at")[:limit])


def fetches(feeds: Sequence[Feed], limit: int = 8) -> dict[int, list[Fetch]]:
    """Feed -> how the last looks at it ended, the newest first."""
    return {feed.pk: list(Fetch.objects.filter(feed=feed).order_by("-at")[:limit]) for feed in feeds}


def _daily(now: datetime, zone: tzinfo, only: int | None) -> dict[int, dict[str, int]]:
    since = now - timedelta(days=DAYS)
    found = Article.objects.filter(seen_at__gte=since, seen_at__lte=now)
    if only is not None:
        found = found.filter(outlet=only)
    counted = found.annotate(day=TruncDate("seen_at", tzinfo=zone)).values("outlet_id", "day").annotate(n=Count("pk"))
    daily: dict[int, dict[str, int]] = defaultdict(dict)
    for each in counted.order_by():
        daily[each["outlet_id"]][each["day"].isoformat()] = each["n"]
    return daily


def _line(outlet: Outlet, counts: list[tuple[str, int]], now: datetime) -> Line:
    feeds = tuple(outlet.feeds.all())
    worst = max(feeds, key=lambda feed: feed.failures, default=None)
    return Line(
        id=outlet.pk,
        version=outlet.version,
        name=outlet.name,
        language=outlet.language,
        group=outlet.group,
        note=outlet.note,
        feeds=feeds,
        bars=bars(counts),
        total=sum(count for _, count in counts),
        last_ok_at=max((f.last_ok_at for f in feeds if f.last_ok_at), default=None),
        last_new_at=max((f.last_new_at for f in feeds if f.last_new_at), default=None),
        failures=worst.failures if worst else 0,
        outcome=_outcome(worst),
        trouble=_trouble(outlet, feeds, counts, now),
        hold=outlet.hold,
        excerpt_words=outlet.excerpt_words,
        owner=outlet.owner,
        body_selector=outlet.body_selector,
        removed_at=outlet.removed_at,
    )


def _outcome(feed: Feed | None) -> str:
    if feed is None:
        return "no feed yet"
    if feed.last_checked_at is None:
        return "not asked yet"
    return feed.detail or feed.outcome or "answered"


def _trouble(outlet: Outlet, feeds: tuple[Feed, ...], counts: list[tuple[str, int]], now: datetime) -> str:
    if outlet.removed_at:
        return "removed"
    active = [feed for feed in feeds if feed.state == "active"]
    if not active:
        return "paused" if feeds else "waiting"
    if any(feed.failures for feed in active):
        return "failing"
    if all(feed.last_checked_at is None for feed in active):
        return "waiting"
    return "quiet" if _quiet(active, counts, now) else ""


def _quiet(feeds: list[Feed], counts: list[tuple[str, int]], now: datetime) -> bool:
    """By each feed's own usual gap, where it is known; else by what the last two weeks brought."""
    last = max((feed.last_new_at for feed in feeds if feed.last_new_at), default=None)
    gaps = [feed.gap_s for feed in feeds if feed.gap_s]
    if gaps:
        return gone_quiet(min(gaps), last, now)
    if last is None or now - last < QUIET:
        return False
    earlier = counts[: -QUIET.days]
    return sum(1 for _, count in earlier if count) * 2 > len(earlier) or now - last > timedelta(days=DAYS)
