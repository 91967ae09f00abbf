"""What stands in front of a text, twice in it, or on every page is not the text."""

from __future__ import annotations

import pytest

from corante.core.marks import Known
from corante.core.memories import furniture, remember
from corante.core.pages import Block
from corante.core.refining import refine

TITLE = "Council votes to raise the sea wall"
LEAD = "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre."
NEXT = "Work is to start in spring, before a permit for the northern section has been granted."
LAST = "The council meets again on the first of December to decide who will build it."
KNOWN = Known(TITLE, authors=("Ada Rahn",))


def refined(*lines: str | Block, known: Known = KNOWN) -> list[str]:
    return [
        block.text for block in refine([b if isinstance(b, Block) else Block("paragraph", b) for b in lines], known)
    ]


@pytest.mark.parametrize(
    "front",
    [
        "Council Votes To Raise The Sea Wall",
        "By Ada Rahn",
        "Ada Rahn, Harbour correspondent",
        "22 November 2026, 08:12",
        "Updated 3 hours ago",
        "The sea wall on Friday. Photo: Jonas Weidt/AFP",
        "© Harbour Post",
        "Local news",
        "5 min read",
        "Von Ada Rahn",
        "22. November 2026 um 8.12 Uhr",
        "Publié le 22 novembre 2026",
        "2026年11月22日",
        "Sign up for our newsletter and never miss a story.",
        "We independently select everything we recommend and may earn a commission.",
    ],
)
def test_nothing_stands_before_the_lead(front: str) -> None:
    assert refined(front, LEAD, NEXT, LAST) == [LEAD, NEXT, LAST]


def test_a_standfirst_the_outlet_gives_as_its_description_stays() -> None:
    first = "The harbour gets a wall that engineers asked for, and hotels a view they did not"
    assert refined(Block("heading", first), LEAD, NEXT, known=Known(TITLE, description=first)) == [first, LEAD, NEXT]


def test_a_page_that_is_all_short_lines_is_left_as_it_is() -> None:
    poem = [f"Line {n} of a poem about the sea" for n in range(12)]
    assert refined(*poem, LEAD) == [*poem, LEAD]


def test_no_paragraph_stands_twice_and_no_pull_quote_repeats_one() -> None:
    quote = Block("quote", "before a permit for the northern section has been granted")
    assert refined(LEAD, NEXT, quote, LEAD, LAST) == [LEAD, NEXT, LAST]


def test_code_and_lines_that_are_one_link_go() -> None:
    link = Block("paragraph", "More about the harbour and its walls", links=1.0)
    assert refined(LEAD, "window.pbjs = window.pbjs || {};", link, NEXT, LAST) == [LEAD, NEXT, LAST]


def test_the_tail_keeps_its_lists_and_poems_but_not_invitations() -> None:
    item = Block("list", "ropes, nets and one old anchor")
    assert refined(LEAD, NEXT, item, "Read more: the wall of 1954") == [LEAD, NEXT, item.text]


def test_a_whole_articlebody_is_a_witness_of_what_belongs() -> None:
    body = " ".join([LEAD, NEXT, LAST] * 3)
    plug = "A second story altogether, about a cat on the pier that nobody wants to have seen before."
    assert refined(LEAD, NEXT, LAST, plug, known=Known(TITLE, witness=body)) == [LEAD, NEXT, LAST]


def test_a_teaser_in_articlebody_is_no_witness() -> None:
    assert refined(LEAD, NEXT, LAST, known=Known(TITLE, witness=LEAD)) == [LEAD, NEXT, LAST]


def test_a_line_of_three_different_articles_is_the_sites_own() -> None:
    memory: dict[str, int] = {}
    for n in range(3):
        assert not furniture(["Join us on the pier."], memory)
        memory = remember(["Join us on the pier.", f"Text {n}."], memory)
    assert furniture(["Join us on the PIER", "Text 1."], memory) == {"join us on the pier"}


def test_the_memory_of_a_site_stays_small() -> None:
    memory: dict[str, int] = {}
    for n in range(200):
        memory = remember([f"Line {n} {m}." for m in range(40)] + ["Always here."], memory)
    assert len(memory) <= 2000
    assert furniture(["Always here."], memory)
