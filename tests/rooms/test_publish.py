"""The publish room: what changed becomes pages, whole, in order, and no more than that."""

from __future__ import annotations

import errno
import html
import json
import random
import re
import shutil
from datetime import datetime, timedelta
from html.parser import HTMLParser
from math import log2
from pathlib import Path

import feedparser
import pytest

from corante import publish
from corante.core.paths import file_of
from corante.models import Act, Dirty, Filing, Hiding, Page
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db


def clock() -> datetime:
    return NOW


def drain() -> None:
    while ids := publish.due(NOW, 100):
        publish.work(ids, clock)


def test_a_filed_story_stands_on_its_page_its_topic_its_day_the_front_and_in_the_feeds(site: Path) -> None:
    floods = world.topic("Floods", "flood*")
    one = world.story(world.article(world.outlet(), "Harbour wall to rise"))
    world.filed(one, floods)
    publish.rebuild(clock)
    for path in (
        f"stories/{one.pk}.html",
        "topics/floods/index.html",
        "topics/floods/2026/11/22/index.html",
        "topics/floods/2026/11/index.html",
        "index.html",
        "topics/floods/atom.xml",
        "topics/floods/rss.xml",
        "topics/floods/feed.json",
        "outlets/harbour-post/index.html",
    ):
        assert "Harbour wall to rise" in (site / "public" / path).read_text(), path
    assert not Dirty.objects.exists()


PLACE = re.compile(
    r'<li><a href="([^"]+)"><bdi>[^<]*</bdi></a> <code dir="ltr">log2\(1 \+ (\d+)\) × 1 × 0\.5<sup>h / 12</sup></code>'
    r", where h is the hours since (\d+ \w+ \d{4}, \d+:\d+), when"
)


@pytest.mark.parametrize("page", ["index.html", "topics/floods/index.html"])
def test_the_order_of_a_page_can_be_worked_out_from_the_numbers_it_prints(site: Path, page: str) -> None:
    floods = world.topic("Floods", "flood*")
    for number, (outlets, hours) in enumerate([(1, 1), (5, 9), (2, 3), (3, 14), (1, 0), (8, 11)]):
        told = [world.article(world.outlet(f"Paper {number}-{n}"), f"Flood {number}") for n in range(outlets)]
        at = NOW - timedelta(hours=hours)
        world.filed(world.story(*told, first_at=NOW, last_at=at), floods)
    publish.rebuild(clock)
    text = (site / "public" / page).read_text()
    places = [(path, int(n), datetime.strptime(at, "%d %B %Y, %H:%M")) for path, n, at in PLACE.findall(text)]
    newest = max(at for *_, at in places)
    worked = sorted(places, key=lambda one: -log2(1 + one[1]) * 0.5 ** ((newest - one[2]) / timedelta(hours=12)))
    assert len(places) == 6
    assert [path for path, *_ in worked] == [path for path, *_ in places]
    heads = re.findall(r'class="story.*?href="[^"]*">(Flood \d)<', text, re.DOTALL)
    assert heads == re.findall(r"<li><a[^>]*><bdi>(Flood \d)", text)


@pytest.fixture
def stood(site: Path) -> tuple[Filing, Path]:
    """A published site of two topics with a story each, and its tree."""
    floods, ports = world.topic("Floods", "flood*"), world.topic("Ports", "port")
    one = world.story(world.article(world.outlet(), "Harbour wall to rise"))
    other = world.story(
        world.article(world.outlet("Coast Radio"), "A crane is sold", published_at=NOW - timedelta(days=40))
    )
    world.filed(other, ports)
    filing = world.filed(one, floods)
    publish.rebuild(clock)
    return filing, site / "public"


def texts(tree: Path) -> dict[str, bytes]:
    return {
        str(f.relative_to(tree)): f.read_bytes()
        for f in tree.rglob("*")
        if f.suffix in (".html", ".xml", ".json", ".gone", ".moved")
    }


