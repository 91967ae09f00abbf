"""The extract room, against a real HTTP server on loopback and the real parsing pool."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from corante import extract
from corante.models import Article, Body, Change, Dirty, Memory, Quarantine, Sighting, Story
from corante.net.client import client_for
from tests.fakes import world
from tests.fakes.articles import Pages, pages, story_page

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "Council votes to raise the sea wall by one metre"
TEXT = [
    "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its whole length.",
    "Work is to start in spring, before a permit for the northern section has been granted, the mayor said.",
    "The decision ends two years of argument between the fishing cooperative and the hotels along the promenade.",
    "Engineers had warned in June that the present wall, built in 1954, would not hold against another winter like the last.",
    "The cost is put at forty million, of which the region pays half; the rest is to come from a levy on moorings.",
    "Opponents said the levy would drive small boats to the neighbouring port, and announced an appeal to the court.",
    "The council meets again on the first of December to decide who will build it, and in which order.",
    "Until then the northern promenade stays closed at high tide, as it has been since the storm in October.",
]


@pytest.fixture
def served(settings: Any) -> Iterator[Pages]:
    """A page server whose address may be fetched from."""
    with pages() as server:
        port = server.root.rsplit(":", 1)[1]
        settings.CORANTE = replace(settings.CORANTE, allow_network=(f"127.0.0.0/8:{port}",))
        yield server
        client_for(settings.CORANTE).close()


def new(url: str, now: datetime, **changes: Any) -> Article:
    """An article as gathering leaves it: not read yet, due now."""
    values: dict[str, Any] = {
        "url": url,
        "reading": "pending",
        "read_at": None,
        "next_read_at": now,
        "excerpt": "",
        "excerpt_source": "",
        "seen_at": now,
        "language": "",
        "summary": "Councillors want a higher wall.",
    }
    made = world.article(
        changes.pop("outlet", None) or world.outlet(), changes.pop("title", TITLE), **(values | changes)
    )
    Body.objects.filter(article=made).update(text="")
    return made


def read(now: datetime, *articles: Article) -> None:
    """One round of the room for whatever is due."""
    ids = extract.due(now, 50)
    if articles:
        assert set(ids) == {one.pk for one in articles}
    extract.work(ids, lambda: now)
    for one in articles:
        one.refresh_from_db()


def test_a_page_becomes_text_excerpt_and_facts_with_where_each_came_from(served: Pages, now: datetime) -> None:
    ld = {
        "@type": "NewsArticle",
        "headline": TITLE,
        "author": [{"@type": "Person", "name": "Ada Rahn"}],
        "articleSection": "Local",
        "datePublished": "2026-11-22T06:30:00+01:00",
        "image": {"url": "/wall.jpg"},
    }
    head = f'<script type="application/ld+json">{json.dumps(ld)}</script>'
    url = served.put("/wall-2026", story_page(TITLE, TEXT, head, front="<p>By Ada Rahn, 22 November 2026</p>"))
    one = new(url, now, published_asserted=False)

    read(now, one)

    assert one.reading == "read"
    assert one.excerpt.startswith("The harbour council voted nine to four")
    assert one.excerpt.endswith(".")
    assert one.excerpt_source == "body"
    assert one.author == "Ada Rahn"
    assert one.section == "Local"
    assert one.language == "en"
    assert one.image_url == served.root + "/wall.jpg"
    assert one.published_at.isoformat() == "2026-11-22T05:30:00+00:00"
    assert one.provenance["author"] == "jsonld"
    assert one.provenance["title"] == "feed"
    assert one.body.text.split("\n\n") == TEXT
    assert one.text_hash
    assert one.next_read_at == now + timedelta(hours=1)


def test_the_feeds_headline_stands_unless_it_was_cut_off(served: Pages, now: datetime) -> None:
    url = served.put("/a", story_page(TITLE, TEXT))
    whole = new(url, now, title="Sea wall: the vote")
    cut = new(
        served.put("/b", story_page(TITLE, TEXT[::-1])), now, title="Council votes to raise the…", outlet=whole.outlet
    )

    read(now, whole, cut)

    assert whole.title == "Sea wall: the vote"
    assert cut.title == TITLE


def test_a_missing_page_leaves_the_feeds_summary_at_once_and_is_not_asked_again(served: Pages, now: datetime) -> None:
    one = new(served.root + "/nowhere", now)

    read(now, one)

    assert (one.reading, one.excerpt_source, one.excerpt) == ("unread", "summary", "Councillors want a higher wall.")
    assert one.next_read_at is None


def test_a_failing_page_lets_the_story_go_on_and_is_tried_three_times(served: Pages, now: datetime) -> None:
    one = new(served.put("/ill", "ill", status=503), now)

    read(now, one)
    assert (one.reading, one.next_read_at) == ("unread", now + timedelta(minutes=5))
    read(now + timedelta(minutes=5), one)
    assert one.next_read_at == now + timedelta(minutes=65)
    read(now + timedelta(minutes=65), one)

    assert (one.reading, one.next_read_at, one.reading_tries) == ("unread", None, 3)


def test_a_page_that_recovers_is_read_after_all_and_its_story_is_shown_anew(served: Pages, now: datetime) -> None:
    one = new(served.put("/ill", "ill", status=503), now)
    read(now, one)
    told = world.story(one)
    served.put("/ill", story_page(TITLE, TEXT))

    read(now + timedelta(minutes=5), one)

    assert (one.reading, one.excerpt_source) == ("read", "body")
    assert Story.objects.get(pk=told.pk).unfiled
    assert Dirty.objects.filter(kind="story", ref=told.pk).exists()


def test_full_content_in_the_feed_is_used_where_the_page_has_no_more(served: Pages, now: datetime) -> None:
    one = new(served.put("/shell", "<html><body><div id=app></div><script>start()</script></body></html>"), now)
    Body.objects.filter(article=one).update(feed_html="".join(f"<p>{p}</p>" for p in TEXT))

    read(now, one)

    assert one.excerpt_source == "feed"
    assert one.excerpt.startswith(TEXT[0])


def test_a_consent_wall_is_never_shown_as_the_article(served: Pages, now: datetime) -> None:
    wall = [
        "We and our partners use cookies and process personal data to show you advertising that fits you.",
        "By choosing agree you give your consent; read our privacy policy to learn what happens to your data then.",
        "You may change your choice at any time in the settings of this page or of your own browser.",
    ]
    one = new(
        served.put("/wall", story_page("Before you continue", wall)), now, title="Minister resigns over ferry contract"
    )

    read(now, one)

    assert (one.excerpt_source, one.excerpt) == ("summary", "Councillors want a higher wall.")


@pytest.mark.parametrize(
    ("head", "headers", "source"),
    [
        ('<meta name="robots" content="nosnippet">', {}, "none"),
        ('<meta name="robots" content="max-snippet:0">', {}, "none"),
        ('<meta name="robots" content="max-snippet:20">', {}, "none"),
        ('<meta name="corante" content="nosnippet">', {}, "none"),
        ('<meta name="otherbot" content="nosnippet">', {}, "body"),
        ("", {"X_Robots_Tag": "nosnippet"}, "none"),
        ('<meta name="robots" content="noindex">', {}, "summary"),
        ('<meta name="tdm-reservation" content="1">', {}, "summary"),
        ("", {"TDM_Reservation": "1"}, "summary"),
    ],
)
def test_an_outlets_wishes_are_obeyed(served: Pages, now: datetime, head: str, headers: Any, source: str) -> None:
    one = new(served.put("/w", story_page(TITLE, TEXT, head), **headers), now)

    read(now, one)

    assert one.excerpt_source == source
    assert one.reading == "read"


def test_no_archive_keeps_no_text(served: Pages, now: datetime) -> None:
    one = new(served.put("/w", story_page(TITLE, TEXT, '<meta name="robots" content="noarchive">')), now)

    read(now, one)

    assert one.excerpt_source == "body"
    assert Body.objects.get(article=one).text == ""


def test_what_an_outlet_does_not_want_quoted_is_not_quoted(served: Pages, now: datetime) -> None:
    paragraphs = ["<span data-nosnippet>Only subscribers may quote this first sentence of ours.</span>", *TEXT]
    one = new(served.put("/w", story_page(TITLE, paragraphs)), now)

    read(now, one)

    assert "subscribers" not in one.excerpt + one.body.text


def test_an_outlets_own_limit_and_headline_only_are_kept_to(served: Pages, now: datetime) -> None:
    short = new(served.put("/s", story_page(TITLE, TEXT)), now, outlet=world.outlet("Short", excerpt_words=30))
    none = new(served.put("/n", story_page(TITLE, TEXT)), now, outlet=world.outlet("None", excerpt_words=0))

    read(now, short, none)

    assert short.excerpt == TEXT[0]
    assert (none.excerpt, none.excerpt_source) == ("", "none")


def test_poison_ends_in_quarantine_after_three_tries_while_good_pages_go_on(served: Pages, now: datetime) -> None:
    deep = "<html><body>" + "<div>" * 5000 + "text"
    poison, good = (
        new(served.put("/p", deep), now),
        new(served.put("/g", story_page(TITLE, TEXT)), now, title="Good", outlet=world.outlet("B")),
    )

    read(now, poison, good)
    assert (good.reading, poison.reading) == ("read", "unread")
    for at in (now + timedelta(minutes=5), now + timedelta(minutes=65)):
        read(at)

    poison.refresh_from_db()
    kept = Quarantine.objects.get()
    assert (poison.reading, kept.url, kept.kind) == ("quarantined", poison.url, "page")
    assert "deep" in kept.reason


def test_a_page_let_out_of_quarantine_is_asked_for_at_once_and_read_when_it_was_mended(
    served: Pages, now: datetime
) -> None:
    one = new(served.put("/p", "<html><body>" + "<div>" * 5000 + "text"), now)
    for at in (now, now + timedelta(minutes=5), now + timedelta(minutes=65)):
        read(at, one)
    told = world.story(one)
    served.put("/p", story_page(TITLE, TEXT))

    later = now + timedelta(hours=2)
    extract.release(Quarantine.objects.get(), later)
    read(later, one)

    assert (one.reading, one.excerpt_source) == ("read", "body")
    assert Quarantine.objects.get().released_at == later
    assert Dirty.objects.filter(kind="story", ref=told.pk).exists()


def test_what_the_site_says_on_every_page_is_learnt_from_three_articles(served: Pages, now: datetime) -> None:
    plug = "<p>Our reporters walk the harbour every morning so that you need not, rain or shine.</p>"
    outlet = world.outlet()
    for n in range(4):
        parts = [f"{p[:-1]}, on pier {n} of the old harbour, as seen by witness {n}." for p in TEXT]
        one = new(
            served.put(f"/{n}", story_page(f"{TITLE} {n}", parts, back=plug)), now, outlet=outlet, title=f"Wall {n}"
        )
        read(now + timedelta(minutes=n), one)
        assert ("Our reporters" in one.body.text) is (n < 3)
    assert Memory.objects.get().lines


def test_a_changed_headline_text_and_correction_are_kept_when_looked_at_again(served: Pages, now: datetime) -> None:
    one = new(served.put("/c", story_page(TITLE, TEXT)), now)
    read(now, one)
    told = world.story(one)
    parts = [
        *TEXT[:4],
        "The cost is now put at fifty-five million, of which the region pays a third and no more.",
        *TEXT[5:],
    ]
    parts.append("Correction: an earlier version of this article gave the wrong cost of the wall.")
    served.put("/c", story_page("Council votes to raise the sea wall by two metres", parts))

    read(now + timedelta(hours=1), one)

    kinds = set(Change.objects.values_list("kind", flat=True))
    assert kinds == {"headline", "text", "corrected"}
    assert one.title == "Council votes to raise the sea wall by two metres"
    assert TEXT[4] in Change.objects.get(kind="text").before
    assert Dirty.objects.filter(kind="story", ref=told.pk).exists()
    assert one.next_read_at == now + timedelta(hours=6)


def test_a_piece_its_feed_gave_another_headline_tells_its_correction_too(served: Pages, now: datetime) -> None:
    one = new(served.put("/r", story_page(TITLE, TEXT)), now)
    read(now, one)
    later = now + timedelta(minutes=4)
    one.title = "Council votes to raise the sea wall by two metres"  # as gathering does with a new headline
    one.reread(later)
    one.save()
    served.put("/r", story_page(one.title, [*TEXT, "Correction: an earlier version gave the height as one metre."]))

    read(later, one)

    change = Change.objects.get(kind="corrected")
    assert change.after == "Correction: an earlier version gave the height as one metre."
    assert not Change.objects.filter(kind="headline").exists()  # the feed's, kept when it came
    assert one.title == "Council votes to raise the sea wall by two metres"
    assert one.reading == "read"


def test_a_correction_alone_is_reason_enough_to_print_the_story_anew(served: Pages, now: datetime) -> None:
    one = new(served.put("/c", story_page(TITLE, TEXT)), now)
    read(now, one)
    told = world.story(one)
    Dirty.objects.all().delete()
    served.put("/c", story_page(TITLE, [*TEXT, "Correction: an earlier version gave the height as two metres."]))

    read(now + timedelta(hours=1), one)

    assert [change.kind for change in Change.objects.all()] == ["text", "corrected"]
    assert Dirty.objects.filter(kind="story", ref=told.pk).exists()


def test_an_unchanged_page_is_asked_for_conditionally_and_leaves_no_change(served: Pages, now: datetime) -> None:
    one = new(served.put("/u", story_page(TITLE, TEXT), ETag='"v1"'), now)
    read(now, one)

    read(now + timedelta(hours=1), one)

    assert served.asked[-1] == ("/u", '"v1"')
    assert one.reading == "read"
    assert not Change.objects.exists()


def test_a_piece_gone_twice_is_withdrawn(served: Pages, now: datetime) -> None:
    one = new(served.put("/t", story_page(TITLE, TEXT)), now)
    read(now, one)
    told = world.story(one)
    served.put("/t", "gone", status=410)

    read(now + timedelta(hours=1), one)
    assert one.withdrawn_at is None
    read(now + timedelta(hours=2), one)

    assert one.withdrawn_at == now + timedelta(hours=2)
    assert Change.objects.get().kind == "withdrawn"
    assert Story.objects.get(pk=told.pk).unfiled
    assert one.next_read_at is None


def test_one_piece_at_two_addresses_is_one_article(served: Pages, now: datetime) -> None:
    outlet = world.outlet()
    head = f'<link rel="canonical" href="{served.root}/wall-2026-11-22">'
    first = new(served.put("/wall-2026-11-22", story_page(TITLE, TEXT, head)), now, outlet=outlet)
    second = new(served.put("/amp/wall?x=1", story_page(TITLE, TEXT, head)), now + timedelta(minutes=1), outlet=outlet)
    Sighting.objects.create(outlet=outlet, key="second", article=second, at=now)

    read(now)
    read(now + timedelta(minutes=1))

    assert list(Article.objects.all()) == [first]
    assert Sighting.objects.get().article == first


def test_work_done_twice_does_nothing_twice(served: Pages, now: datetime) -> None:
    one = new(served.put("/i", story_page(TITLE, TEXT)), now)
    read(now, one)
    asked = len(served.asked)

    extract.work([one.pk], lambda: now)

    assert len(served.asked) == asked
