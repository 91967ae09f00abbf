"""Gathering: what feeds say becomes articles, once, whatever the feeds do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from corante import __version__, gather
from corante.core.config import Config
from corante.models import Article, Body, Change, Feed, Fetch, HostGate, Quarantine, Sighting
from tests.fakes import world
from tests.fakes.gathering import NOW, look, loopback, outlets
from tests.fakes.outlets import Outlets, Reply, item, rss

__all__ = ["loopback", "outlets"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]


def a_feed(outlets: Outlets, path: str = "/feed.xml", **changes: Any) -> Feed:
    return world.feed(world.outlet(), url=outlets.url(path), **({"imported_at": NOW - timedelta(days=9)} | changes))


def test_what_is_new_in_a_feed_becomes_an_article_with_outlet_link_and_time(outlets: Outlets) -> None:
    outlets["/feed.xml"] = rss(
        item("Sea wall", "https://harbour.example/wall?utm_source=rss", "1", text="<p>Nine to four</p>")
    )
    feed = look(a_feed(outlets))
    article = Article.objects.get()
    assert (article.outlet, article.feed, article.title) == (feed.outlet, feed, "Sea wall")
    assert article.url == "https://harbour.example/wall"
    assert article.published_at == datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert article.published_asserted
    assert (article.summary, Body.objects.get().feed_html) == ("Nine to four", "<p>Nine to four</p>")
    assert (article.reading, article.next_read_at) == ("pending", NOW)
    assert (feed.outcome, feed.detail) == ("fresh", "1 new of 1")


def test_reading_an_unchanged_feed_again_adds_nothing(outlets: Outlets) -> None:
    count = 0

    def changing(asked: object) -> bytes:
        nonlocal count
        count += 1
        return rss(*(item(f"Piece {n}", f"https://h.example/{n}", str(n)) for n in range(30)), title=f"Number {count}")

    outlets["/feed.xml"] = changing
    feed = a_feed(outlets)
    for n in range(20):
        look(feed, NOW + timedelta(hours=n))
    assert count == 20
    assert (Article.objects.count(), Fetch.objects.filter(new__gt=0).count()) == (30, 1)


FIRST = item("The council votes on the wall", "http://h.example/wall", "guid-1")
SAME_AGAIN = {
    "with another guid": item("The council votes on the wall", "http://h.example/wall", "guid-2"),
    "over https": item("The council votes on the wall", "https://h.example/wall", "guid-2"),
    "with www": item("The council votes on the wall", "http://www.h.example/wall/", "guid-2"),
    "with tracking": item("The council votes on the wall", "http://h.example/wall?utm_medium=feed&fbclid=1", "guid-2"),
    "at another address": item("The council votes on the wall", "http://h.example/2026/11/wall", "guid-1"),
    "at another address under another guid": item("The council votes on the wall", "http://h.example/?p=7", "guid-9"),
    "with another date": item(
        "The council votes on the wall", "http://h.example/wall", "guid-1", "Sun, 22 Nov 2026 08:00:00 GMT"
    ),
}


@pytest.mark.parametrize("again", SAME_AGAIN.values(), ids=SAME_AGAIN.keys())
def test_a_piece_told_again_is_the_same_piece(outlets: Outlets, again: str) -> None:
    outlets["/feed.xml"] = rss(FIRST)
    feed = look(a_feed(outlets))
    outlets["/feed.xml"] = rss(again)
    look(feed, NOW + timedelta(hours=1))
    assert Article.objects.count() == 1
    outlets["/feed.xml"] = rss(again.replace("guid-1", "guid-3"))
    look(feed, NOW + timedelta(hours=2))
    assert Article.objects.count() == 1


def test_a_purged_piece_does_not_come_back(outlets: Outlets) -> None:
    outlets["/feed.xml"] = rss(FIRST)
    feed = look(a_feed(outlets))
    Article.objects.all().delete()
    Feed.objects.update(etag="", body_hash="")
    look(feed, NOW + timedelta(hours=1))
    assert (Article.objects.count(), Sighting.objects.filter(article=None).exists()) == (0, True)


def test_on_first_import_only_the_last_day_is_news(outlets: Outlets) -> None:
    old = item("An old one", "https://h.example/old", "o", "Mon, 02 Nov 2026 07:00:00 GMT")
    outlets["/feed.xml"] = rss(item("A new one", "https://h.example/new", "n"), old)
    feed = look(a_feed(outlets, imported_at=None))
    assert [a.title for a in Article.objects.all()] == ["A new one"]
    assert feed.imported_at == NOW
    Feed.objects.update(body_hash="")
    look(feed, NOW + timedelta(hours=1))
    assert Article.objects.count() == 1


def test_a_republished_archive_is_no_flood(outlets: Outlets) -> None:
    outlets["/feed.xml"] = rss(FIRST)
    feed = look(a_feed(outlets))
    archive = [
        item(f"Old piece number {n}", f"https://h.example/old/{n}", f"o{n}", "Tue, 03 Mar 2020 07:00:00 GMT")
        for n in range(500)
    ]
    outlets["/feed.xml"] = rss(FIRST, *archive)
    feed = look(feed, NOW + timedelta(hours=1))
    assert Article.objects.count() == 1
    assert "500 old entries at once" in feed.detail


def test_all_ids_addresses_and_dates_changed_is_no_flood(outlets: Outlets) -> None:
    def edition(site: str, hour: int) -> bytes:
        date = f"Sun, 22 Nov 2026 {hour:02}:05:00 GMT"
        return rss(*(item(f"A headline, the {n}th", f"https://{site}/{n}", f"{site}{n}", date) for n in range(40)))

    outlets["/feed.xml"] = edition("old.example", 6)
    feed = look(a_feed(outlets))
    outlets["/feed.xml"] = edition("new.example", 7)
    look(feed, NOW + timedelta(hours=1))
    assert Article.objects.count() == 40


def test_an_implausible_date_becomes_first_seen(outlets: Outlets) -> None:
    dates = {"far": "Sun, 22 Nov 2099 07:00:00 GMT", "epoch": "Thu, 01 Jan 1970 00:00:00 GMT", "none": ""}
    outlets["/feed.xml"] = rss(*(item(f"Dated {n}", f"https://h.example/{n}", n, d) for n, d in dates.items()))
    look(a_feed(outlets))
    assert {(a.published_at, a.published_asserted) for a in Article.objects.all()} == {(NOW, False)}


def test_a_changed_headline_is_kept_as_a_change_and_the_page_is_read_again(outlets: Outlets) -> None:
    outlets["/feed.xml"] = rss(FIRST)
    feed = look(a_feed(outlets))
    Article.objects.update(reading="read", next_read_at=None)
    story = world.story(Article.objects.get())
    outlets["/feed.xml"] = rss(FIRST.replace("votes on", "rejects"))
    look(feed, NOW + timedelta(hours=1))
    article, change = Article.objects.get(), Change.objects.get()
    assert article.title == "The council rejects the wall"
    assert (change.kind, change.before, change.after) == ("headline", "The council votes on the wall", article.title)
    assert (article.reading, article.next_read_at) == ("pending", NOW + timedelta(hours=1))
    story.refresh_from_db()
    assert story.unfiled


def test_the_second_request_carries_both_validators_as_they_came(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(rss(FIRST), headers={"ETag": 'W/"odd \\ tag"', "Last-Modified": "yesterday, I think"})
    feed = look(a_feed(outlets))
    outlets["/feed.xml"] = Reply(status=304, headers={"ETag": '"next"'})
    feed = look(feed, NOW + timedelta(hours=1))
    first, second = outlets.asked("/feed.xml")
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == 'W/"odd \\ tag"'
    assert second.headers["if-modified-since"] == "yesterday, I think"
    assert (feed.outcome, feed.etag) == ("unmodified", '"next"')


def test_a_new_validator_is_kept_even_when_the_body_is_the_same(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(rss(FIRST), headers={"ETag": '"1"'})
    feed = look(a_feed(outlets))
    outlets["/feed.xml"] = Reply(rss(FIRST), headers={"ETag": '"2"'})
    assert look(feed, NOW + timedelta(hours=1)).etag == '"2"'


def test_we_say_who_we_are_and_carry_nothing_else(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(rss(FIRST), headers={"Set-Cookie": "id=1; Path=/"})
    feed = look(a_feed(outlets))
    look(feed, NOW + timedelta(hours=1))
    headers = outlets.requests[-1].headers
    assert headers["user-agent"] == f"Corante/{__version__} (+https://news.example; desk@news.example)"
    assert not {"cookie", "referer"} & set(headers)


def test_gone_is_gone_and_is_not_asked_again(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(status=410)
    feed = look(a_feed(outlets))
    assert feed.state == "gone"
    look(feed, NOW + timedelta(days=9))
    assert len(outlets.requests) == 1


@pytest.mark.parametrize("status", [404, 403, 500, 503, 429])
def test_a_failing_feed_is_asked_less_and_less_often_and_never_given_up(outlets: Outlets, status: int) -> None:
    outlets["/feed.xml"] = Reply(status=status)
    feed, now, waits = a_feed(outlets), NOW, []
    for _ in range(34):
        look(feed, now)
        waits.append((feed.next_check_at - now).total_seconds())
        now = feed.next_check_at
    assert waits[1] < waits[3] < waits[33] <= 33 * 86_400
    assert feed.state == "active"
    outlets["/feed.xml"] = rss(FIRST)
    assert look(feed, now).failures == 0


def test_retry_after_and_freshness_are_heeded(outlets: Outlets) -> None:
    outlets["/wait.xml"] = Reply(status=503, headers={"Retry-After": "7200"})
    outlets["/fresh.xml"] = Reply(rss(FIRST), headers={"Cache-Control": "public, max-age=10800"})
    for path, least in (("/wait.xml", 7200), ("/fresh.xml", 10800)):
        feed = look(world.feed(world.outlet(path), url=outlets.url(path)))
        assert feed.next_check_at >= NOW + timedelta(seconds=least)


def test_what_a_host_wished_outlives_a_restart_and_binds_all_its_feeds(outlets: Outlets) -> None:
    HostGate.objects.create(host="harbour.example", not_before=NOW + timedelta(hours=3))
    feed = look(world.feed(world.outlet(), url="https://www.harbour.example/feed.xml"))
    assert (feed.outcome, feed.next_check_at) == ("", NOW + timedelta(hours=3))


def test_a_permanent_redirect_is_believed_after_days_of_evidence_only(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(status=301, headers={"Location": "/new.xml"})
    outlets["/new.xml"] = rss(FIRST)
    feed = a_feed(outlets)
    for hours in (0, 12, 24, 36):
        assert look(feed, NOW + timedelta(hours=hours)).url == outlets.url("/feed.xml")
    assert look(feed, NOW + timedelta(hours=60)).url == outlets.url("/new.xml")


def test_a_temporary_redirect_is_followed_and_not_believed(outlets: Outlets) -> None:
    outlets["/feed.xml"] = Reply(status=302, headers={"Location": "/new.xml"})
    outlets["/new.xml"] = rss(FIRST)
    feed = a_feed(outlets)
    for days in range(9):
        look(feed, NOW + timedelta(days=days))
    assert (feed.url, feed.moved_seen, Article.objects.count()) == (outlets.url("/feed.xml"), 0, 1)


def test_a_document_that_poisons_the_parser_three_times_is_quarantined_and_the_feed_goes_on(outlets: Outlets) -> None:
    outlets["/feed.xml"] = rss("<item>" + "<a>" * 400)
    feed = a_feed(outlets)
    for n in range(5):
        look(feed, NOW + timedelta(days=n))
    kept = Quarantine.objects.get()
    assert (kept.feed, kept.reason) == (feed, "elements nested more than 256 deep")
    assert feed.state == "active"
    outlets["/feed.xml"] = rss(FIRST)
    assert look(feed, NOW + timedelta(days=9)).outcome == "fresh"


def test_one_bad_outlet_never_stops_the_others(outlets: Outlets) -> None:
    outlets["/good.xml"] = rss(FIRST)
    outlets["/junk.xml"] = Reply(raw=b"\x00\xff not http at all\r\n\r\n")
    outlets["/page.xml"] = b"<!doctype html><title>Not found</title>"
    outlets["/closed.xml"] = Reply(raw=b"")
    feeds = [
        world.feed(world.outlet(p), url=outlets.url(p)) for p in ("/junk.xml", "/closed.xml", "/page.xml", "/good.xml")
    ]
    tally = gather.work([f.pk for f in feeds], lambda: NOW)
    assert (tally.done, tally.made, tally.failed) == (4, 1, 3)
    assert list(Feed.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "bad_answer",
        "bad_answer",
        "not_a_feed",
        "fresh",
    ]


def test_what_is_not_due_paused_or_claimed_is_left_alone(outlets: Outlets) -> None:
    outlets["/feed.xml"] = rss(FIRST)
    feed = a_feed(outlets, next_check_at=NOW + timedelta(minutes=1))
    assert gather.due(NOW, 10) == []
    gather.work([feed.pk], lambda: NOW)
    assert outlets.requests == []
    assert gather.due(NOW + timedelta(minutes=2), 10) == [feed.pk]
    feed.pause()
    feed.save()
    assert gather.due(NOW + timedelta(minutes=2), 10) == []


def test_two_outlets_that_link_to_one_piece_share_its_article(outlets: Outlets) -> None:
    outlets["/a.xml"] = outlets["/b.xml"] = rss(FIRST)
    for path in ("/a.xml", "/b.xml"):
        look(world.feed(world.outlet(path), url=outlets.url(path)))
    assert (Article.objects.count(), Sighting.objects.count()) == (1, 6)


def test_the_feeds_of_a_site_are_found_verified_and_shown_with_a_headline(outlets: Outlets) -> None:
    outlets["/"] = (
        b"<!doctype html><title>Harbour</title><link rel=alternate type=application/rss+xml href=/comments.xml title=Comments>"
        b"<link rel=alternate type='application/atom+xml' href=/feed.xml><link rel=alternate type=application/rss+xml href=/gone.xml>"
    )
    outlets["/comments.xml"] = rss(item("Re: wall", "https://h.example/c", "c"), title="Comments")
    outlets["/feed.xml"] = rss(FIRST)
    found = gather.find_feeds(outlets.url())
    assert [(one.url, one.sample) for one in found] == [
        (outlets.url("/feed.xml"), "The council votes on the wall"),
        (outlets.url("/comments.xml"), "Re: wall"),
    ]
    feed, _ = gather.add_site(outlets.url(), lambda: NOW)
    assert (feed.outlet.name, feed.next_check_at) == ("Harbour Post", NOW)
    assert gather.add_site(outlets.url(), lambda: NOW)[0] == feed


def test_a_site_that_names_no_feed_is_searched_where_feeds_usually_stand(outlets: Outlets) -> None:
    outlets["/"] = b"<!doctype html><title>Harbour</title>"
    outlets["/rss.xml"] = rss(FIRST)
    assert [one.url for one in gather.find_feeds(outlets.url())] == [outlets.url("/rss.xml")]


def test_an_address_without_a_feed_says_so(outlets: Outlets) -> None:
    outlets["/"] = b"<!doctype html><title>Nothing</title>"
    with pytest.raises(gather.NotFound, match="no feed we could find"):
        gather.find_feeds(outlets.url())


def test_a_private_address_is_refused_with_the_way_out(settings: Any, outlets: Outlets) -> None:
    settings.CORANTE = Config(title="T", base_url="https://news.example")
    with pytest.raises(gather.NotFound, match=r'allow_network = \["127\.0\.0\.1/32:\d+"\]'):
        gather.find_feeds(outlets.url())


def test_a_list_comes_back_equal() -> None:
    body = (
        '<?xml version="1.0"?><opml version="2.0"><body><outline text="Küste &amp; Meer">'
        '<outline type="rss" text="A &lt;b&gt; “quoted”" title="A &lt;b&gt; “quoted”" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/" description="two\nlines"/>'
        '</outline><outline type="rss" text="B" xmlUrl="https://b.example/feed?a=1&amp;b=2"/></body></opml>'
    ).encode()
    assert gather.import_opml(body, NOW) == gather.Imported(added=2, known=0)
    first = [(f.url, f.outlet.name, f.outlet.home_url, f.outlet.group, f.outlet.note) for f in Feed.objects.all()]
    assert first[0][1:4] == ("A <b> “quoted”", "https://a.example/", "Küste & Meer")
    exported = gather.export_opml(NOW)
    assert gather.import_opml(exported, NOW) == gather.Imported(added=0, known=2)
    Feed.objects.all().delete()
    gather.import_opml(exported, NOW)
    again = [(f.url, f.outlet.name, f.outlet.home_url, f.outlet.group, f.outlet.note) for f in Feed.objects.all()]
    assert sorted(again) == sorted(first)
    assert gather.export_opml(NOW) == exported
