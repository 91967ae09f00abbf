"""A feed that moves house brings nothing twice: every change of ids and addresses an outlet makes, on forty pieces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from corante.core.entries import Entry
from corante.core.feeds import ParsedFeed
from corante.gather.writing import write
from corante.models import Article, Feed
from tests.fakes import world

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def piece(n: int, guid: str, url: str, minutes: int = 0) -> Entry:
    at = NOW - timedelta(hours=1, minutes=n) + timedelta(minutes=minutes)
    return Entry(guid=guid, url=url, title=f"The council votes on part {n} of the wall", published=at)


FIRST: Callable[[int], Entry] = lambda n: piece(n, f"http://h.example/?p={n}", f"http://h.example/{n}/wall-{n}")  # noqa: E731
MOVES: dict[str, Callable[[int], Entry]] = {
    "to https": lambda n: piece(n, f"https://h.example/?p={n}", f"https://h.example/{n}/wall-{n}"),
    "to www": lambda n: piece(n, f"http://www.h.example/?p={n}", f"http://www.h.example/{n}/wall-{n}"),
    "guids changed": lambda n: piece(n, f"tag:h.example,2026:{n}", f"http://h.example/{n}/wall-{n}"),
    "guids gone": lambda n: piece(n, "", f"http://h.example/{n}/wall-{n}"),
    "permalinks changed": lambda n: piece(n, f"http://h.example/?p={n}", f"http://h.example/2026/11/wall-{n}.html"),
    "links are ?p= now": lambda n: piece(n, f"x{n}", f"https://h.example/?p={n}"),
    "tracking added": lambda n: piece(n, f"y{n}", f"http://h.example/{n}/wall-{n}?utm_source=rss&utm_medium=feed#c"),
    "dates renewed": lambda n: piece(n, f"http://h.example/?p={n}", f"http://h.example/{n}/wall-{n}", minutes=50),
    "new host and guids": lambda n: piece(n, f"z{n}", f"https://new.example/{n}"),
    "new host, guids and dates": lambda n: piece(n, f"z{n}", f"https://new.example/{n}", minutes=50),
    "mobile pages": lambda n: piece(n, f"m{n}", f"https://m.h.example/{n}/wall-{n}/"),
    "amp pages": lambda n: piece(n, f"a{n}", f"https://h.example/{n}/wall-{n}/amp"),
}


def tell(feed: Feed, make: Callable[[int], Entry], at: datetime = NOW, count: int = 40) -> None:
    parsed = ParsedFeed("rss", "T", entries=tuple(make(n) for n in range(count)))
    write(feed, parsed, at, timedelta(hours=24))
    feed.last_ok_at = at


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_forty_pieces_told_again_another_way_are_no_news(move: Callable[[int], Entry]) -> None:
    feed = world.feed(world.outlet())
    tell(feed, FIRST)
    assert Article.objects.count() == 40
    for hours in (1, 2):
        tell(feed, move, NOW + timedelta(hours=hours))
        assert Article.objects.count() == 40
    tell(feed, FIRST, NOW + timedelta(hours=3))
    assert Article.objects.count() == 40


@pytest.mark.parametrize("name", [n for n in MOVES if n not in ("new host, guids and dates",)])
def test_three_pieces_told_again_another_way_are_no_news_either(name: str) -> None:
    """Too few to be taken for an archive: each must be known by one of its own names."""
    feed = world.feed(world.outlet())
    tell(feed, FIRST, count=3)
    tell(feed, MOVES[name], NOW + timedelta(hours=1), count=3)
    assert Article.objects.count() == 3


def test_one_new_piece_among_forty_that_moved_is_news() -> None:
    feed = world.feed(world.outlet())
    tell(feed, FIRST)
    tell(feed, MOVES["permalinks changed"], NOW + timedelta(hours=1), count=41)
    assert Article.objects.count() == 41
