"""WebSub: a hub is asked, asks back, and pushes; whatever it does, looking goes on."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from corante import gather
from corante.core.config import Config
from corante.gather import pushes, wires
from corante.models import Article, Feed, Fetch, Push, Wire
from corante.net import client as net
from corante.site import websub as door
from tests.fakes import world
from tests.fakes.outlets import Outlets, Reply, item, rss

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)

ONE = item("The council votes on the wall", "http://h.example/wall", "1")
TWO = item("A new ferry for the estuary", "http://h.example/ferry", "2")


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> Iterator[None]:
    settings.CORANTE = Config(title="T", base_url="https://news.example", allow_network=("127.0.0.0/8",))
    settings.ALLOWED_HOSTS = ["news.example"]
    yield
    net.close_all()


@pytest.fixture
def outlets() -> Iterator[Outlets]:
    with Outlets() as server:
        server["/hub"] = Reply(status=202)
        server["/feed.xml"] = Reply(rss(ONE), headers={"Link": f'<{server.url("/hub")}>; rel="hub"'})
        yield server


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The time at the site's door."""

    class Standing(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return clock[0]

    clock = [NOW]
    monkeypatch.setattr(door, "datetime", Standing)
    return lambda moment: clock.__setitem__(0, moment)


def look(feed: Feed, at: datetime = NOW) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(next_check_at=at)
    gather.work([feed.pk], lambda: at)
    return Feed.objects.select_related("wire").get(pk=feed.pk)


def a_feed(outlets: Outlets) -> Feed:
    return world.feed(world.outlet(), url=outlets.url("/feed.xml"), imported_at=NOW - timedelta(days=9))


def asks_back(wire: Wire, mode: str = "subscribe", lease: str = "864000", **changes: str) -> HttpResponse:
    said = {"hub.mode": mode, "hub.topic": wire.topic, "hub.challenge": "say this", "hub.lease_seconds": lease}
    return Browser().get(f"/websub/{wire.token}", said | changes, headers={"host": "news.example"})  # type: ignore[return-value]


def pushed(wire: Wire, body: bytes, signature: str | None = None, token: str = "") -> int:
    right = "sha256=" + hmac.new(wire.secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"host": "news.example", "X-Hub-Signature": right if signature is None else signature}
    answer = Browser(enforce_csrf_checks=True).post(
        f"/websub/{token or wire.token}", body, content_type="application/rss+xml", headers=headers
    )
    return answer.status_code


@pytest.fixture
def wire(outlets: Outlets, at: Any) -> Wire:
    """A feed's line that is live."""
    feed = look(a_feed(outlets))
    assert asks_back(feed.wire).content == b"say this"
    return Wire.objects.get()


def take(now: datetime = NOW) -> int:
    return pushes.take(pushes.due(now, 50), lambda: now).made


def test_a_hub_named_by_a_feed_is_asked_to_push_to_our_public_address(outlets: Outlets) -> None:
    feed = look(a_feed(outlets))
    (asked,) = outlets.asked("/hub")
    form = dict(parse_qsl(asked.body.decode()))
    assert asked.method == "POST"
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": feed.url,
        "hub.callback": f"https://news.example/websub/{feed.wire.token}",
        "hub.secret": feed.wire.secret,
        "hub.lease_seconds": "864000",
    }
    assert (feed.wire.state, len(feed.wire.secret)) == ("asked", 64)
    assert feed.wire.secret not in form["hub.callback"]


def test_a_hub_named_in_the_document_is_as_good(outlets: Outlets) -> None:
    links = f'<atom:link rel="hub" href="{outlets.url("/hub")}"/><atom:link rel="self" href="https://t.example/feed"/>'
    body = rss(ONE).replace(b"<language>", links.encode() + b"<language>")
    outlets["/feed.xml"] = body.replace(
        b'<rss version="2.0"', b'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    )
    feed = look(a_feed(outlets))
    assert (feed.wire.hub, feed.wire.topic) == (outlets.url("/hub"), "https://t.example/feed")


def test_a_hub_that_asks_back_is_told_yes_once_and_only_for_what_was_asked(outlets: Outlets, at: Any) -> None:
    wire = look(a_feed(outlets)).wire
    assert asks_back(wire, **{"hub.topic": "https://other.example/"}).status_code == 404
    assert asks_back(wire, mode="unsubscribe").status_code == 404
    assert asks_back(wire, **{"hub.challenge": ""}).status_code == 404
    assert Browser().get(f"/websub/{'0' * 32}", headers={"host": "news.example"}).status_code == 404
    wire.refresh_from_db()
    assert wire.state == "asked"
    answer = asks_back(wire, lease="7200")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200,
        b"say this",
        "text/plain; charset=utf-8",
    )
    wire.refresh_from_db()
    assert (wire.state, wire.until, wire.next_ask_at) == ("live", NOW + timedelta(hours=2), NOW + timedelta(hours=1))


