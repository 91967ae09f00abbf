"""Word-for-word copies are found in all the ways outlets make them, and nothing else is called one."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from bench.copying import KINDS, derive, figures, ours
from bench.story_sets import Sample

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def bodies(count: int = 80) -> list[Sample]:
    """Texts of one trade's few hundred words, each about an event of its own."""
    dice = random.Random(3)
    words = [f"word{n}" for n in range(600)]
    texts = (" ".join(dice.choices(words, k=dice.randint(110, 400))) for _ in range(count))
    return [Sample(f"Event {n}", text, f"event {n}", "Harbour Post", NOON) for n, text in enumerate(texts)]


def test_at_least_98_of_a_hundred_copies_of_seven_kinds_are_found_and_none_is_false() -> None:
    found = figures(bodies(), ours)
    assert found["copies.recall"] >= 0.98
    assert found["copies.false_per_10k"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_copy_is_left_out(kind: str) -> None:
    dice = random.Random(5)
    texts = [one.text for one in bodies()]
    near = ours(texts, [derive(text, kind, dice) for text in texts])
    assert sum(n in some for n, some in enumerate(near)) >= 0.95 * len(texts)


def test_texts_that_share_an_outlets_closing_words_are_no_copies() -> None:
    closing = (
        " Sign up for our letter and read the news of the whole coast every morning at seven before anyone else does."
    )
    texts = [one.text + closing for one in bodies(40)]
    assert ours(texts, texts) == [{n} for n in range(40)]
