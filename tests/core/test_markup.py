"""An outlet's text is one line, and stays on it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.markup import clean
from corante.sandbox.plain import title

ZALGO = "Z" + "\u0337\u0322\u031b\u031a\u0319\u0318" * 20 + "algo"


@pytest.mark.parametrize("made", [clean, title])
def test_marks_piled_on_a_letter_do_not_climb_over_the_lines_around_it(made: object) -> None:
    assert callable(made)
    for text in (ZALGO, "\u0e01" + "\u0e47" * 40, "a" + "\u20dd" * 9, "&#82;" + "\u0300" * 9):
        line = made(text)
        assert sum(unicodedata.category(c) in ("Mn", "Me") for c in line) <= 6
        assert line.replace("\u0337", "").startswith(("Z", "\u0e01", "a", "R", "&"))


@pytest.mark.parametrize(
    "written",
    ["בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים", "اَلْعَرَبِيَّةُ", "हिन्दी क्ष्म्य", "ཧཱུྃ་ཨོཾ", "Việt Nam", "ที่นี่", "🏳️‍🌈 1️⃣"],
)
def test_what_people_write_is_left_as_it_is(written: str) -> None:
    assert clean(written) == unicodedata.normalize("NFC", written)
    assert title(written) == written


@given(st.text(max_size=200))
def test_any_text_becomes_one_line_and_is_the_same_when_cleaned_again(text: str) -> None:
    line = clean(text)
    assert len(line.splitlines()) <= 1
    assert clean(line) == line
