"""Two addresses of one feed, recognised: by their spelling, by where one leads, by what both tell.

Rule: this only proposes, an editor joins (`pausing.join_feeds`). Of a pair the older is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from corante.core.likeness import doubles
from corante.core.urls import feed_key
from corante.models import Feed


@dataclass(frozen=True)
class Double:
    """Two feeds that are likely one, and why we think so."""

    kept: Feed
    double: Feed
    why: str


def find_doubles() -> list[Double]:
    """Pairs of feeds in use that are likely one, each pair once, the clearest reason first."""
    rows = Feed.objects.filter(state="active", outlet__removed_at__isnull=True).select_related("outlet")
    feeds = {feed.pk: feed for feed in rows.order_by("pk")}
    found: dict[tuple[int, int], str] = {}
    for pair, why in _pairs(feeds.values()):
        found.setdefault(pair, why)
    return [Double(feeds[kept], feeds[double], why) for (kept, double), why in found.items()]


def _pairs(feeds: Iterable[Feed]) -> Iterator[tuple[tuple[int, int], str]]:
    listed = list(feeds)
    for pair in _sharing((feed_key(feed.url), feed.pk) for feed in listed):
        yield pair, "the same address, spelt in another way"
    by_address = {feed.url: feed.pk for feed in listed}
    for feed in listed:
        if (target := by_address.get(feed.moved_to)) and target != feed.pk:
            yield (min(target, feed.pk), max(target, feed.pk)), "one redirects to the other for good"
    for pair in _sharing((feed.body_hash, feed.pk) for feed in listed if feed.body_hash and feed.sketch):
        yield pair, "both sent the very same document"
    for pair in doubles({feed.pk: feed.sketch for feed in listed if feed.kind != "page"}):
        yield pair, "both tell the same pieces"


def _sharing(named: Iterable[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for name, number in named:
        groups[name].append(number)
    for numbers in groups.values():
        yield from combinations(sorted(numbers), 2)
