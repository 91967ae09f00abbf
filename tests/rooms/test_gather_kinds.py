"""Kinds of feed that are none: plain sitemaps, lists of sitemaps, pages read by a selector; and where feeds are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from corante import extract, gather
from corante.core import discovery
from corante.core.discovery import FeedLink
from corante.models import Article
from corante.sandbox import doors
from tests.fakes import world
from tests.fakes.articles import story_page
from tests.fakes.gathering import NOW, look, loopback, outlets
from tests.fakes.outlets import Outlets, Reply, item, rss

HEAD = "<?xml version='1.0'?>"
__all__ = ["loopback", "outlets"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]


def sitemap(*pages: tuple[str, str], element: str = "url") -> bytes:
    root = "urlset" if element == "url" else "sitemapindex"
    rows = "".join(
        f"<{element}><loc>{loc}</loc>{f'<lastmod>{mod}</lastmod>' if mod else ''}"
        f"<i:image xmlns:i='http://www.google.com/schemas/sitemap-image/1.1'><i:loc>https://h.example/x.jpg</i:loc>"
        f"<i:title>A picture of nothing</i:title></i:image></{element}>"
        for loc, mod in pages
    )
    return f"{HEAD}<{root} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{rows}</{root}>".encode()


PAGES = (
    ("https://h.example/2026/11/sea-wall-to-be-raised.html", "2026-11-22T07:00:00Z"),
    ("https://h.example/2026/10/ferry-fares-stay-as-they-are", "2026-10-02"),
    ("https://h.example/about", "2026-11-22T07:00:00Z"),
    ("https://h.example/", ""),
)


def test_a_plain_sitemap_is_read_by_the_headlines_its_addresses_spell(outlets: Outlets) -> None:
    outlets["/sitemap.xml"] = sitemap(*PAGES)
    feed = look(world.feed(world.outlet(), url=outlets.url("/sitemap.xml"), kind="sitemap", imported_at=None))
    article = Article.objects.get()
    assert (article.title, article.url) == ("Sea wall to be raised", PAGES[0][0])
    assert (article.published_asserted, article.provenance) == (False, {"title": "address"})
    new = ("https://h.example/2026/11/harbour-master-steps-down", "2026-11-22T09:00:00Z")
    shifted_in = ("https://h.example/2025/01/an-old-piece-comes-up", "2025-01-02")
    outlets["/sitemap.xml"] = sitemap(*PAGES, new, shifted_in)
    look(feed, NOW + timedelta(hours=2))
    assert set(Article.objects.values_list("title", flat=True)) == {
        "Sea wall to be raised",
        "Harbour master steps down",
    }


def test_headline_and_date_of_a_piece_in_a_plain_sitemap_are_the_page_s(outlets: Outlets) -> None:
    page = outlets.url("/2026/11/sea-wall-to-be-raised")
    outlets["/sitemap.xml"] = sitemap((page, "2026-11-22T07:00:00Z"))
    outlets["/2026/11/sea-wall-to-be-raised"] = story_page(
        "The wall at sea rises by a metre", ["The harbour council voted nine to four late on Saturday. " * 4] * 5,
        head="<meta property='article:published_time' content='2026-11-21T21:30:00Z'>",
    ).encode()  # fmt: skip
    look(world.feed(world.outlet(), url=outlets.url("/sitemap.xml"), kind="sitemap", imported_at=None))
    extract.work([Article.objects.get().pk], lambda: NOW)
    article = Article.objects.get()
    assert (article.reading, article.title) == ("read", "The wall at sea rises by a metre")
    assert (article.published_at, article.published_asserted) == (datetime(2026, 11, 21, 21, 30, tzinfo=UTC), True)


def test_the_first_look_at_a_sitemap_without_dates_brings_no_flood(outlets: Outlets) -> None:
    outlets["/sitemap.xml"] = sitemap(*((f"https://h.example/the-sea-wall-part-{n}th", "") for n in range(50)))
    feed = look(world.feed(world.outlet(), url=outlets.url("/sitemap.xml"), kind="sitemap", imported_at=None))
    assert Article.objects.count() == 0
    outlets["/sitemap.xml"] = sitemap(
        *((f"https://h.example/the-sea-wall-part-{n}th", "") for n in range(50)),
        ("https://h.example/now-it-is-new", ""),
    )
    look(feed, NOW + timedelta(hours=2))
    assert [article.title for article in Article.objects.all()] == ["Now it is new"]


def test_a_headline_read_on_the_page_is_not_undone_by_the_sitemap(outlets: Outlets) -> None:
    outlets["/sitemap.xml"] = sitemap(*PAGES)
    feed = look(world.feed(world.outlet(), url=outlets.url("/sitemap.xml"), kind="sitemap", imported_at=None))
    Article.objects.update(title="The sea wall will be raised by a metre")
    outlets["/sitemap.xml"] = sitemap(*PAGES, ("https://h.example/2026/11/another-one-here", ""))
    look(feed, NOW + timedelta(hours=2))
    assert Article.objects.filter(title="The sea wall will be raised by a metre").exists()


def test_of_a_sitemap_of_tens_of_thousands_the_newest_are_read() -> None:
    rows = [(f"https://h.example/the-sea-wall-part-{n}th", f"2026-{1 + n // 2000:02}-01") for n in range(20_000)]
    urls = "".join(f"<url><loc>{loc}</loc><lastmod>{mod}</lastmod><priority>1</priority></url>" for loc, mod in rows)
    parsed = doors.feed(f"{HEAD}<urlset>{urls}</urlset>".encode(), "", "https://h.example/sitemap.xml")
    assert (len(parsed.entries), {entry.updated.month for entry in parsed.entries if entry.updated}) == (2000, {10})


def test_of_a_list_of_sitemaps_what_changed_is_asked_and_nothing_else(outlets: Outlets) -> None:
    old, new = outlets.url("/2025.xml"), outlets.url("/2026.xml")
    outlets["/2026.xml"] = sitemap(*PAGES)
    index = Reply(sitemap((old, "2025-12-31"), (new, "2026-11-22T07:10:00Z"), element="sitemap"), validators=True)
    outlets["/index.xml"] = index
    feed = look(world.feed(world.outlet(), url=outlets.url("/index.xml"), kind="sitemap", imported_at=None))
    assert (feed.outcome, Article.objects.count()) == ("fresh", 1)
    assert look(feed, NOW + timedelta(hours=2)).outcome == "unmodified"
    assert (len(outlets.asked("/2025.xml")), len(outlets.asked("/2026.xml"))) == (0, 1)
    more = ("https://h.example/2026/11/harbour-master-steps-down", "2026-11-22T11:00:00Z")
    outlets["/2026.xml"] = sitemap(*PAGES, more)
    outlets["/index.xml"] = sitemap((old, "2025-12-31"), (new, "2026-11-22T11:00:00Z"), element="sitemap")
    assert look(feed, NOW + timedelta(hours=4)).outcome == "fresh"
    assert (len(outlets.asked("/2025.xml")), len(outlets.asked("/2026.xml"))) == (0, 2)


def test_a_list_whose_sitemap_can_not_be_had_is_a_failure_and_asked_again(outlets: Outlets) -> None:
    index = sitemap((outlets.url("/2026.xml"), "2026-11-22T07:10:00Z"), element="sitemap")
    outlets["/index.xml"], outlets["/2026.xml"] = Reply(index, validators=True), Reply(status=503)
    feed = look(world.feed(world.outlet(), url=outlets.url("/index.xml"), kind="sitemap", imported_at=None))
    assert (feed.outcome, feed.etag, feed.failures) == ("server_error", "", 1)
    outlets["/2026.xml"] = sitemap(*PAGES)
    assert look(feed, NOW + timedelta(hours=1)).outcome == "fresh"


def test_a_site_with_nothing_but_a_sitemap_is_found_by_that(outlets: Outlets) -> None:
    outlets["/"] = b"<title>The Post</title>"
    outlets["/sitemap.xml"] = sitemap((outlets.url("/s.xml"), "2026-11-22"), element="sitemap")
    outlets["/s.xml"] = sitemap(*PAGES)
    (found,) = gather.find_feeds(outlets.url())
    assert (found.url, found.makes, found.samples[0]) == (
        outlets.url("/sitemap.xml"),
        "sitemap",
        "Sea wall to be raised",
    )
    assert gather.find_feeds(found.url)[0].samples == found.samples


def test_a_sitemap_of_numbers_is_refused_with_the_reason(outlets: Outlets) -> None:
    outlets["/sitemap.xml"] = sitemap(("https://h.example/123456", ""), ("https://h.example/about", ""))
    with pytest.raises(gather.NotFound, match="spell no headlines"):
        gather.find_feeds(outlets.url("/sitemap.xml"))


def test_a_front_page_that_shuts_us_out_may_still_have_a_feed(outlets: Outlets) -> None:
    outlets["/"] = Reply(b"no robots", status=403)
    outlets["/feed"] = rss(item("Sea wall", "https://h.example/1", "1"))
    assert [one.url for one in gather.find_feeds(outlets.url())] == [outlets.url("/feed")]
    outlets["/feed"] = Reply(status=404)
    with pytest.raises(gather.NotFound, match="does not let us in"):
        gather.find_feeds(outlets.url())


def test_a_feed_s_address_keeps_the_query_it_needs(outlets: Outlets) -> None:
    outlets["/"] = b"<link rel=alternate type=application/rss+xml href='/news?rss=1'>"
    outlets["/news?rss=1"] = rss(item("Sea wall", "https://h.example/1", "1"))
    assert [one.url for one in gather.find_feeds(outlets.url())] == [outlets.url("/news?rss=1")]


@pytest.mark.parametrize(
    "page",
    [
        Reply(b"<p>", headers={"Link": '</style.css>; rel=preload, </f>; rel="alternate"; type="application/rss+xml"'}),
        Reply(b"<link rel=feed href=/f>"),
        Reply(b"<a type='application/rss+xml' href=/f>Subscribe</a>"),
        Reply(b"<base href='/x/y/'><a href='../../f'>RSS</a>"),
    ],
)
def test_however_a_page_names_its_feed_it_is_found(outlets: Outlets, page: Reply) -> None:
    outlets["/"], outlets["/f"] = page, rss(item("Sea wall", "https://h.example/1", "1"))
    assert [one.url for one in gather.find_feeds(outlets.url())] == [outlets.url("/f")]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("https://www.youtube.com/channel/UCabc/videos", "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc"),
        ("https://www.youtube.com/user/abc", "https://www.youtube.com/feeds/videos.xml?user=abc"),
        ("https://youtube.com/playlist?list=PL1", "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1"),
        ("https://social.example/@harbour", "https://social.example/@harbour.rss"),
        ("https://social.example/users/harbour", "https://social.example/users/harbour.rss"),
        ("https://social.example/tags/sea", "https://social.example/tags/sea.rss"),
        ("https://medium.com/@harbour", "https://medium.com/feed/@harbour"),
        ("https://github.com/a/b/issues", "https://github.com/a/b/releases.atom"),
    ],
)
def test_sites_of_a_kind_have_their_feeds_where_that_kind_has_them(page: str, feed: str) -> None:
    assert [link.url for link in discovery.conventions(page)] == [feed]


def test_a_podcast_directory_is_asked_for_the_feed_of_its_page() -> None:
    asked = discovery.directory("https://podcasts.apple.com/gb/podcast/harbour-talk/id123456789?i=1")
    assert asked == "https://itunes.apple.com/lookup?entity=podcast&id=123456789"
    assert discovery.directory("https://podcasts.apple.com/gb/browse") == ""
    answer = '{"resultCount":1,"results":[{"collectionName":"Harbour Talk","feedUrl":"https://h.example/pod.xml"}]}'
    assert discovery.listed(answer) == [FeedLink("https://h.example/pod.xml", "Harbour Talk", "directory")]
    assert discovery.listed("<html>") == discovery.listed('{"results":[1]}') == discovery.listed("[]") == []


@pytest.mark.parametrize("typed", ["feed://h.example/f.xml", "pcast://h.example/f.xml", "feed:https://h.example/f.xml"])
def test_links_that_open_a_reader_are_addresses_too(typed: str) -> None:
    assert "https://h.example/f.xml" in discovery.addresses(typed)


def test_a_podcast_s_episode_without_a_page_leads_to_its_sound() -> None:
    body = b"""<rss version="2.0"><channel><title>Talk</title><item><title>Episode one</title>
    <guid isPermaLink="false">e1</guid><enclosure url="https://h.example/1.mp3" type="audio/mpeg"/></item></channel></rss>"""
    assert [entry.url for entry in doors.feed(body, "", "https://h.example/f").entries] == ["https://h.example/1.mp3"]


CARDS = "".join(
    f"<li class='card'><a class='kicker' href='/politics'>Politics</a><h3><a href='/{n}'>{words}</a></h3>"
    f"<time datetime='2026-11-2{n}T07:00:00Z'></time></li>"
    for n, words in enumerate(
        ("The sea wall is raised by a metre", "Ferry fares stay as they are", "A whale in the bay")
    )
)
MENU = "".join(f"<li class='item'><a href='/m{n}'>A menu entry of words {n}</a></li>" for n in range(9))
PAGE = (
    f"<html><title>Council</title><nav><ul>{MENU}</ul></nav><main><ul class='css-1x2y3z'>{CARDS}</ul></main>".encode()
)


def test_selectors_are_suggested_that_pick_the_headlines_and_not_the_menu(outlets: Outlets) -> None:
    outlets["/news"] = PAGE
    found = gather.suggest(outlets.url("/news"), NOW)
    assert found[0].samples[0] == "The sea wall is raised by a metre"
    assert all("menu" not in words for one in found for words in one.samples)
    assert not any("css-1x2y3z" in one.selector for one in found)
    best = gather.find_pieces(outlets.url("/news"), found[0].selector, NOW)
    assert (best.entries, found[0].entries, found[0].dated) == (3, 3, 3)


def test_trying_selectors_asks_the_outlet_once_in_ten_minutes(outlets: Outlets) -> None:
    outlets["/once"] = PAGE
    for n, selector in enumerate((".card", "h3", "li", "h3 a")):
        gather.preview(outlets.url("/once"), selector, NOW + timedelta(minutes=n))
    assert len(outlets.asked("/once")) == 1
    gather.preview(outlets.url("/once"), ".card", NOW + timedelta(minutes=11))
    assert len(outlets.asked("/once")) == 2


def test_a_page_whose_robots_txt_shuts_us_out_is_not_read(outlets: Outlets) -> None:
    outlets["/shut"], outlets["/robots.txt"] = PAGE, b"User-agent: *\nDisallow: /\n"
    with pytest.raises(gather.NotFound, match="asks robots to stay away"):
        gather.suggest(outlets.url("/shut"), NOW)
    assert outlets.asked("/shut") == []


def test_a_page_without_any_list_of_headlines_has_no_suggestion(outlets: Outlets) -> None:
    outlets["/bare"] = b"<title>Nothing</title><p><a href=/1>One link of four words</a></p>"
    assert gather.suggest(outlets.url("/bare"), NOW) == []
