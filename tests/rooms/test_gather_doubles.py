"""One feed at two addresses: recognised, joined by an editor, undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError

from corante import gather
from corante.core.discovery import Candidate
from corante.core.entries import Entry
from corante.core.feeds import ParsedFeed
from corante.core.work import Impossible
from corante.gather.writing import write
from corante.models import Act, Article, Feed
from tests.fakes import world
from tests.rooms.test_add_command import allowed, say

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["allowed"]


def told(feed: Feed, *numbers: int, guid: str = "") -> Feed:
    """A look at a feed that told these pieces."""
    entries = tuple(
        Entry(guid=f"{guid}{n}" if guid else "", url=f"https://h.example/{n}", title=f"Piece {n}") for n in numbers
    )
    write(feed, ParsedFeed("rss", "T", entries=entries), NOW, timedelta(hours=24))
    feed.save()
    return feed


@pytest.mark.parametrize(
    "other",
    ["https://h.example/feed", "http://www.h.example/feed/", "http://h.example/feed", "https://h.example/feed/"],
)
def test_a_feed_is_not_added_twice_at_another_spelling_of_its_address(other: str) -> None:
    first = gather.add_feed(Candidate("https://h.example/feed", "Harbour Post", "rss", 1, "x"), NOW)
    assert gather.add_feed(Candidate(other, "Harbour Post", "rss", 1, "x"), NOW) == first
    listed = f'<opml version="2.0"><body><outline text="H" xmlUrl="{other}"/></body></opml>'.encode()
    assert gather.import_opml(listed, NOW) == gather.Imported(added=0, known=1)


@pytest.mark.parametrize("other", ["https://h.example/feed?cat=2", "https://h.example/feed.xml", "https://h.example/"])
def test_another_feed_of_the_same_site_is_another_feed(other: str) -> None:
    first = gather.add_feed(Candidate("https://h.example/feed", "Harbour Post", "rss", 1, "x"), NOW)
    assert gather.add_feed(Candidate(other, "Harbour Post", "rss", 1, "x"), NOW) != first


def test_two_addresses_that_tell_the_same_pieces_are_shown_as_one_feed() -> None:
    post, home = world.outlet(), world.outlet("Harbour Post – Home")
    rss, atom = told(world.feed(post), *range(20), guid="r"), told(world.feed(home), *range(1, 21), guid="a")
    told(world.feed(post), *range(100, 120))
    found = gather.find_doubles()
    assert [(one.kept, one.double, one.why) for one in found] == [(rss, atom, "both tell the same pieces")]


def test_a_feed_of_a_few_of_another_s_pieces_is_no_double_of_it() -> None:
    told(world.feed(world.outlet()), *range(40))
    told(world.feed(world.outlet("Links")), *range(8), *range(200, 232))
    assert gather.find_doubles() == []


def test_a_double_that_is_joined_is_asked_no_more_and_what_it_told_is_known_to_the_kept_one() -> None:
    post, home = world.outlet(), world.outlet("Harbour Post – Home")
    kept, double = told(world.feed(post), *range(20), guid="r"), told(world.feed(home), *range(22), guid="a")
    act = gather.join_feeds(kept, double, None, "the same", NOW)
    double.refresh_from_db()
    assert (double.state, double.same_as) == ("paused", kept)
    assert gather.find_doubles() == []
    before = Article.objects.count()
    moved = Entry(guid="a21", url="https://h.example/elsewhere", title="Piece 21")
    write(kept, ParsedFeed("rss", "T", entries=(moved,)), NOW, timedelta(hours=24))
    assert Article.objects.count() == before
    listed = gather.export_opml(NOW).decode()
    assert (kept.url in listed, double.url in listed) == (True, False)
    gather.undo(act, world.account(), NOW)
    double.refresh_from_db()
    assert (double.state, double.same_as) == ("active", None)


def test_what_makes_no_sense_is_refused_in_words() -> None:
    kept, double = world.feed(world.outlet()), world.feed(world.outlet("Two"))
    with pytest.raises(Impossible, match="must be another one"):
        gather.join_feeds(kept, kept, None, "", NOW)
    double.pause()
    double.save()
    with pytest.raises(Impossible, match="paused already"):
        gather.join_feeds(kept, double, None, "", NOW)


def test_doubles_are_listed_and_joined_by_command_too() -> None:
    kept = told(world.feed(world.outlet(), url="https://h.example/feed"), *range(20))
    double = told(world.feed(world.outlet("Two"), url="https://h.example/rss"), *range(20))
    assert "both tell the same pieces" in say("outlets", "--doubles")
    assert "tells the same" in say("outlet", double.url, "--same-as", kept.url)
    assert "No two feeds look like one" in say("outlets", "--doubles")
    assert f"the same feed as {kept.url}" in say("outlet", "Two")
    assert "is asked again" in say("outlet", "Two", "--resume")
    assert [act.verb for act in Act.objects.order_by("pk")] == ["join_feeds", "resume"]


def test_an_outlet_is_paused_resumed_and_asked_by_command() -> None:
    feed = world.feed(world.outlet(), next_check_at=NOW + timedelta(days=900))
    assert "is not asked any more" in say("outlet", "harbour post", "--pause")
    with pytest.raises(CommandError, match="resume it first"):
        say("outlet", "Harbour Post", "--fetch")
    say("outlet", "Harbour Post", "--resume")
    assert "is next" in say("outlet", "Harbour Post", "--fetch")
    feed.refresh_from_db()
    assert (feed.state, feed.asked_at) == ("active", feed.next_check_at)
    with pytest.raises(CommandError, match="no outlet or feed is called"):
        say("outlet", "Nobody")
