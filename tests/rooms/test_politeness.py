"""What operators of servers ask of feed readers, each as a test against a server: conformance, not intention.

Loopback stands for the open internet in most of these: names lead to 127.0.0.1, and `is_public` says yes to it. So the
pace, the gates and the guard are those that hosts of the world meet.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver

from corante import __version__, gather
from corante.core import addresses
from corante.core.config import Config
from corante.models import Feed, HostGate
from corante.net import client as net
from corante.net import visits
from tests.fakes import world
from tests.fakes.outlets import Asked, Outlets, Reply, item, rss

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)
ONE = rss(item("The council votes on the wall", "http://h.example/wall", "1"))


class EverythingIsHere(AbstractResolver):
    """Every name of the world leads to this machine."""

    def __init__(self, *_: object) -> None: ...

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self) -> None: ...


@pytest.fixture(autouse=True)
def internet(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.CORANTE = Config(title="T", base_url="https://news.example", contact="desk@news.example")
    monkeypatch.setattr(addresses, "is_public", lambda _address: True)
    monkeypatch.setattr(visits, "Names", EverythingIsHere)
    net.close_all()
    yield
    net.close_all()


@pytest.fixture
def outlets() -> Iterator[Outlets]:
    with Outlets() as server:
        yield server


@pytest.fixture
def at_home(settings: Any) -> None:
    """A network of the operator's own instead."""
    settings.CORANTE = Config(title="T", base_url="https://news.example", allow_network=("127.0.0.0/8",))


def a_feed(outlets: Outlets, host: str = "harbour.example", path: str = "/feed.xml", **changes: Any) -> Feed:
    url = f"http://{host}:{outlets.port}{path}"
    return world.feed(world.outlet(url), url=url, **({"imported_at": NOW - timedelta(days=9)} | changes))