def test_what_is_pushed_becomes_an_article_by_the_way_of_every_document(wire: Wire) -> None:
    assert pushed(wire, rss(TWO)) == 202
    assert take() == 1
    article = Article.objects.get(title="A new ferry for the estuary")
    assert (article.feed_id, article.seen_at, article.next_read_at) == (wire.pk, NOW, NOW)
    assert Fetch.objects.order_by("pk").last().detail == "pushed by its hub: 1 new of 1"  # type: ignore[union-attr]
    wire.refresh_from_db()
    assert (wire.pushes, wire.last_push_at, Push.objects.count()) == (1, NOW, 0)


def test_a_push_says_nothing_of_validators_or_of_when_to_look_next(wire: Wire) -> None:
    before = Feed.objects.get()
    pushed(wire, rss(TWO))
    take()
    after = Feed.objects.get()
    same = ("etag", "last_modified", "body_hash", "next_check_at", "interval_s", "last_ok_at", "outcome")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]


def test_a_piece_pushed_twice_and_then_seen_in_the_feed_is_one_piece(wire: Wire, outlets: Outlets) -> None:
    assert [pushed(wire, rss(TWO)), pushed(wire, rss(TWO, ONE))] == [202, 202]
    take()
    outlets["/feed.xml"] = rss(TWO, ONE)
    look(Feed.objects.get(), NOW + timedelta(hours=1))
    assert Article.objects.count() == 2


HOSTILE = {
    "not signed": "",
    "signed by another": "sha256=" + hmac.new(b"another", rss(TWO), hashlib.sha256).hexdigest(),
    "signed by a method nobody names": "md5=" + hashlib.md5(rss(TWO)).hexdigest(),
    "signed with rubbish": "sha256=\u00e9",
}