def test_a_new_story_changes_its_own_pages_and_no_others(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    before = texts(tree)
    new = world.story(world.article(world.outlet("Estuary Wire"), "The dam opens"))
    world.filed(new, filing.topic)
    Dirty.mark("story", [new.pk], "filed", NOW)
    drain()
    after = texts(tree)
    touched = {name for name in after if after[name] != before.get(name)}
    assert touched == {
        f"stories/{new.pk}.html",
        "topics/floods/index.html",
        "topics/floods/2026/11/22/index.html",
        "topics/floods/2026/11/index.html",
        "topics/floods/months/index.html",
        "topics/floods/atom.xml",
        "topics/floods/rss.xml",
        "topics/floods/feed.json",
        "outlets/estuary-wire/index.html",
        "index.html",
        "sitemaps/2026-11-22.xml",
    }


def test_printing_again_what_did_not_change_writes_nothing(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    marks = {f: f.stat().st_mtime_ns for f in tree.rglob("*") if f.is_file()}
    Dirty.mark("story", [filing.story_id], "looked at", NOW)
    tally = publish.work(publish.due(NOW, 10), clock)
    assert (tally.done, tally.made) == (1, 0)
    assert marks == {f: f.stat().st_mtime_ns for f in tree.rglob("*") if f.is_file()}


def test_a_hidden_story_answers_gone_and_is_linked_from_nowhere(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    act = Act.objects.create(verb="hide", subject="story", subject_id=filing.story_id, label="x", at=NOW)
    Hiding.objects.create(story=filing.story, act=act, at=NOW)
    Dirty.mark("story", [filing.story_id], "hidden", NOW)
    drain()
    page = tree / f"stories/{filing.story_id}.html"
    assert not page.exists()
    assert not Path(f"{page}.br").exists()
    assert "Harbour wall" not in Path(f"{page}.gone").read_text()
    assert not [name for name, text in texts(tree).items() if b"Harbour wall" in text]
    assert not (tree / "topics/floods/2026/11/22/index.html").exists()


def test_a_merged_story_leads_to_the_one_it_went_into(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    into = world.story(world.article(world.outlet("Ledger"), "The same event"))
    world.filed(into, filing.topic)
    filing.story.merged_into = into
    filing.story.save()
    Dirty.mark("story", [filing.story_id, into.pk], "merged", NOW)
    drain()
    assert (tree / f"stories/{filing.story_id}.html.moved").read_text() == f"/stories/{into.pk}"


def test_an_outlet_taken_down_leaves_nothing_of_itself(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    lead = filing.story.lead
    assert lead is not None
    lead.outlet.removed_at = NOW
    lead.outlet.save()
    Dirty.mark("outlet", [lead.outlet_id], "taken down", NOW)
    drain()
    assert not [name for name, text in texts(tree).items() if b"Harbour" in text]


def test_a_page_that_cannot_be_rendered_stops_no_other_and_is_tried_again_later(
    stood: tuple[Filing, Path],
) -> None:
    filing, tree = stood
    bad = world.story(world.article(world.outlet("Odd", slug=".."), "From an outlet whose page would climb out"))
    good = world.story(world.article(world.outlet("Fine"), "A good one"))
    for one in (bad, good):
        world.filed(one, filing.topic)
    Dirty.mark("story", [bad.pk, good.pk], "filed", NOW)
    tally = publish.work(publish.due(NOW, 10), clock)
    assert tally.failed == 1
    assert (tree / f"stories/{good.pk}.html").exists()
    assert not publish.due(NOW, 10)
    assert publish.due(NOW + timedelta(minutes=6), 10)


def test_a_full_disk_leaves_the_old_site_whole_and_the_work_due(
    stood: tuple[Filing, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    filing, tree = stood
    before = texts(tree)
    world.filed(new := world.story(world.article(world.outlet("Wire"), "The dam opens")), filing.topic)
    Dirty.mark("story", [new.pk], "filed", NOW)

    def full(self: Path, content: bytes) -> int:
        with open(self, "wb") as half:
            half.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        assert "No space left" in publish.work(publish.due(NOW, 10), clock).note
    assert texts(tree) == before
    assert not list(tree.rglob("*.part"))
    later = NOW + timedelta(minutes=2)
    publish.work(publish.due(later, 10), lambda: later)
    assert (tree / f"stories/{new.pk}.html").exists()


def test_no_page_of_the_tree_links_to_one_that_is_not_there(stood: tuple[Filing, Path]) -> None:
    _filing, tree = stood
    dynamic = {"/search/", "/subscribe/"}
    for page in tree.rglob("*.html"):
        for link in re.findall(r'(?:href|action)="(/[^"#]*)', page.read_text()):
            assert link in dynamic or (tree / file_of(link)).is_file(), f"{page.name} -> {link}"


def test_a_rebuild_in_an_empty_folder_makes_the_same_tree_again(stood: tuple[Filing, Path]) -> None:
    _filing, tree = stood
    before = texts(tree)
    shutil.rmtree(tree)
    publish.rebuild(clock)
    assert texts(tree) == before


def test_pages_of_a_retired_topic_are_gone(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    filing.topic.retired_at = NOW
    filing.topic.save()
    Dirty.mark("topic", [filing.topic_id], "retired", NOW)
    Dirty.mark("story", [filing.story_id], "unfiled", NOW)
    drain()
    assert not list((tree / "topics/floods").rglob("index.html"))
    assert (tree / "topics/floods/index.html.gone").exists()
    assert Page.objects.filter(kind="topic", ref=filing.topic_id, gone=False).count() == 0


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "</title></style><svg onload=alert(1)>",
    "&lt;b&gt; &amp; ' \" <!-- ]]>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_an_outlet_writes_stands_as_text(site: Path, text: str) -> None:
    who = world.outlet(text, slug="odd")
    world.feed(who)
    odd = world.article(who, text, excerpt=text, author=text, url="javascript:alert(1)")
    world.filed(world.story(odd), world.topic("Floods"))
    publish.rebuild(clock)
    for page in (site / "public").rglob("*.html"):
        found = Acting(page.read_text())
        assert found.scripts <= {"application/ld+json"}, page
        assert not found.events, page
        assert not [
            link for link in found.links if not link.startswith(("/", "http", "mailto:", "#", "data:image/svg"))
        ]
    assert text in html.unescape((site / "public/stories" / f"{odd.story_id}.html").read_text())


class Acting(HTMLParser):
    """What of a page could act: scripts by type, event handlers, addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: set[str] = set()
        self.events: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script":
            self.scripts.add(named.get("type") or "")
        if tag in ("img", "iframe", "object", "embed"):
            self.events.append(tag)
        self.events += [name for name in named if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def test_feeds_are_read_whole_by_a_feed_parser_and_keep_their_ids(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    number = filing.story_id
    for name in ("atom.xml", "rss.xml"):
        parsed = feedparser.parse((tree / "topics/floods" / name).read_bytes())
        assert not parsed.bozo, name
        entry = parsed.entries[0]
        assert entry.id == f"tag:127.0.0.1,2026:stories/{number}"
        assert (entry.title, entry.author) == ("Harbour wall to rise", "Harbour Post")
        assert entry.link.startswith("https://harbour-post.example/")
    document = json.loads((tree / "topics/floods/feed.json").read_text())
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["items"][0]["id"] == f"tag:127.0.0.1,2026:stories/{number}"


def test_a_topic_page_of_thirty_stories_weighs_at_most_ten_kilobytes(site: Path) -> None:
    rng = random.Random(5)
    letters = "etaoinshrdlucmfwyp"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(1500)]

    def prose(words: int) -> str:
        return " ".join(rng.choice(vocabulary) for _ in range(words)).capitalize() + "."

    floods, who = world.topic("Floods"), world.outlet()
    for n in range(40):
        at = NOW - timedelta(minutes=30 * n)
        text = f"{prose(25)} {prose(20)} {prose(30)}"
        world.filed(world.story(world.article(who, prose(9), excerpt=text, published_at=at, seen_at=at)), floods)
    publish.rebuild(clock)
    page = site / "public/topics/floods/index.html"
    assert page.read_text().count("<article") == 30
    assert Path(f"{page}.br").stat().st_size <= 10_240


def test_a_filing_that_is_no_more_leaves_its_topic_and_its_day(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    ports = filing.story.filings.create(
        topic_id=Filing.objects.exclude(topic=filing.topic).get().topic_id, told_at=filing.told_at, at=NOW
    )
    Dirty.mark("story", [filing.story_id], "filed", NOW)
    drain()
    day = tree / "topics/floods/2026/11/22/index.html"
    assert day.exists()
    Dirty.mark("story", [filing.story_id], "filed", NOW)
    Dirty.mark("topic", [filing.topic_id, ports.topic_id], "filed", NOW)
    filing.delete()
    drain()
    assert not day.exists()
    assert b"Harbour wall" not in (tree / "topics/floods/index.html").read_bytes()
    assert b"Harbour wall" in (tree / "topics/ports/2026/11/22/index.html").read_bytes()


def test_a_renamed_outlet_is_renamed_on_every_page(stood: tuple[Filing, Path]) -> None:
    filing, tree = stood
    lead = filing.story.lead
    assert lead is not None
    lead.outlet.name = "Quay Courier"
    lead.outlet.save()
    Dirty.mark("outlet", [lead.outlet_id], "renamed", NOW)
    drain()
    assert not [name for name, text in texts(tree).items() if b"Harbour Post" in text]
    assert b"Quay Courier" in (tree / f"stories/{filing.story_id}.html").read_bytes()


def test_an_outlet_marked_for_its_news_costs_its_own_page_only(stood: tuple[Filing, Path]) -> None:
    filing, _tree = stood
    lead = filing.story.lead
    assert lead is not None
    Dirty.mark("outlet", [lead.outlet_id], "filed", NOW)
    publish.work(publish.due(NOW, 10), clock)
    assert not Dirty.objects.exists()
