"""Grouping across languages by an operator's embedder: only where words find nothing, and only when one is set."""

from __future__ import annotations

import pytest

from corante.core.clustering import LiveStories, links_of
from corante.core.meanings import likeness, meaning
from tests.core.test_clustering import WALL, member

WAND = ("Rat beschließt höhere Mauer am Meer", "Der Hafenrat hat für eine um einen Meter höhere Ufermauer gestimmt.")
MUSEUM = ("Museum öffnet Saal der Wale", "Am Dienstag öffnet das Museum einen Saal mit Skeletten von Walen.")


def meant(number: int, told: tuple[str, str], *numbers: float, outlet: int | None = None) -> object:
    from dataclasses import replace

    return replace(member(number, told, outlet), meaning=meaning(numbers))


def with_wall(**more: object) -> LiveStories:
    live = LiveStories(**more)
    live.add(100, "en", meant(1, WALL, 1, 0.1))
    return live


def decide(live: LiveStories, one: object, language: str = "de"):
    return live.decide(one, language, {})


def test_the_same_meaning_in_another_language_joins_and_says_so() -> None:
    said = decide(with_wall(), meant(2, WAND, 1, 0.2))
    assert (said.story, said.kind, said.nearest) == (100, "joined", 1)
    assert said.reason == (
        "means the same, by 1.00, as “Council votes to raise the sea wall” (Outlet 1, at the same time) in another language"
    )


def test_another_meaning_or_none_opens_a_story() -> None:
    assert decide(with_wall(), meant(2, MUSEUM, 0.1, 1)).story is None
    assert decide(with_wall(), member(2, WAND)).story is None


def test_a_story_told_in_two_languages_is_found_by_the_words_of_both() -> None:
    live = with_wall()
    live.add(100, "de", meant(2, WAND, 1, 0.2))
    assert decide(live, member(3, WAND)).story == 100
    assert decide(live, member(3, WALL), "en").story == 100
    live.drop(100)
    assert decide(live, member(3, WAND)).story is None


def test_within_one_language_the_words_alone_decide() -> None:
    assert decide(with_wall(), meant(2, WAND, 1, 0.1), "en").story is None


def test_an_editors_cannot_link_goes_before_any_meaning() -> None:
    assert decide(with_wall(links=links_of([(1, 2, False)])), meant(2, WAND, 1, 0.1)).story is None


@pytest.mark.parametrize(("bar", "joins"), [(0.99, False), (0.5, True)])
def test_the_operator_says_how_alike_is_alike(bar: float, joins: bool) -> None:
    assert (decide(with_wall(abroad=bar), meant(2, WAND, 1, 0.9)).story == 100) is joins


def test_vectors_of_another_length_are_of_another_embedder() -> None:
    assert likeness(meaning([1, 1]), meaning([1, 1, 1])) == 0
    assert meaning([0, 0]) == ()
    assert likeness(meaning([3, 4]), [6.0, 8.0]) == pytest.approx(1)