@pytest.mark.parametrize("signature", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_push_that_is_not_signed_by_its_hub_is_refused_and_leaves_nothing(wire: Wire, signature: str) -> None:
    assert pushed(wire, rss(TWO), signature) == 403
    assert not Push.objects.exists()


def test_a_push_to_an_address_nobody_asked_for_is_gone(wire: Wire) -> None:
    assert pushed(wire, rss(TWO), token="0" * 32) == 410
    assert not Push.objects.exists()


def test_a_push_whose_lease_is_over_is_gone(wire: Wire, at: Any) -> None:
    at(NOW + timedelta(days=11))
    assert pushed(wire, rss(TWO)) == 410


def test_a_hub_that_floods_is_told_to_come_back(wire: Wire) -> None:
    statuses = [pushed(wire, rss(TWO)) for _ in range(pushes.WAITING + 2)]
    assert statuses == [202] * pushes.WAITING + [429] * 2
    take()
    assert (pushed(wire, rss(TWO)), Article.objects.count()) == (202, 2)


@pytest.mark.parametrize("body", [b"", b"\x00\xff", rss("<item>" + "<a>" * 400), b"<!doctype html><p>no feed"])
def test_a_push_that_says_nothing_or_can_not_be_read_makes_us_look_ourselves(wire: Wire, body: bytes) -> None:
    Feed.objects.update(next_check_at=NOW + timedelta(hours=5))
    assert pushed(wire, body) == 202
    assert (take(), Push.objects.count()) == (0, 0)
    assert gather.due(NOW, 9) == [wire.pk]


def test_one_bad_push_does_not_stop_the_next(wire: Wire) -> None:
    for body in (b"\x00", rss("<item>" + "<a>" * 400), rss(TWO)):
        assert pushed(wire, body) == 202
    assert take() == 1


def test_while_pushes_come_the_feed_is_looked_at_once_an_hour_and_as_before_once_it_missed_something(
    wire: Wire, outlets: Outlets
) -> None:
    pushed(wire, rss(TWO))
    take()
    feed = look(Feed.objects.get(), NOW + timedelta(minutes=20))
    assert feed.next_check_at >= NOW + timedelta(minutes=80)
    for n in range(2):
        at = NOW + timedelta(minutes=30 + n)
        outlets["/feed.xml"] = Reply(
            rss(item(f"Not pushed at all, number {n}", f"http://h.example/n{n}", f"n{n}"), ONE),
            headers={"Link": f'<{outlets.url("/hub")}>; rel="hub"'},
        )
        feed = look(feed, at)
    assert feed.wire.misses == 2
    assert feed.next_check_at < at + timedelta(hours=1)


def test_a_lease_is_renewed_at_its_half_while_the_old_one_holds(wire: Wire, outlets: Outlets, at: Any) -> None:
    look(Feed.objects.get(), NOW + timedelta(days=4))
    assert len(outlets.asked("/hub")) == 1
    later = NOW + timedelta(days=5, minutes=1)
    look(Feed.objects.get(), later)
    assert len(outlets.asked("/hub")) == 2
    at(later)
    assert pushed(wire, rss(TWO)) == 202
    assert asks_back(wire).status_code == 200
    wire.refresh_from_db()
    assert wire.until == later + timedelta(days=10)


def test_a_refusal_is_heeded_for_a_week_and_looking_goes_on(outlets: Outlets, at: Any) -> None:
    feed = look(a_feed(outlets))
    said = {"hub.mode": "denied", "hub.topic": feed.wire.topic, "hub.reason": "not from here"}
    assert Browser().get(f"/websub/{feed.wire.token}", said, headers={"host": "news.example"}).status_code == 200
    outlets["/feed.xml"] = Reply(rss(TWO), headers={"Link": f'<{outlets.url("/hub")}>; rel="hub"'})
    feed = look(feed, NOW + timedelta(days=6))
    assert (feed.wire.state, feed.wire.detail) == ("denied", "the hub refused: not from here")
    assert (len(outlets.asked("/hub")), Article.objects.count()) == (1, 2)
    look(feed, NOW + timedelta(days=8))
    assert len(outlets.asked("/hub")) == 2


def test_a_hub_that_fails_is_asked_ever_later_and_looking_goes_on(outlets: Outlets) -> None:
    outlets["/hub"] = Reply(status=503, headers={"Retry-After": "7200"})
    feed = look(a_feed(outlets))
    assert feed.outcome == "fresh"
    assert feed.wire.next_ask_at >= NOW + timedelta(hours=2)
    assert "trouble of its own" in feed.wire.detail


def test_a_feed_that_is_paused_has_its_hub_asked_to_stop(wire: Wire, outlets: Outlets) -> None:
    feed = Feed.objects.get()
    feed.pause()
    feed.save()
    assert pushed(wire, rss(TWO)) == 410
    assert wires.hang_up(NOW) == 1
    form = parse_qs(outlets.asked("/hub")[-1].body.decode())
    assert (form["hub.mode"], "hub.secret" in form) == (["unsubscribe"], False)
    assert asks_back(wire, mode="unsubscribe").content == b"say this"
    assert not Wire.objects.exists()


def test_another_hub_begins_another_line_and_the_old_address_leads_nowhere(wire: Wire, outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(rss(ONE, TWO), headers={"Link": f'<{outlets.url("/hub2")}>; rel="hub"'})
    feed = look(Feed.objects.get(), NOW + timedelta(hours=1))
    assert (feed.wire.hub, feed.wire.token != wire.token) == (outlets.url("/hub2"), True)
    assert pushed(wire, rss(TWO)) == 410


def test_a_site_that_hubs_can_not_reach_safely_asks_none(outlets: Outlets, settings: Any) -> None:
    settings.CORANTE = Config(title="T", base_url="http://news.example", allow_network=("127.0.0.0/8",))
    look(a_feed(outlets))
    assert (outlets.asked("/hub"), Wire.objects.count()) == ([], 0)
    settings.CORANTE = Config(title="T", base_url="http://127.0.0.1:8000", allow_network=("127.0.0.0/8",))
    Feed.objects.update(body_hash="")
    look(Feed.objects.get(), NOW + timedelta(hours=1))
    assert urlsplit(wires.callback(Wire.objects.get())).hostname == "127.0.0.1"
