"""The commands that add and list outlets: what they say, and what they say to do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from corante import gather
from corante.core.config import Config
from corante.models import Article, Feed, Sighting
from corante.net import client as net
from tests.fakes import world
from tests.fakes.outlets import Outlets, item, rss

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def allowed(settings: Any, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "corante.toml").write_text("")
    settings.CORANTE_DIR = tmp_path
    settings.CORANTE = Config(title="T", base_url="https://news.example", allow_network=("127.0.0.0/8",))
    yield
    net.close_all()


def say(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_add_shows_what_it_found_adds_the_likeliest_and_says_so_the_second_time() -> None:
    with Outlets() as outlets:
        outlets["/"] = (
            b"<link rel=alternate type=application/rss+xml href=/a.xml><link rel=alternate type=application/rss+xml href=/b.xml>"
        )
        outlets["/a.xml"] = rss(item("The sea wall", "https://h.example/1", "1"))
        outlets["/b.xml"] = rss(item("Sport", "https://h.example/2", "2"), title="Harbour Sport")
        said = say("add", outlets.url())
        assert "such as: The sea wall" in said
        assert "→ 1. Harbour Post" in said
        assert "is there already" in say("add", outlets.url())
        assert "Harbour Sport" in say("add", outlets.url(), "--pick", "2")
    assert Feed.objects.count() == 2


def test_add_of_a_list_and_the_list_back(tmp_path: Path) -> None:
    file = tmp_path / "list.opml"
    file.write_text('<opml version="2.0"><body><outline text="A" xmlUrl="https://a.example/f"/></body></opml>')
    assert "1 feeds added, 0 were there already" in say("add", "--opml", str(file))
    assert "not looked at yet" in say("outlets")


def test_a_page_without_a_feed_is_read_by_a_selector_and_brings_each_piece_once() -> None:
    page = (
        "<html lang=en><title>Council</title><nav><a href=/>Home</a></nav>"
        "<article><h2><a href='/1'>The sea wall is raised</a></h2><time datetime='2026-11-22T07:00:00Z'></time></article>"
        "<article><h2><a href='/2'>Ferry fares stay</a></h2></article><article><h2>No link</h2></article>"
    )
    with Outlets() as outlets:
        outlets["/news"], outlets["/robots.txt"] = page.encode(), b"User-agent: *\nDisallow: /private/\n"
        with pytest.raises(CommandError):
            say("add", outlets.url("/news"), "--selector", "section h9")
        with pytest.raises(CommandError):
            say("add", outlets.url("/news"), "--selector", "h2 >>> [")
        assert "Council" in say("add", outlets.url("/news"), "--selector", "article")
        for _ in range(2):
            feed = Feed.objects.get()
            Feed.objects.update(next_check_at=feed.created_at, body_hash="")
            gather.work([feed.pk], lambda: datetime.now(UTC))
    assert (feed.kind, feed.selector) == ("page", "article")
    assert list(Sighting.objects.values_list("outlet__name", flat=True).distinct()) == ["Council"]
    assert set(Article.objects.values_list("title", flat=True)) <= {"The sea wall is raised", "Ferry fares stay"}
    assert Article.objects.filter(title="Ferry fares stay").count() == 1


def test_a_site_without_links_to_a_feed_is_found_by_the_news_sitemap_its_robots_txt_names() -> None:
    with Outlets() as outlets:
        outlets["/"] = b"<title>The Post</title>"
        outlets["/robots.txt"] = f"User-agent: *\nSitemap: {outlets.url('/maps/news.xml')}\n".encode()
        outlets["/maps/news.xml"] = (
            b"<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://h.example/1</loc><n:news>"
            b"<n:publication><n:name>The Post</n:name></n:publication><n:title>The sea wall</n:title></n:news></url></urlset>"
        )
        assert "/maps/news.xml" in say("add", outlets.url())
    assert Feed.objects.get().kind == "sitemap"


def test_selectors_for_a_page_without_a_feed_are_suggested_by_command() -> None:
    cards = "".join(f"<article><h2><a href='/{n}'>The council votes on part {n}</a></h2></article>" for n in range(9))
    with Outlets() as outlets:
        outlets["/a"], outlets["/b"] = f"<title>Council</title>{cards}".encode(), b"<p>Nothing here"
        said = say("add", outlets.url("/a"), "--suggest")
        assert "--selector 'h2 a'   9 headlines, 0 with a date" in said
        assert "The council votes on part 0" in said
        assert "comes back often enough" in say("add", outlets.url("/b"), "--suggest")
    assert not Feed.objects.exists()


def test_an_outlet_gone_quiet_is_named_among_those_in_trouble() -> None:
    now = datetime.now(UTC)
    outlet = world.outlet("The Silent Post")
    feed = Feed.objects.create(
        outlet=outlet, url="https://h.example/f", created_at=now, next_check_at=now, last_checked_at=now,
        outcome="unmodified", detail="says nothing has changed", gap_s=3600, last_new_at=now - timedelta(days=4),
    )  # fmt: skip
    assert "gone quiet: nothing new for 4" in say("outlets", "--trouble")
    Feed.objects.filter(pk=feed.pk).update(last_new_at=now)
    assert "The Silent Post" not in say("outlets", "--trouble")


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        (["add"], "corante add https://"),
        (["add", "--opml", "/nonexistent.opml"], "can't be read"),
        (["add", "not an address"], "not added"),
        (["add", "a", "b", "--name", "x"], "one address at a time"),
    ],
)
def test_a_mistake_is_answered_with_the_way_out(words: list[str], way_out: str) -> None:
    with pytest.raises(CommandError, match=way_out):
        say(*words)


def test_every_command_here_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("add", "outlets"):
        with pytest.raises(SystemExit):
            call_command(command, "--help")
        assert "example:" in capsys.readouterr().out
