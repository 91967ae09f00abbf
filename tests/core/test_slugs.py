"""A name in an address: readable, and nothing that could break out of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.slugs import LONGEST, slug


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Sea and coast", "sea-and-coast"),
        ("Świat & Škoda", "swiat-skoda"),
        ("Straße", "strasse"),
        ("Мова і культура", "mova-i-kultura"),
        ("Объявления", "obyavleniya"),
        ("Київ", "kiyiv"),
        ("Ελλάδα", "ellada"),
        ("Editor’s choice", "editors-choice"),
        ("G20", "g20"),
        ("海", ""),
    ],
)
def test_a_name_can_be_read_in_its_address(name: str, shown: str) -> None:
    assert slug(name) == shown


@given(st.text(max_size=200))
def test_an_address_holds_plain_letters_digits_and_single_hyphens_only(name: str) -> None:
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug(name))
    assert len(slug(name)) <= LONGEST


def test_a_long_name_is_cut_at_a_word() -> None:
    assert slug("harbour " * 30) == "-".join(["harbour"] * 8)
