"""Titles, people, times and languages: the most trusted witness wins, a guess never does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from corante.core.bylines import people
from corante.core.changes import corrections, text_change, word_diff
from corante.core.excerpts import Limits
from corante.core.languages import choose, tag
from corante.core.pages import Claim, Page, authors, instant, published, title
from corante.core.readings import Told, compose

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def page(*claims: tuple[str, str, str]) -> Page:
    return Page(claims=tuple(Claim(*one) for one in claims))


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([("title", "Wall to rise", "jsonld"), ("title", "Other", "opengraph")], "Wall to rise"),
        (
            [("title", "Wall to rise | Harbour Post", "opengraph"), ("site", "Harbour Post", "opengraph")],
            "Wall to rise",
        ),
        ([("title", "Wall to rise | News | HP", "opengraph"), ("title", "Wall to rise", "html")], "Wall to rise"),
        (
            [("title", "Wall - a history of it", "opengraph"), ("site", "Harbour Post", "opengraph")],
            "Wall - a history of it",
        ),
    ],
)
def test_a_headline_is_without_the_sites_name(claims: list[tuple[str, str, str]], expected: str) -> None:
    found = title(page(*claims))
    assert found
    assert found.value == expected


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ada Rahn and Jonas Weidt", ["Ada Rahn", "Jonas Weidt"]),
        ("Ada Rahn, Jonas Weidt", ["Ada Rahn", "Jonas Weidt"]),
        ("Von Ada Rahn und Jonas Weidt", ["Ada Rahn", "Jonas Weidt"]),
        ("Ада Ран и Йонас Вейдт", ["Ада Ран", "Йонас Вейдт"]),
        ("Ada Rahn | Harbour Post", ["Ada Rahn"]),
        ("https://facebook.com/ada", []),
        ("Andy Olsen", ["Andy Olsen"]),
    ],
)
def test_a_byline_is_people(line: str, names: list[str]) -> None:
    assert people(line) == names


def test_the_sites_own_name_is_no_author_beside_a_person() -> None:
    assert authors(
        page(
            ("author", "Harbour Post", "jsonld"),
            ("author", "Ada Rahn", "jsonld"),
            ("site", "Harbour Post", "opengraph"),
        )
    ) == (
        ["Ada Rahn"],
        "jsonld",
    )


def test_a_guessed_date_is_never_asserted() -> None:
    assert published(page(("published", "2026-11-20", "guess")), NOW) is None
    assert published(
        page(("published", "2126-11-20", "jsonld"), ("published", "2026-11-20T05:00:00+0100", "meta")), NOW
    ) == (
        datetime(2026, 11, 20, 4, tzinfo=UTC),
        "meta",
    )


@pytest.mark.parametrize(
    "value", ["2026-11-22T06:30:00.1234567Z", "2026-11-22 06:30:00 +0000", "2026-11-22T07:30:00.123+0100"]
)
def test_times_come_in_many_spellings(value: str) -> None:
    at = instant(value)
    assert at
    assert at.replace(microsecond=0) == datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def test_what_is_no_time_is_none() -> None:
    assert instant("yesterday") is None


@pytest.mark.parametrize(
    ("declared", "detected", "length", "expected"),
    [
        (["de-AT"], "de", 1000, "de-AT"),
        (["en", "de"], "de", 1000, "de"),
        (["en-US"], "be", 1000, "be"),
        (["en-US"], "be", 80, "en-US"),
        (["nb-NO"], "da", 1000, "nb-NO"),
        ([], "fr", 30, "fr"),
        ([], "", 0, ""),
    ],
)
def test_the_declared_language_wins_unless_the_text_is_plainly_another(
    declared: list[str], detected: str, length: int, expected: str
) -> None:
    assert choose(declared, detected, length)[0] == expected


def test_tags_are_spelled_one_way() -> None:
    assert [tag(t) for t in ("de_DE.utf8", "EN-us", "zh-hant-tw", "german", "")] == [
        "de-DE",
        "en-US",
        "zh-Hant-TW",
        "",
        "",
    ]


def test_nothing_read_leaves_the_headline_and_the_feeds_word() -> None:
    made = compose(Told("Wall to rise", "It will be high."), None, None, Limits(), NOW)
    assert (made.title, made.excerpt.text, made.source, made.text) == (
        "Wall to rise",
        "It will be high.",
        "summary",
        "",
    )


def test_a_change_is_what_a_reader_would_call_one() -> None:
    before = "The wall is to be one metre high, the council said.\n\nIt will cost forty million in all."
    assert text_change(before, before.replace("council", "Council")) is None
    assert text_change(before, "Please log in.") is None
    after = before.replace(
        "forty million in all", "fifty-five million, of which the region pays no more than a third now"
    )
    found = text_change(before, after)
    assert found
    assert found.before == "It will cost forty million in all."


@pytest.mark.parametrize(
    "line",
    ["Correction: the wall is two metres high.", "Korrektur: Die Mauer ist höher.", "Исправление: стена выше.", "訂正：壁は２メートルです。",
     "تصحيح: الجدار أعلى.", "Una versión anterior de este artículo daba otra cifra.", "Erratum : le mur fait deux mètres."],
)  # fmt: skip
def test_a_correction_is_known_in_many_languages_and_told_once(line: str) -> None:
    text = "The wall is to be one metre high."
    assert [one.after for one in corrections(text, f"{text}\n\n{line}")] == [line]
    assert corrections(f"{text}\n\n{line}", f"{text}\n\n{line}") == []


def test_corrections_are_not_found_in_ordinary_sentences() -> None:
    assert (
        corrections("", "Corrections officers met on Monday to talk about pay.\n\nPrécisions sur le mur du port.") == []
    )


def test_a_word_diff_gives_back_both_texts() -> None:
    runs = word_diff("the wall is one metre high", "the wall is two metres high now")
    assert " ".join(text for kind, text in runs if kind != "new") == "the wall is one metre high"
    assert " ".join(text for kind, text in runs if kind != "gone") == "the wall is two metres high now"
