"""A page's bytes to its text, its excerpt and its people: what nobody sees is quoted by nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from corante.core.excerpts import Limits
from corante.core.readings import Reading, Told, compose
from corante.sandbox.pages import read, read_fragment

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://harbour-post.example/2026/wall"
TITLE = "Council votes to raise the sea wall"
LINES = (
    "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its whole length.",
    "Work is to start in spring, before a permit for the northern section has been granted by the regional office.",
    "The decision ends two years of argument between the fishing cooperative and the hotels along the promenade.",
    "Engineers had warned in June that the present wall would not hold against another winter like the last one.",
    "A first section, near the ferry terminal, is to be finished before the storms of next November are expected.",
    "The fishing cooperative said it would ask a court to look at the way the vote had been announced in advance.",
    "Hotels along the promenade lose part of their view and have been promised glass where the wall is highest.",
    "Forty million will be spent in all, of which the region pays a third and the port the greater part of the rest.",
    "The council meets again on the first of December to decide who will build it and in which order of sections.",
)
SECRET = "Subscribe to the hidden offer of the century, which no reader of this page has ever seen on a screen."


def page(*inside: str, head: str = "", lines: tuple[str, ...] = LINES) -> bytes:
    text = "".join(f"<p>{line}</p>" for line in lines)
    start, end = inside if len(inside) == 2 else ("".join(inside), "")
    return (
        f"<html lang=en><head><title>{TITLE} | Harbour Post</title>{head}</head><body><nav><a href=/>Home</a></nav>"
        f"<main><article><h1>{TITLE}</h1>{start}{text}{end}</article></main></body></html>"
    ).encode()


def reading(body: bytes, told: Told | None = None) -> Reading:
    return compose(told or Told(TITLE), read(body, URL), None, Limits(), NOW)


@pytest.mark.parametrize(
    "hiding",
    ["hidden", "aria-hidden=true", "style='display: none'", "style='visibility:hidden'", "style='font-size:0'", "style='opacity:0;'",
     "style='position:absolute;left:-9999px'", "style='text-indent:-999px'", "data-nosnippet"],
)  # fmt: skip
def test_text_that_no_reader_sees_reaches_neither_text_nor_excerpt(hiding: str) -> None:
    for body in (
        page(f"<p {hiding}>{SECRET}</p>"),
        page(f"<div {hiding}><p>{SECRET}</p></div>"),
        page(f"<template><p>{SECRET}</p></template>"),
    ):
        made = reading(body)
        assert SECRET not in made.text
        assert made.excerpt.text.startswith(LINES[0])


def test_hidden_text_of_a_feeds_content_is_not_quoted_either() -> None:
    markup = f"<p style='display:none'>{SECRET}</p>" + "".join(f"<p>{line}</p>" for line in LINES)
    made = compose(Told(TITLE), None, read_fragment(markup, URL), Limits(), NOW)
    assert (made.source, SECRET in made.text) == ("feed", False) or made.source == "none"
    assert not made.excerpt.text or made.excerpt.text.startswith(LINES[0])


def test_a_page_that_hides_all_of_itself_until_its_scripts_run_is_read_as_it_will_be_shown() -> None:
    body = page("<div style='display:none'>", "</div>")
    assert reading(body).text.startswith(LINES[0])
    dialogue = page("<div aria-hidden=true>", "</div>")
    assert reading(dialogue).text.startswith(LINES[0])


def test_an_excerpt_comes_from_the_free_part_only() -> None:
    said = {"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": "False",
            "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".for-subscribers"}}  # fmt: skip
    head = f"<script type=application/ld+json>{json.dumps(said)}</script>"
    free, paid = LINES[:1], LINES[1:]
    inside = "".join(f"<p>{line}</p>" for line in paid)
    made = reading(page("", f"<div class=for-subscribers>{inside}</div>", head=head, lines=free))
    assert made.excerpt.text == LINES[0]
    assert made.signals == {"subscription": True}
    assert paid[0] in made.text


def test_where_all_is_for_subscribers_the_publishers_own_summary_stands_and_is_called_so() -> None:
    said = {"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": False, "description": "The wall will rise. It was late.",
            "hasPart": [{"isAccessibleForFree": "False", "cssSelector": "article"}]}  # fmt: skip
    made = reading(page(head=f"<script type=application/ld+json>{json.dumps(said)}</script>"))
    assert (made.excerpt.text, made.source) == ("The wall will rise. It was late.", "summary")


def test_what_stands_before_the_headline_is_another_piece() -> None:
    before = "<p>Night mode is an automatic setting that takes advantage of the new camera in the telephone.</p>"
    body = page().replace(b"<h1>", before.encode() + b"<h1>")
    assert reading(body).excerpt.text.startswith(LINES[0])


def test_captions_teasers_and_requests_between_the_lines_are_not_the_text() -> None:
    figure = (
        "<figure><img src=a.jpg><figcaption>The sea wall on Friday, seen from the ferry terminal</figcaption></figure>"
    )
    teaser = (
        "<div class=related-teaser><a href=/x>Read more: How the wall of 1954 was built in a single winter</a></div>"
    )
    ask = "<div class=newsletter-signup><p>Sign up for our newsletter</p></div>"
    body = page().replace(LINES[4].encode(), LINES[4].encode() + f"</p>{figure}{teaser}{ask}<p>".encode())
    text = reading(body).text
    assert "seen from the ferry" not in text
    assert "1954" not in text
    assert "newsletter" not in text
    assert text.split("\n\n") == list(LINES)


def test_a_text_without_a_single_full_stop_is_still_a_text() -> None:
    poem = " ".join(f"word{n}" for n in range(90))
    assert reading(page(lines=(poem,))).text == poem


@pytest.mark.parametrize(
    "wall",
    ["<p>We value your privacy. We and our partners use cookies. Please give your consent to personal data being used here, "
     "or read our privacy policy to learn more about cookies and consent before you go on.</p>",
     "<noscript>Please enable JavaScript to view this page.</noscript><div id=root></div>", ""],
)  # fmt: skip
def test_a_consent_wall_or_an_empty_shell_leaves_the_outlets_own_summary(wall: str) -> None:
    body = f"<html><head><title>Harbour Post</title></head><body>{wall}</body></html>".encode()
    made = reading(body, Told(TITLE, summary="The wall will rise by one metre."))
    assert (made.text, made.excerpt.text, made.source) == ("", "The wall will rise by one metre.", "summary")
    alone = reading(body)
    assert (alone.title, alone.excerpt.text, alone.source) == (TITLE, "", "none")


@pytest.mark.parametrize(
    ("head", "byline", "author", "by"),
    [
        ("<meta name=author content='By Ada Rahn'>", "", "Ada Rahn", "meta"),
        ("<meta name=author content='Harbour Post'><meta property=og:site_name content='Harbour Post'>",
         "<a rel=author href=/a>Ada Rahn</a>", "Ada Rahn", "html"),
        ("", "<div class=byline>By Ada Rahn and Jonas Weidt, Harbour correspondents</div>", "Ada Rahn, Jonas Weidt", "html"),
        ("<meta name=author content='Harbour Post'><meta property=og:site_name content='Harbour Post'>", "", "Harbour Post", "outlet"),
        ("", f"<div class=byline>By Ada Rahn<style>{'.name{color:red}' * 20}</style></div>", "Ada Rahn", "html"),
        ("", "<footer><span class=author-name>Ada Rahn</span></footer>", "Ada Rahn", "library"),
        ("<meta name=author content='desk@harbour-post.example'>", "", "", None),
    ],
)  # fmt: skip
def test_authors_are_people_where_anybody_names_them(head: str, byline: str, author: str, by: str | None) -> None:
    made = reading(page(byline, head=head))
    assert (made.author, made.provenance.get("author")) == (author, by)


def test_a_feed_that_gives_the_outlet_as_author_is_asked_no_further_than_the_page() -> None:
    head = "<meta property=og:site_name content='Harbour Post'><meta name=author content='Ada Rahn'>"
    assert reading(page(head=head), Told(TITLE, author="Harbour Post")).author == "Ada Rahn"
    assert reading(page(head=head), Told(TITLE, author="Jonas Weidt")).author == "Jonas Weidt"
