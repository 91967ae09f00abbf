"""When a feed is asked in full, which hosts are believed, and what "fetch now" means."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from corante import gather
from corante.core.work import Impossible
from corante.models import Article, Feed, HostGate, Sighting
from corante.net.politeness import registrable_of
from tests.fakes import world
from tests.fakes.gathering import NOW, look, loopback, outlets
from tests.fakes.outlets import Asked, Outlets, Reply, item, rss

DAY = timedelta(days=1)
__all__ = ["loopback", "outlets"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]


def unconditional(outlets: Outlets) -> int:
    return sum("if-none-match" not in one.headers for one in outlets.asked("/feed.xml"))


def piece(n: int, at: datetime = NOW) -> str:
    return item(f"The sea wall, part {n}", f"https://h.example/{n}", str(n), f"{at:%a, %d %b %Y %H:%M:%S} GMT")


class Liar:
    """A server that answers 304 to whoever knows its one tag, whatever is new."""

    def __init__(self) -> None:
        self.items = [piece(1)]

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == '"always"':
            return Reply(status=304, headers={"ETag": '"always"'})
        return Reply(rss(*self.items), headers={"ETag": '"always"'})


def test_a_feed_is_asked_without_its_validators_once_in_its_life(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(rss(piece(1)), validators=True)
    feed = world.feed(world.outlet(), url=outlets.url("/feed.xml"))
    for n in range(40):
        look(feed, NOW + n * DAY)
    assert (len(outlets.asked("/feed.xml")), unconditional(outlets)) == (40, 1)


def test_fetch_now_asks_at_once_and_in_full_and_once(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(rss(piece(1)), validators=True)
    feed = look(world.feed(world.outlet(), url=outlets.url("/feed.xml")))
    gather.fetch_now(feed, NOW + timedelta(minutes=1))
    assert gather.due(NOW + timedelta(minutes=1), 9) == [feed.pk]
    look(feed, NOW + timedelta(minutes=1))
    assert (unconditional(outlets), feed.asked_at) == (2, None)
    look(feed, NOW + DAY)
    assert unconditional(outlets) == 2


def test_fetch_now_while_the_feed_is_being_asked_is_not_lost(outlets: Outlets) -> None:
    feed = look(world.feed(world.outlet(), url=outlets.url("/feed.xml")))

    def pressed_meanwhile(asked: Asked) -> Reply:
        if "if-none-match" in asked.headers:
            gather.fetch_now(feed, NOW + timedelta(hours=1))
        return Reply(rss(piece(1)), validators=True)

    outlets["/feed.xml"] = pressed_meanwhile
    look(feed, NOW + timedelta(minutes=30))
    look(feed, NOW + timedelta(hours=1))
    assert (feed.outcome, gather.due(NOW + timedelta(hours=1), 9)) == ("unmodified", [feed.pk])
    look(feed, NOW + timedelta(hours=1, seconds=5))
    assert (feed.outcome, feed.asked_at, gather.due(NOW + timedelta(hours=1, seconds=5), 9)) == ("known", None, [])


def test_what_is_due_is_found_by_one_indexed_query(django_assert_num_queries: Any) -> None:
    for n in range(3):
        world.feed(world.outlet(f"Outlet {n}"), next_check_at=NOW)
    with django_assert_num_queries(1):
        assert len(gather.due(NOW, 2)) == 2
    rows = Feed.objects.filter(state="active", next_check_at__lte=NOW).order_by("next_check_at", "pk")
    assert connection.vendor != "sqlite" or "feed_due" in rows.explain()


def test_fetch_now_asks_also_where_nobody_could_be_reached_a_moment_ago() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # not listening: connections are refused
        port = bound.getsockname()[1]
        feed = world.feed(world.outlet(), url=f"http://127.0.0.1:{port}/feed.xml")
        assert look(feed).outcome == "no_connection"
    with Outlets(port=port) as outlets:
        outlets["/feed.xml"] = rss(piece(1))
        assert look(feed, NOW + timedelta(seconds=5)).outcome == "no_connection"
        gather.fetch_now(feed, NOW + timedelta(seconds=6))
        assert look(feed, NOW + timedelta(seconds=6)).outcome == "fresh"


def test_fetch_now_does_not_overrule_a_host_that_asked_us_to_wait() -> None:
    feed = world.feed(world.outlet(), url="https://www.harbour.example/feed.xml")
    HostGate.objects.create(host="harbour.example", not_before=NOW + timedelta(minutes=29))
    with pytest.raises(Impossible, match=r"harbour\.example asked us not to come back for 30 minutes"):
        gather.fetch_now(feed, NOW)
    feed.pause()
    feed.save()
    with pytest.raises(Impossible, match="resume it first"):
        gather.fetch_now(feed, NOW + DAY)


def test_a_host_whose_304_hid_news_is_caught_and_asked_in_full_once_a_week(outlets: Outlets) -> None:
    outlets["/feed.xml"] = liar = Liar()
    feed = look(world.feed(world.outlet(), url=outlets.url("/feed.xml")))
    liar.items.append(piece(2))
    assert look(feed, NOW + timedelta(hours=4)).outcome == "unmodified"
    gather.fetch_now(feed, NOW + timedelta(hours=5))
    assert look(feed, NOW + timedelta(hours=5)).outcome == "fresh"
    assert HostGate.objects.get(host=registrable_of(feed.url)).caught_at == NOW + timedelta(hours=5)
    asked_in_full = unconditional(outlets)
    liar.items.append(piece(3, NOW + 3 * DAY))
    for n in range(1, 15):
        look(feed, NOW + n * DAY)
    assert (unconditional(outlets) - asked_in_full, Article.objects.count()) == (1, 3)


def test_a_host_not_caught_is_never_asked_in_full_for_another_s_sake(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(rss(piece(1)), validators=True)
    HostGate.objects.create(host="liar.example", not_before=NOW, caught_at=NOW)
    feed = world.feed(world.outlet(), url=outlets.url("/feed.xml"))
    for n in range(20):
        look(feed, NOW + n * DAY)
    assert unconditional(outlets) == 1


def test_a_feed_silent_behind_304_for_three_gaps_and_a_week_is_asked_in_full_once_in_that_silence(
    outlets: Outlets,
) -> None:
    liar = Liar()
    liar.items = [piece(n, NOW - n * timedelta(hours=4)) for n in range(1, 9)]
    outlets["/feed.xml"] = liar
    feed = look(world.feed(world.outlet(), url=outlets.url("/feed.xml")))
    assert feed.gap_s == 4 * 3600
    liar.items.append(piece(99, NOW + DAY))
    for n in range(1, 7):
        look(feed, NOW + n * DAY)
    assert unconditional(outlets) == 1
    assert look(feed, NOW + 8 * DAY).outcome == "fresh"
    assert HostGate.objects.filter(caught_at__isnull=False).exists()


def test_a_feed_that_is_silent_with_reason_is_left_in_peace_after_one_full_look(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(rss(*(piece(n, NOW - n * timedelta(hours=4)) for n in range(1, 9))), validators=True)
    feed = world.feed(world.outlet(), url=outlets.url("/feed.xml"))
    for n in range(40):
        look(feed, NOW + n * DAY)
    assert unconditional(outlets) == 2
    assert not HostGate.objects.filter(caught_at__isnull=False).exists()


def test_reading_an_unchanged_feed_a_thousand_times_adds_nothing() -> None:
    """Each time as another document, so that the entries are read and compared a thousand times."""
    from corante.core.entries import Entry
    from corante.core.feeds import ParsedFeed
    from corante.gather.writing import write

    entries = tuple(
        Entry(guid=str(n), url=f"https://h.example/{n}", title=f"The sea wall, part {n}", published=NOW)
        for n in range(30)
    )
    feed, news = world.feed(world.outlet()), timedelta(hours=24)
    made = [
        len(write(feed, ParsedFeed("rss", f"Number {n}", entries=entries), NOW + n * timedelta(minutes=10), news).fresh)
        for n in range(1000)
    ]
    assert (made[0], sum(made), Article.objects.count()) == (30, 30, 30)
    assert Sighting.objects.count() == 90
