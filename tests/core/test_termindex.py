"""Candidates are found fast, and are the ones a plain count over all stories finds; words are cut alike either way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corante.core.members import Live
from corante.core.termindex import HEAVIEST, RESCORED, TermIndex
from corante.core.tokens import fold, raw_words, tokens, words

TERMS = [f"term{n}" for n in range(40)]
WEIGHTS = st.sampled_from([0.1, 0.2, 0.3, 0.05])
VECTORS = st.dictionaries(st.sampled_from(TERMS), WEIGHTS, min_size=1, max_size=30)


def plainly(weights: dict[str, float], centres: dict[int, dict[str, float]], but: int | None = None) -> list[int]:
    """What the index must find: the sums of all stories, sorted."""
    heaviest = sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:HEAVIEST]
    sums: dict[int, float] = {}
    for term, weight in heaviest:
        for story, centre in centres.items():
            if term in centre:
                sums[story] = sums.get(story, 0.0) + weight * centre[term]
    return [story for story, _ in sorted(sums.items(), key=lambda one: (-one[1], one[0])) if story != but][:RESCORED]


def indexed(centres: dict[int, dict[str, float]]) -> tuple[TermIndex, dict[int, Live]]:
    index, lives = TermIndex(), {number: Live(number, ["en"], centre=centre) for number, centre in centres.items()}
    for live in lives.values():
        index.note(live)
    return index, lives


@given(st.lists(VECTORS, max_size=30), VECTORS)
def test_the_stories_that_share_most_are_those_a_count_over_all_of_them_finds(
    centres: list[dict[str, float]], weights: dict[str, float]
) -> None:
    stories = dict(enumerate(centres, 1))
    index, _ = indexed(stories)
    assert index.near(weights, "en") == plainly(weights, stories)
    assert index.near(weights, "en", 1) == plainly(weights, stories, 1)
    assert index.near(weights, "de") == []


@given(st.lists(VECTORS, min_size=2, max_size=12), VECTORS, VECTORS)
def test_a_story_that_changed_is_found_by_what_it_is_about_now_and_one_that_ended_no_more(
    centres: list[dict[str, float]], new: dict[str, float], weights: dict[str, float]
) -> None:
    stories = dict(enumerate(centres, 1))
    index, lives = indexed(stories)
    index.near(weights, "en")
    lives[1].centre = stories[1] = new
    index.note(lives[1])
    index.remove(2)
    del stories[2]
    assert index.near(weights, "en") == plainly(weights, stories)


def test_an_index_that_all_stories_left_holds_nothing() -> None:
    index, lives = indexed({1: {"quake": 1.0}, 2: {"quake": 0.6, "clinic": 0.8}})
    index.near({"quake": 1.0}, "en")
    for story in lives:
        index.remove(story)
    assert not index.stories["en"]


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_a_text_of_plain_letters_has_the_words_it_has_beside_others(text: str) -> None:
    beside = [*raw_words(text), "ß"]
    assert raw_words(f"{text} ß") == beside
    assert words(f"{text} ß") == list(map(fold, beside))
    assert words(text) == [token.word for token in tokens(text)] == list(map(fold, raw_words(text)))
