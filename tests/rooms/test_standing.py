"""Nobody tells another outlet's pieces: not first, not under another headline, not in its name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corante.core.discovery import Candidate
from corante.core.entries import Entry
from corante.core.feeds import ParsedFeed
from corante.gather import add_feed
from corante.gather.writing import write
from corante.models import Article, Feed, Sighting
from tests.conftest import NOW
from tests.fakes import world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PIECE = "https://www.harbour.example/2026/11/quay-reopens"


@pytest.fixture
def honest() -> Feed:
    return world.feed(world.outlet("Harbour Post"), url="https://feeds.harbour.example/all.xml", imported_at=NOW)


@pytest.fixture
def rogue() -> Feed:
    outlet = world.outlet("Rogue Wire", home_url="https://rogue.example/")
    return world.feed(outlet, url="https://rogue.example/feed.xml", imported_at=NOW)


def says(*entries: tuple[str, str]) -> ParsedFeed:
    return ParsedFeed(kind="rss", entries=tuple(Entry(url=url, title=title, published=NOW) for url, title in entries))


def test_a_feed_that_lists_anothers_piece_first_neither_tells_it_nor_keeps_it_from_its_outlet(
    honest: Feed, rogue: Feed
) -> None:
    told = write(rogue, says((PIECE, "Quay closed for ever"), ("https://rogue.example/1", "Our own")), NOW, DAY)
    assert ([one.named.entry.title for one in told.fresh], told.note) == (
        ["Our own"],
        "1 lead to another outlet's site and are left to that",
    )
    write(honest, says((PIECE, "Quay reopens on Monday")), NOW, DAY)
    piece = Article.objects.get(url=PIECE)
    assert (piece.outlet, piece.title) == (honest.outlet, "Quay reopens on Monday")


def test_it_is_said_once_and_then_remembered(honest: Feed, rogue: Feed) -> None:
    write(rogue, says((PIECE, "Quay closed for ever")), NOW, DAY)
    again = write(rogue, says((PIECE, "Quay closed for ever")), NOW, DAY)
    assert (again.fresh, again.note) == ((), "")
    assert Sighting.objects.filter(outlet=rogue.outlet, article=None).exists()


def test_a_feed_of_links_may_lead_to_sites_of_nobody_here(honest: Feed, rogue: Feed) -> None:
    told = write(rogue, says(("https://elsewhere.example/a", "Found elsewhere")), NOW, DAY)
    assert len(told.fresh) == 1


def test_an_outlets_feed_may_stand_on_another_host_than_its_pieces() -> None:
    outlet = world.outlet("Harbour Post", home_url="https://harbour.example/")
    feed = world.feed(outlet, url="https://feeds.carrier.example/harbour", imported_at=NOW)
    world.feed(world.outlet("Harbour Sport"), url="https://harbour.example/sport.xml")
    assert len(write(feed, says((PIECE, "Quay reopens on Monday")), NOW, DAY).fresh) == 1


def test_a_new_feed_that_calls_itself_by_anothers_name_and_home_becomes_an_outlet_of_its_own(honest: Feed) -> None:
    candidate = Candidate(
        url="https://rogue.example/feed.xml",
        title=honest.outlet.name,
        kind="rss",
        entries=1,
        sample="",
        home_url=honest.outlet.home_url,
    )
    added = add_feed(candidate, NOW)
    assert added.outlet != honest.outlet
    assert added.outlet.home_url == "https://rogue.example/feed.xml"


def test_a_second_feed_of_an_outlet_on_its_own_site_joins_it(honest: Feed) -> None:
    candidate = Candidate(
        url="https://harbour.example/sport.xml",
        title=honest.outlet.name,
        kind="rss",
        entries=1,
        sample="",
        home_url=honest.outlet.home_url,
    )
    assert add_feed(candidate, NOW).outlet == honest.outlet
