"""What stands in a letter and in which order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corante.core.composing import (
    Also,
    Contents,
    Entry,
    Heading,
    ItemContent,
    arrange,
    cut,
    head,
    leading_sentences,
    preheader,
)

RIVERS = Heading(1, "Rivers", "rivers")
PORTS = Heading(2, "Ports", "ports")
ALL = Heading(9, "Everything", "everything", whole=True)


def entry(story: int, *topics: int, outlets: int = 1, at: str = "2026-11-22T07:00:00+00:00", **more: object) -> Entry:
    content = ItemContent(f"Headline {story}", "It rained.", "Harbour Post", f"https://x.example/{story}", at, "en",
                          outlets, story, **more)  # type: ignore[arg-type]  # fmt: skip
    return Entry(content, frozenset(topics))


def numbers(contents: Contents) -> list[list[int]]:
    return [[content.story for content in section.told] for section in contents.sections]


def test_a_pin_leads_then_the_most_outlets_then_the_newest() -> None:
    late = "2026-11-22T09:00:00+00:00"
    entries = [entry(1, 1), entry(2, 1, at=late), entry(3, 1, outlets=4), entry(4, 1, pinned=True)]
    assert numbers(arrange(entries, [RIVERS])) == [[4, 3, 2, 1]]


def test_a_story_stands_once_under_its_first_topic_and_those_that_hold_everything_are_asked_last() -> None:
    entries = [entry(1, 1, 2, 9), entry(2, 2, 9), entry(3, 9)]
    contents = arrange(entries, [ALL, RIVERS, PORTS])
    assert [section.heading.name for section in contents.sections] == ["Everything", "Rivers", "Ports"]
    assert numbers(contents) == [[3], [1], [2]]


def test_the_leads_topic_comes_first_and_the_others_keep_their_order() -> None:
    entries = [entry(1, 1), entry(2, 2, outlets=5), entry(3, 9)]
    assert numbers(arrange(entries, [RIVERS, PORTS, ALL])) == [[2], [1], [3]]


def test_no_topic_falls_silent_under_the_cap() -> None:
    entries = [entry(n, 1, outlets=3) for n in range(1, 40)] + [entry(99, 2)]
    contents = arrange(entries, [RIVERS, PORTS], told=30, listed=5)
    assert len(contents.told) == 30
    assert 99 in {content.story for content in contents.told}
    assert [(section.count, len(section.listed), section.more) for section in contents.sections] == [
        (39, 5, 5),
        (1, 0, 0),
    ]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 6)), max_size=80), st.integers(0, 40), st.integers(0, 50))
def test_nothing_is_dropped_whatever_the_caps(rows: list[tuple[int, int]], told: int, listed: int) -> None:
    entries = [entry(n, topic, outlets=outlets) for n, (topic, outlets) in enumerate(rows)]
    headings = [Heading(topic, str(topic), str(topic)) for topic in range(1, 10)]
    contents = arrange(entries, headings, told=told, listed=listed)
    assert contents.stories == len(rows)
    assert len(contents.told) == min(told, len(rows))
    seen = [content.story for section in contents.sections for content in (*section.told, *section.listed)]
    assert len(seen) == len(set(seen))


def test_the_subject_begins_with_the_leads_headline() -> None:
    one = arrange([entry(1, 1)], [RIVERS])
    assert head(one) == "Headline 1"
    assert preheader(one) == "It rained."
    three = arrange([entry(1, 1, outlets=3), entry(2, 1, outlets=2), entry(3, 1)], [RIVERS])
    assert head(three) == "Headline 1"
    assert preheader(three) == "Headline 2 · Headline 3"


def test_the_subject_of_a_letter_of_corrections_is_the_first_ones() -> None:
    assert head(arrange([], [RIVERS], corrections=[entry(1, 1).content])) == "Headline 1"


@given(st.text(max_size=200), st.integers(10, 80))
def test_a_cut_line_fits_and_has_no_line_break(text: str, limit: int) -> None:
    line = cut(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_a_headline_is_cut_at_a_word() -> None:
    long = "Council votes to raise the sea wall by a metre before next winter"
    assert cut(long, 60) == "Council votes to raise the sea wall by a metre before next…"


def test_a_letter_takes_whole_sentences_up_to_sixty_words() -> None:
    sentence = "One two three four five six seven eight nine ten. "
    assert leading_sentences(sentence * 9) == (sentence * 6).strip()
    assert leading_sentences("word " * 70 + "end.") == "word " * 70 + "end."
    assert leading_sentences("議会は可決した。" * 40).endswith("。")
    assert len(leading_sentences("議会は可決した。" * 40)) <= 120
    assert leading_sentences("") == ""


def test_an_item_comes_back_from_json_as_it_went() -> None:
    content = entry(1, 1, also=(Also("Coast Radio", "Dam", "https://c.example/", "en"),), changes=(3, 4)).content
    assert ItemContent.from_json(content.to_json()) == content
