"""Feeds at the desk: found with samples, read off a page with suggestions, joined, asked now; and who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from corante.core.feeds import WORDS, Outcome
from corante.desk.feeds import LOOKS
from corante.models import Act, Feed, Fetch, HostGate, Wire
from tests.fakes import world
from tests.fakes.gathering import loopback, outlets
from tests.fakes.outlets import Outlets, item, rss

__all__ = ["loopback", "outlets"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]
PAGE = b"<title>Council</title>" + b"".join(
    f"<article><h2><a href='/{n}'>The council votes on part {n}</a></h2></article>".encode() for n in range(15)
)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(world.account("ada", "admin"))
    return client


def test_each_feed_found_is_shown_with_its_kind_a_sample_and_whether_it_is_there(
    admin: Client, outlets: Outlets
) -> None:
    outlets["/"] = (
        b"<link rel=alternate type=application/rss+xml href=/a.xml>"
        b"<link rel=alternate type=application/rss+xml href=/b.xml>"
    )
    outlets["/a.xml"] = rss(item("The sea wall", "https://h.example/1", "1"))
    outlets["/b.xml"] = rss(item("A draw at home", "https://h.example/2", "2"), title="Harbour Sport")
    shown = admin.post(reverse("desk:outlet_add"), {"address": outlets.url()}).content.decode()
    assert all(words in shown for words in ("The sea wall", "A draw at home", "RSS · 1 entry"))
    answer = admin.post(reverse("desk:outlet_add"), {"feed": outlets.url("/b.xml")}, follow=True)
    assert "Harbour Sport is added" in answer.content.decode()
    again = admin.post(reverse("desk:outlet_add"), {"address": outlets.url()}).content.decode()
    assert again.count("There already") == 1


def test_slow_outlets_keep_two_threads_of_the_site_and_a_third_look_is_told_to_wait(
    admin: Client, outlets: Outlets
) -> None:
    outlets["/council"] = PAGE
    asked = {"address": outlets.url("/council"), "selector": "h2 a"}
    with LOOKS, LOOKS:
        for name in ("outlet_add", "outlet_page"):
            answer = admin.post(reverse(f"desk:{name}"), asked)
            assert (answer.status_code, "Try again in a moment" in answer.content.decode()) == (400, True)
            assert admin.get(reverse(f"desk:{name}")).status_code == 200
        told = admin.post(reverse("desk:outlet_page_preview"), asked)
        assert "Try again in a moment" in told.content.decode()
    assert outlets.requests == []
    assert "part 3" in admin.post(reverse("desk:outlet_page_preview"), asked).content.decode()


def test_a_site_without_a_feed_leads_to_reading_its_page(admin: Client, outlets: Outlets) -> None:
    outlets["/council"] = PAGE
    answer = admin.post(reverse("desk:outlet_add"), {"address": outlets.url("/council")})
    assert answer.status_code == 400
    assert f"{reverse('desk:outlet_page')}?address=" in answer.content.decode()


def test_a_page_is_read_by_a_suggested_selector_after_a_preview(admin: Client, outlets: Outlets) -> None:
    outlets["/news"] = PAGE
    address = outlets.url("/news")
    form = admin.get(reverse("desk:outlet_page"), {"address": address}).content.decode()
    assert address in form
    assert outlets.requests == []
    looked = admin.post(reverse("desk:outlet_page"), {"address": address, "do": "look"}).content.decode()
    assert "15 headlines" in looked
    assert "The council votes on part 0" in looked
    partial = admin.post(reverse("desk:outlet_page_preview"), {"address": address, "selector": "h2 >> ["})
    assert "is no CSS selector" in partial.content.decode()
    wanted = {"address": address, "selector": "h2 a", "do": "add"}
    assert "Council is added" in admin.post(reverse("desk:outlet_page"), wanted, follow=True).content.decode()
    assert Feed.objects.values_list("kind", "selector").get() == ("page", "h2 a")


def test_doubles_are_joined_with_one_button_and_undone_with_another(admin: Client) -> None:
    sketch = " ".join(f"{n:08x}" for n in range(8))
    one, two = (world.feed(world.outlet(name), sketch=sketch) for name in ("Harbour Post", "Harbour Post Home"))
    assert "both tell the same pieces" in admin.get(reverse("desk:outlets")).content.decode()
    answer = admin.post(reverse("desk:feed_join", args=[two.pk]), {"kept": one.pk}, follow=True)
    assert "is not asked any more" in answer.content.decode()
    assert "both tell the same pieces" not in admin.get(reverse("desk:outlets")).content.decode()
    assert "the same feed as" in admin.get(reverse("desk:outlet", args=[two.outlet_id])).content.decode()
    admin.post(reverse("desk:undo", args=[Act.objects.get(verb="join_feeds").pk]))
    two.refresh_from_db()
    assert (two.state, two.same_as_id) == ("active", None)


def test_the_outlet_s_page_tells_how_looks_ended_in_words_and_by_name(admin: Client) -> None:
    feed = world.feed(world.outlet(), gap_s=3 * 3600, outcome="bad_tls", failures=2)
    for outcome in Outcome:
        Fetch.objects.create(feed=feed, at=feed.created_at, outcome=outcome, detail=WORDS[outcome])
    shown = admin.get(reverse("desk:outlet", args=[feed.outlet_id])).content.decode()
    assert "usually every 3 h" in shown
    assert "How the last 8 looks ended" in shown
    assert "2 failures in a row" in shown


def test_a_move_and_a_host_that_was_caught_are_told(admin: Client) -> None:
    now = timezone.now()
    values = {"moved_to": "https://new.example/feed", "moved_since": now, "moved_seen": 3}
    feed = world.feed(world.outlet(), url="https://www.harbour.example/feed", **values)
    HostGate.objects.create(host="harbour.example", not_before=now, caught_at=now)
    shown = admin.get(reverse("desk:outlet", args=[feed.outlet_id])).content.decode()
    assert "https://new.example/feed" in shown
    assert "3 times since" in shown
    assert "asked in full once a week" in shown


def test_every_way_a_look_can_end_has_words() -> None:
    assert set(WORDS) == set(Outcome)
    assert all(words and words[0].islower() for words in WORDS.values())


def test_a_note_and_a_group_are_kept_at_the_desk_and_go_along_in_the_list(admin: Client) -> None:
    outlet = world.outlet()
    world.feed(outlet)
    wanted = {"version": 1, "name": outlet.name, "group": "Dailies", "note": "Ask Ana\r\nbefore noon"}
    admin.post(reverse("desk:outlet_change", args=[outlet.pk]), wanted)
    outlet.refresh_from_db()
    assert (outlet.group, outlet.note) == ("Dailies", "Ask Ana\nbefore noon")
    assert b'description="Ask Ana&#10;before noon"' in admin.get(reverse("desk:opml_export")).content


@pytest.mark.parametrize("name", ["outlet_add", "outlet_page", "outlet_page_preview"])
def test_only_an_admin_makes_this_site_fetch_anything(name: str, outlets: Outlets) -> None:
    editor = Client()
    editor.force_login(world.account("eve", "editor"))
    assert editor.post(reverse(f"desk:{name}"), {"address": outlets.url()}).status_code == 403
    assert outlets.requests == []


WIRES = {
    "relied on": (
        {"state": "live", "pushes": 3, "last_push_at": -1},
        ["Pushed by", "3 pushes", "looked at only once an hour"],
    ),
    "new": ({"state": "live"}, ["Pushed by", "nothing yet"]),
    "missing some": (
        {"state": "live", "pushes": 1, "last_push_at": -1, "misses": 2},
        ["Pushed by", "1 push,", "2 looks found what was not pushed"],
    ),
    "refused": (
        {"state": "denied", "detail": "the hub refused: no"},
        ["Its hub", "does not push: the hub refused: no"],
    ),
    "run out": ({"state": "live", "until": -1, "pushes": 1, "last_push_at": -2}, ["Its hub", "does not push"]),
}


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES.keys())
def test_a_feed_says_whether_its_hub_pushes_and_what_follows(
    admin: Client, wire: tuple[dict[str, Any], list[str]]
) -> None:
    now, (given, shown) = timezone.now(), wire
    values = {"until": 24, **given}
    for name in ("until", "last_push_at"):
        if name in values:
            values[name] = now + timedelta(hours=values[name])
    feed = world.feed(world.outlet())
    Wire.objects.create(feed=feed, hub="https://hub.example/", topic=feed.url, token="t", next_ask_at=now, **values)
    page = admin.get(reverse("desk:outlet", kwargs={"outlet": feed.outlet_id})).content.decode()
    assert all(words in page for words in ["https://hub.example/", *shown]), page


def test_a_feed_without_a_hub_says_nothing_of_one(admin: Client) -> None:
    feed = world.feed(world.outlet())
    page = admin.get(reverse("desk:outlet", kwargs={"outlet": feed.outlet_id})).content.decode()
    assert feed.url in page
    assert "Pushed by" not in page
    assert "Its hub" not in page
