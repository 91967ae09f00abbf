"""An outlet's CSS selector of its text: it rules where it picks something, and a slip of the pen costs no article."""

from __future__ import annotations

import pytest

from corante.sandbox import doors

PAGE = (
    b"<html><body><div class='story'><p>The council voted for the wall on Monday after six hours of debate.</p></div>"
    b"<article><h1>Wall</h1><p>Read our other pieces on harbours, walls, ferries and the price of herring today.</p>"
    b"</article></body></html>"
)


def read(selector: str) -> str:
    page = doors.page(PAGE, "https://paper.example/wall", "text/html", (), selector)
    return " ".join(block.text for block in page.blocks)


def test_the_text_is_read_where_the_selector_says() -> None:
    assert read("div.story") == "The council voted for the wall on Monday after six hours of debate."


@pytest.mark.parametrize("selector", ["div..story", "[", "div.nowhere"])
def test_a_selector_that_picks_nothing_or_is_none_leaves_the_text_to_be_found(selector: str) -> None:
    assert read(selector) == read("")