def look(*feeds: Feed, at: datetime = NOW) -> list[Feed]:
    ids = [feed.pk for feed in feeds]
    Feed.objects.filter(pk__in=ids).update(next_check_at=at)
    gather.work(ids, lambda: at)
    return list(Feed.objects.filter(pk__in=ids).order_by("pk"))


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No two seconds between requests, for tests of other rules."""
    monkeypatch.setattr(net.Client.__init__, "__defaults__", (0.0,))


def validated(tag: str = '"1"', **headers: str) -> Callable[[Asked], Reply]:
    """A server that honours validators and sends them with 304 too."""

    def answer(asked: Asked) -> Reply:
        same = asked.headers.get("if-none-match") == tag
        return Reply(b"" if same else ONE, 304 if same else 200, {"ETag": tag, **headers})

    return answer


def when_all_are_here(count: int) -> Callable[[Asked], Reply]:
    """Nobody is answered before so many have asked; who is asked one by one gets no feed at all."""
    crowd = threading.Barrier(count, timeout=25)

    def answer(_: Asked) -> Reply:
        try:
            crowd.wait()
        except threading.BrokenBarrierError:
            return Reply(status=503)
        return Reply(ONE)

    return answer


def is_conditional(asked: Asked) -> bool:
    return "if-none-match" in asked.headers or "if-modified-since" in asked.headers


def test_a_feed_is_asked_unconditionally_once_in_its_life_whatever_happens_between(
    outlets: Outlets, unhurried: None
) -> None:
    feed = a_feed(outlets)
    for day, answer in enumerate(
        [
            validated(),
            validated(),
            Reply(status=500),
            Reply(status=404),
            Reply(status=429),
            Reply(raw=b"garbage\r\n\r\n"),
            Reply(b"<!doctype html>no feed", headers={"ETag": '"html"'}),
            Reply(status=302, headers={"Location": "/elsewhere"}),
            validated(),
        ]
    ):
        outlets["/feed.xml"] = answer
        look(feed, at=NOW + timedelta(days=day))
    assert [is_conditional(one) for one in outlets.asked("/feed.xml")] == [False] + [True] * 8


def test_validators_are_sent_back_as_they_came_and_a_304_may_renew_them(outlets: Outlets, unhurried: None) -> None:
    odd = {"ETag": 'W/"a,b\\ \u00c3\u00bc"', "Last-Modified": "Sonntag, 22. November"}  # as UTF-8 on the line
    outlets["/feed.xml"] = Reply(ONE, headers=odd)
    (feed,) = look(a_feed(outlets))
    outlets["/feed.xml"] = Reply(status=304, headers={"Last-Modified": "Montag"})
    look(feed, at=NOW + timedelta(hours=1))
    (feed,) = look(feed, at=NOW + timedelta(hours=2))
    _, second, third = outlets.requests
    assert second.headers["if-none-match"] == odd["ETag"]
    assert second.headers["if-modified-since"] == "Sonntag, 22. November"
    assert (third.headers["if-none-match"], third.headers["if-modified-since"]) == (
        second.headers["if-none-match"],
        "Montag",
    )


def test_a_validator_that_can_not_be_sent_back_as_it_came_is_none_and_stops_nobody(
    outlets: Outlets, unhurried: None
) -> None:
    outlets["/feed.xml"] = Reply(
        ONE, headers={"ETag": '"\u00fc"', "Last-Modified": "x" * 300, "Link": "<\u00fc>; rel=hub"}
    )
    (feed,) = look(a_feed(outlets))
    assert (feed.outcome, feed.etag, feed.last_modified) == ("fresh", "", "")


def test_a_validator_the_server_stopped_sending_is_not_sent_any_more(outlets: Outlets, unhurried: None) -> None:
    outlets["/feed.xml"] = Reply(ONE, headers={"ETag": '"1"', "Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT"})
    feed = a_feed(outlets)
    look(feed)
    outlets["/feed.xml"] = Reply(ONE, headers={"ETag": '"2"'})
    look(feed, at=NOW + timedelta(hours=1))
    look(feed, at=NOW + timedelta(hours=2))
    last = outlets.requests[-1].headers
    assert (last["if-none-match"], "if-modified-since" in last) == ('"2"', False)


def test_one_house_is_asked_one_at_a_time_two_seconds_apart_under_all_its_names(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(ONE, delay_s=0.2)
    names = ("news.harbour.example", "www.harbour.example", "harbour.example")
    look(*(a_feed(outlets, name) for name in names))
    pairs = list(zip(outlets.requests, outlets.requests[1:], strict=False))
    assert len(pairs) == 2
    assert all(later.began - earlier.ended >= 2 for earlier, later in pairs)


def test_other_houses_do_not_wait_for_it(outlets: Outlets) -> None:
    outlets["/feed.xml"] = when_all_are_here(20)
    feeds = look(*(a_feed(outlets, f"house{n}.example") for n in range(20)))
    assert [feed.outcome for feed in feeds] == ["fresh"] * 20


def test_who_would_wait_too_long_for_its_house_comes_back_in_turn_and_keeps_nobody_waiting(outlets: Outlets) -> None:
    outlets["/feed.xml"] = ONE
    feeds = look(*(a_feed(outlets, f"n{n}.harbour.example") for n in range(20)))
    asked = len(outlets.requests)
    put_off = sorted(feed.next_check_at for feed in feeds if feed.outcome == "postponed")
    assert 2 <= asked <= 5
    assert len(put_off) == 20 - asked
    assert put_off[0] > NOW
    assert put_off[-1] - put_off[0] >= timedelta(seconds=2 * (len(put_off) - 1) - 2)
    assert all(feed.failures == 0 for feed in feeds)


WISHES = {
    "in seconds": {"Retry-After": "3600"},
    "as a date": {
        "Date": format_datetime(NOW, usegmt=True),
        "Retry-After": format_datetime(NOW + timedelta(hours=1), usegmt=True),
    },
}


@pytest.mark.parametrize("status", [429, 503, 403])
@pytest.mark.parametrize("headers", WISHES.values(), ids=WISHES.keys())
def test_a_wish_to_wait_binds_all_feeds_of_the_house(
    outlets: Outlets, unhurried: None, status: int, headers: dict[str, str]
) -> None:
    outlets["/a.xml"] = Reply(status=status, headers=headers)
    outlets["/b.xml"] = ONE
    one = a_feed(outlets, "www.harbour.example", "/a.xml")
    other = a_feed(outlets, "blogs.harbour.example", "/b.xml")
    (one,) = look(one)
    assert one.next_check_at >= NOW + timedelta(hours=1)
    assert HostGate.objects.get().host == "harbour.example"
    (other,) = look(other, at=NOW + timedelta(minutes=30))
    assert (outlets.asked("/b.xml"), other.next_check_at) == ([], NOW + timedelta(hours=1))
    (other,) = look(other, at=NOW + timedelta(minutes=61))
    assert other.outcome != "" or len(outlets.asked("/b.xml")) == 1


def test_in_a_network_of_the_operators_own_a_wish_binds_its_feed_only(outlets: Outlets, at_home: None) -> None:
    outlets["/a.xml"] = Reply(status=429, headers={"Retry-After": "3600"})
    outlets["/b.xml"] = ONE
    one, other = look(a_feed(outlets, "127.0.0.1", "/a.xml"), a_feed(outlets, "127.0.0.1", "/b.xml"))
    assert one.next_check_at >= NOW + timedelta(hours=1)
    assert (other.outcome, HostGate.objects.count()) == ("fresh", 0)


def test_there_feeds_are_asked_at_once(outlets: Outlets, at_home: None) -> None:
    together = when_all_are_here(5)
    for n in range(5):
        outlets[f"/{n}.xml"] = together
    feeds = look(*(a_feed(outlets, "127.0.0.1", f"/{n}.xml") for n in range(5)))
    assert [feed.outcome for feed in feeds] == ["fresh"] * 5


def test_no_two_feeds_that_fail_alike_come_back_at_the_same_moment(outlets: Outlets, unhurried: None) -> None:
    outlets["/feed.xml"] = Reply(status=500)
    feeds = look(*(a_feed(outlets, f"house{n}.example") for n in range(20)))
    assert len({feed.next_check_at for feed in feeds}) == 20


def test_a_feed_is_not_asked_again_before_ten_minutes_however_much_it_has(outlets: Outlets, unhurried: None) -> None:
    feed, now = a_feed(outlets), NOW
    for n in range(12):
        outlets["/feed.xml"] = rss(
            *(item(f"Headline {n} {m}", f"http://h.example/{n}/{m}", f"{n}.{m}") for m in range(9))
        )
        (feed,) = look(feed, at=now)
        assert feed.next_check_at >= now + timedelta(minutes=10)
        now = feed.next_check_at


@pytest.mark.parametrize("status", [301, 308])
def test_a_move_for_good_is_believed_after_days_and_never_to_a_worse_scheme(
    outlets: Outlets, unhurried: None, status: int
) -> None:
    outlets["/feed.xml"] = Reply(status=status, headers={"Location": "/new.xml"})
    outlets["/new.xml"] = ONE
    feed, seen = a_feed(outlets), set()
    for hours in (0, 13, 26, 39, 52):
        (feed,) = look(feed, at=NOW + timedelta(hours=hours))
        seen.add((hours, feed.url.rsplit("/", 1)[1]))
    assert seen == {(0, "feed.xml"), (13, "feed.xml"), (26, "feed.xml"), (39, "feed.xml"), (52, "new.xml")}


def test_evidence_of_a_move_is_forgotten_when_the_old_address_answers_again(outlets: Outlets, unhurried: None) -> None:
    moved, back = Reply(status=301, headers={"Location": "/new.xml"}), Reply(ONE)
    outlets["/new.xml"] = ONE
    feed = a_feed(outlets)
    for day, answer in enumerate([moved, moved, moved, moved, back, moved]):
        outlets["/feed.xml"] = answer
        (feed,) = look(feed, at=NOW + timedelta(hours=11 * day))
    assert (feed.url.endswith("/feed.xml"), feed.moved_seen) == (True, 1)


def test_410_is_the_end_and_is_asked_once(outlets: Outlets, unhurried: None) -> None:
    outlets["/feed.xml"] = Reply(status=410)
    feed = a_feed(outlets)
    for days in range(5):
        look(feed, at=NOW + timedelta(days=40 * days))
    assert len(outlets.requests) == 1


def test_robots_txt_is_asked_for_a_page_without_a_feed_and_not_for_a_feed(outlets: Outlets, unhurried: None) -> None:
    outlets["/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    outlets["/feed.xml"] = ONE
    outlets["/news"] = b"<!doctype html><h2><a href=/1>A headline that is long enough</a></h2>"
    feed, page = look(
        a_feed(outlets, "feeds.example"), a_feed(outlets, "pages.example", "/news", kind="page", selector="h2 a")
    )
    assert (feed.outcome, page.outcome) == ("fresh", "robots")
    assert [one.path for one in outlets.requests if "pages" in one.headers["host"]] == ["/robots.txt"]
    assert [one.path for one in outlets.requests if "feeds" in one.headers["host"]] == ["/feed.xml"]


def test_every_request_says_who_asks_and_how_to_reach_us_and_carries_nothing_else(
    outlets: Outlets, unhurried: None
) -> None:
    outlets["/robots.txt"] = Reply(b"", headers={"Set-Cookie": "robot=1"})
    outlets["/feed.xml"] = Reply(status=302, headers={"Location": "/new.xml", "Set-Cookie": "id=1; Path=/"})
    outlets["/new.xml"] = Reply(ONE, headers={"Set-Cookie": "id=2; Path=/"})
    outlets["/news"] = Reply(b"<!doctype html><h2><a href=/1>A headline</a></h2>", headers={"Set-Cookie": "a=b"})
    feeds = a_feed(outlets), a_feed(outlets, "pages.example", "/news", kind="page", selector="h2 a")
    for hours in (0, 1):
        look(*feeds, at=NOW + timedelta(hours=hours))
    assert {one.headers["user-agent"] for one in outlets.requests} == {
        f"Corante/{__version__} (+https://news.example; desk@news.example)"
    }
    known = {"host", "accept", "accept-encoding", "user-agent", "if-none-match", "if-modified-since"}
    assert {name for one in outlets.requests for name in one.headers} <= known
