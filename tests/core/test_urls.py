"""Addresses made clean and comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.urls import clean, key


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("HTTP://User:pw@News.Example:80/a", "http://news.example/a"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/a b/ü", "https://news.example/a%20b/%C3%BC"),
        ("https://news.example/a%20b", "https://news.example/a%20b"),
        ("https://news.example/a?utm_source=x&id=3&fbclid=y#top", "https://news.example/a?id=3"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://news.example/\u202egnp.exe", "https://news.example/gnp.exe"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.example", ""),
        ("file:///etc/passwd", ""),
        ("http://", ""),
        ("http://a.example:99999/", ""),
        ("http://a b.example/", ""),
        ("", ""),
        ("relative/path", ""),
    ],
)
def test_an_address_is_made_clean(given_: str, expected: str) -> None:
    assert clean(given_) == expected


def test_a_relative_address_is_joined_to_its_base_and_nothing_is_not_the_base() -> None:
    assert clean("../b?x=1", "https://news.example/a/feed.xml") == "https://news.example/b?x=1"
    assert clean("//cdn.example/i.png", "https://news.example/") == "https://cdn.example/i.png"
    assert clean("", "https://news.example/") == ""


@given(st.text())
def test_cleaning_never_fails_and_cleans_once_and_for_all(text: str) -> None:
    for address in (text, "https://news.example/" + text):
        once = clean(address)
        assert once == "" or once.startswith(("http://", "https://"))
        assert clean(once) == once


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/2026/wall",
        "https://www.news.example/2026/wall",
        "https://news.example/2026/wall/",
        "https://news.example/2026/wall/index.html",
        "https://m.news.example/2026/wall?utm_campaign=x",
        "https://news.example/2026/wall#comments",
        "https://NEWS.example/2026/w%61ll",
    ],
)
def test_addresses_of_one_piece_have_one_key(other: str) -> None:
    assert key(other) == key("https://news.example/2026/wall")


@pytest.mark.parametrize(
    "other",
    ["https://news.example/2026/Wall", "https://news.example/2026/wall?id=2", "https://a.news.example/2026/wall"],
)
def test_addresses_of_different_pieces_have_different_keys(other: str) -> None:
    assert key(other) != key("https://news.example/2026/wall")
