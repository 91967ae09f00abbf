"""Pages and lists made to break their reader, or to put words into somebody's mouth that no reader of theirs sees."""

from __future__ import annotations

from datetime import datetime

import pytest

from corante import gather
from corante.models import Outlet
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

TEXT = "".join(
    f"<p>The harbour council voted on Tuesday to raise the old sea wall by half a metre, its report says on page {n}.</p>"
    for n in range(12)
)
UNSEEN = "Buy cheap pills at once from the shop behind the harbour, says nobody at all in this town today."


def told(head: str = "", more: str = "") -> str:
    """All that is read from a page of these parts."""
    start = f"<html lang=en><head><title>Council votes to raise the wall</title>{head}</head>"
    body = f"<body><article><h1>Council votes to raise the wall</h1>{TEXT}{more}</article></body></html>"
    return repr(doors.page((start + body).encode(), "http://h.example/wall", "text/html"))


HIDING = (
    "opacity:.01", "opacity: 0.05;", "opacity:1%", "color:#fff;background:#FFF", "background-color:white; color:white",
    "color:transparent", "color:rgba(0,0,0,0)", "color: rgb(0 0 0 / 0%)", "font-size:1px", "font-size:0.01em",
    "transform:scale(0)", "display:/**/none",
)  # fmt: skip
SHOWING = (
    "opacity:.5", "opacity:0.87", "opacity:1", "opacity:80%", "color:#fff;background:#000", "color:rgba(0,0,0,.8)",
    "font-size:0.9em", "font-size:12px", "font-size:100%", "font-size:1rem", "transform:scale(0.9)", "font-size:.75rem",
    "border-color:#fff;background:#fff;color:#000", "color:inherit;background:none",
)  # fmt: skip


@pytest.mark.parametrize("style", HIDING)
def test_nobody_is_quoted_with_words_written_to_be_overlooked(style: str) -> None:
    assert "cheap pills" not in told(more=f'<p style="{style}">{UNSEEN}</p>')


@pytest.mark.parametrize("style", SHOWING)
def test_words_that_are_small_or_pale_but_shown_stay(style: str) -> None:
    assert "cheap pills" in told(more=f'<p style="{style}">{UNSEEN}</p>')


@pytest.mark.parametrize(
    "said",
    [
        '{"@type":"NewsArticle","@id":' + "[" * 900 + "]" * 900 + "}",
        '{"@type":' + "[" * 900 + '"NewsArticle"' + "]" * 900 + "}",
        "[" * 100_000,
        '{"@type":"NewsArticle","hasPart":{"isAccessibleForFree":false,"cssSelector":"svg|a"}}',
        '{"@type":"NewsArticle","hasPart":{"isAccessibleForFree":false,"cssSelector":".a\\u0001"}}',
        '{"@type":"NewsArticle","wordCount":' + "9" * 5_000 + "}",
    ],
)
def test_facts_made_to_break_their_reader_leave_the_text_readable(said: str) -> None:
    assert "raise the old sea wall" in told(head=f'<script type="application/ld+json">{said}</script>')


def test_a_style_of_a_hundred_thousand_noughts_costs_nothing() -> None:
    assert "raise the old sea wall" in told(more=f'<p style="opacity:{"0" * 200_000}x">a</p>')


@pytest.mark.parametrize("selector", ["svg|a", "\x01", "(", "::text", ":nth-last-child(n)*" * 12])
def test_what_is_no_selector_is_said_to_be_none(selector: str) -> None:
    with pytest.raises(Poisoned, match="is no CSS selector"):
        doors.listing(b"<html><body><a href=/x>word</a></body></html>", "text/html", "http://h.example/", selector)


@pytest.mark.django_db
def test_a_list_of_outlets_all_named_alike_is_taken_in_with_an_address_for_each(now: datetime) -> None:
    lines = (
        f'<outline type="rss" text="&#x202e;Post" xmlUrl="http://a{n}.example/f" htmlUrl="http://a{n}.example/"/>'
        for n in range(70)
    )
    came = gather.import_opml(f'<opml version="2.0"><body>{"".join(lines)}</body></opml>'.encode(), now)
    assert came.added == 70
    assert set(Outlet.objects.values_list("name", flat=True)) == {"Post"}
    assert set(Outlet.objects.values_list("slug", flat=True)) == {"post", *(f"post-{n}" for n in range(2, 71))}
