"""The demo's small world: it holds what a stranger should see Corante deal with, and behaves like real outlets."""

from __future__ import annotations

import http.client
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from corante.core.config import read_config
from corante.core.rules import parse
from corante.demo import server, setup
from corante.demo.feeds import render_feed
from corante.demo.server import World
from corante.demo.world import PretendOutlet, read_world
from corante.sandbox import feeds

BEGAN = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # a Sunday, as the files are written
LATER = BEGAN + timedelta(minutes=30)
OUTLETS = {outlet.slug: outlet for outlet in read_world(BEGAN)}


@pytest.fixture
def running() -> Iterator[World]:
    """The world at its beginning."""
    world = server.start(began=BEGAN, clock=lambda: BEGAN)
    yield world
    world.stop()


def get(url: str, **headers: str) -> tuple[int, str]:
    """Status and body."""
    try:
        with urlopen(Request(url, headers=headers), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_it_has_outlets_articles_formats_and_languages_enough() -> None:
    living = list(OUTLETS.values())
    assert len(living) >= 12
    assert sum(len(outlet.pieces) for outlet in living) >= 90
    assert {outlet.feed for outlet in living} == {"rss2", "atom", "rss1", "json"}
    assert {outlet.language for outlet in living} == {"en", "uk", "ar", "es"}
    assert {outlet.manner for outlet in living} >= {"dead", "slow", "headlines", "broken", "paywall", "full"}


@pytest.mark.parametrize("outlet", OUTLETS.values(), ids=OUTLETS.keys())
def test_every_feed_says_all_that_has_appeared(outlet: PretendOutlet) -> None:
    home = f"http://127.0.0.1:1/{outlet.slug}/"
    parsed = feeds.read(render_feed(outlet, home, LATER).encode(), server.TYPES[outlet.feed], home + outlet.feed_name)
    assert [entry.url.partition("?")[0] for entry in parsed.entries] == [home + p.slug for p in outlet.out(LATER)]
    if outlet.manner != "broken":  # there, a reader that recovers may lose an ampersand
        assert [entry.title for entry in parsed.entries] == [piece.title for piece in outlet.out(LATER)]


def test_one_feed_is_broken_xml() -> None:
    text = render_feed(OUTLETS["upriver-courier"], "http://127.0.0.1:1/upriver-courier/", BEGAN)
    with pytest.raises(ET.ParseError):
        ET.fromstring(text)


def test_a_copy_is_word_for_word_and_may_be_shortened_or_carry_another_headline() -> None:
    wire = OUTLETS["tidewire"].by_slug["sea-wall-nine-to-four"]
    whole, cut = (
        OUTLETS["ferry-times"].by_slug["nine-to-four-for-a-higher-wall"],
        OUTLETS["upriver-courier"].by_slug["saltmere-to-raise-sea-wall"],
    )
    assert (whole.title, whole.paragraphs) == (wire.title, wire.paragraphs)
    assert cut.title != wire.title
    assert cut.paragraphs == wire.paragraphs[:4]


def test_a_correction_changes_headline_and_text_when_it_is_due() -> None:
    piece = OUTLETS["ledger-and-tide"].by_slug["council-backs-wall-without-permit"]
    before, after = piece.as_of(BEGAN), piece.as_of(LATER)
    assert "28m" in before.title
    assert "38m" in after.title
    assert not any("28 million" in text for text in after.paragraphs)


def test_the_same_beginning_gives_the_same_world() -> None:
    assert read_world(BEGAN) == read_world(BEGAN)


def test_days_of_the_week_turn_with_the_beginning() -> None:
    title = "Quiet cranes, loud brass band: a {} on the picket at Grand Basin"
    for days, day in ((0, "Saturday"), (1, "Sunday"), (3, "Tuesday")):
        world = {outlet.slug: outlet for outlet in read_world(BEGAN + timedelta(days=days))}
        assert world["harbour-post"].by_slug["quiet-cranes"].title == title.format(day)


def test_some_news_appears_while_one_looks() -> None:
    assert sum(len(o.out(LATER)) - len(o.out(BEGAN)) for o in OUTLETS.values()) >= 8


def test_a_feed_that_is_known_already_is_answered_with_304(running: World) -> None:
    address = running.feed(OUTLETS["tidewire"])
    with urlopen(address) as answer:
        etag, changed = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert get(address, **{"If-None-Match": etag})[0] == 304
    assert get(address, **{"If-Modified-Since": changed})[0] == 304
    assert get(address, **{"If-None-Match": '"other"', "If-Modified-Since": changed})[0] == 200


def test_the_dead_outlet_hangs_up(running: World) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        urlopen(running.feed(OUTLETS["marsh-observer"]))


def test_an_article_says_what_its_outlet_wishes(running: World) -> None:
    wishes = {"open-counter": "max-snippet:180", "bench-and-docket": "nosnippet"}
    for slug, wish in wishes.items():
        outlet = OUTLETS[slug]
        assert f'<meta name="robots" content="{wish}">' in get(running.home(outlet) + outlet.pieces[0].slug)[1]


def test_a_paywalled_page_keeps_its_rest_and_says_so(running: World) -> None:
    outlet = OUTLETS["ledger-and-tide"]
    piece = outlet.pieces[0]
    _, page = get(running.home(outlet) + piece.slug)
    data = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert data["isAccessibleForFree"] is False
    assert piece.paragraphs[-1][:40] not in page


def test_an_article_not_out_yet_is_not_there(running: World) -> None:
    assert get(f"{running.address}/tidewire/dockers-agreement")[0] == 404


def test_a_right_to_left_page_says_its_direction(running: World) -> None:
    assert '<html lang="ar" dir="rtl">' in get(f"{running.address}/sawt-al-mina/")[1]


@pytest.mark.parametrize(("name", "rule"), setup.TOPICS)
def test_every_topic_rule_can_be_understood(name: str, rule: str) -> None:
    assert parse(rule)


def test_the_demo_settings_are_settings_and_open_one_port_only() -> None:
    config = read_config(setup.settings("http://127.0.0.1:8000", 8123))
    assert config.allow_network == ("127.0.0.1/32:8123",)
