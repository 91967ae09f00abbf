"""The signs of a line: facts about it, its place and its neighbours, each a number that the line filter may weigh.

Rule: a sign is made out only for whoever asks for it; reading asks for those the weights know, training for all. What
is dear (searching a line for words of asking, taking JSON-LD's body apart) costs nothing while nobody weighs it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from itertools import accumulate
from math import log1p
from typing import Final

from . import marks
from .marks import Known, line_key, shingles
from .markup import words
from .pages import Block, Place
from .sentences import finished
from .tokens import words as tokens

INSIDE: Final = ("aside", "header", "figure", "form", "p")
KINDS: Final = ("heading", "list", "quote", "table", "caption")
NAMES: Final = 9
"""Kinds of names that `Place.near` and `Place.above` tell."""
REACH: Final = 10
"""Lines: how far a distance is told."""
POINTER: Final = 8
"""Words: a shorter line that asks points to the line after it."""
START: Final = 120
"""Characters: enough of a line to count its digits and capitals in."""
SIGNED: Final = 45
"""Words: in longer lines a word of asking, crediting or dating says nothing."""
_NOWHERE: Final = Place()


def signs(blocks: Sequence[Block], known: Known, wanted: Collection[str] = ()) -> list[dict[str, float]]:
    """The signs of each line, in order: those `wanted`, or all."""
    text = _Text(blocks, known)
    asked = [(name, SIGNS[name]) for name in wanted or SIGNS]
    return [{name: float(sign(text, at)) for name, sign in asked} for at in range(len(blocks))]


class _Text:
    """The lines of a page, and what several signs ask of them."""

    def __init__(self, blocks: Sequence[Block], known: Known) -> None:
        self.blocks, self.known = blocks, known
        self.sizes = [words(block.text) for block in blocks]
        self.ends = [finished(block.text) for block in blocks]
        self.so_far = [0, *accumulate(self.sizes)]
        self.whole = max(1, self.so_far[-1])
        self.lead = next((at for at, size in enumerate(self.sizes) if self.ends[at] and size >= 15), 0)

    def place(self, at: int) -> Place:
        """Where a line stands; nowhere, where that is not known."""
        return self.blocks[at].place or _NOWHERE

    def says(self, sign: Callable[[str], bool], at: int) -> bool:
        """A sign that only a line of no great length gives."""
        return self.sizes[at] < SIGNED and sign(self.blocks[at].text)

    def share(self, at: int, counts: Callable[[str], bool]) -> float:
        """Of the characters a line begins with."""
        start = self.blocks[at].text[:START]
        return sum(map(counts, start)) / max(1, len(start))

    def held(self, at: int, there: Collection[tuple[str, ...]]) -> float:
        """Share of a line's runs of words that stand there too."""
        mine = shingles(tokens(self.blocks[at].text)) if there else set()
        return sum(run in there for run in mine) / max(1, len(mine))

    @cached_property
    def again(self) -> list[bool]:
        """Of each line, whether one before it says the same."""
        first: dict[str, int] = {}
        return [first.setdefault(line_key(block.text), at) < at for at, block in enumerate(self.blocks)]

    @cached_property
    def witnessed(self) -> bool:
        """JSON-LD has the whole text."""
        length = len(self.known.witness)
        return length >= 500 and length >= 0.6 * sum(len(block.text) for block in self.blocks)

    @cached_property
    def body(self) -> set[tuple[str, ...]]:
        """Runs of words of JSON-LD's text, where it is whole."""
        return shingles(tokens(self.known.witness)) if self.witnessed else set()

    @cached_property
    def description(self) -> set[tuple[str, ...]]:
        """Runs of words of the outlet's own description."""
        return shingles(tokens(self.known.description))


Sign = Callable[[_Text, int], float]


def _of_itself() -> dict[str, Sign]:
    return {
        "size": lambda text, at: log1p(text.sizes[at]),
        "ends": lambda text, at: text.ends[at],
        "links": lambda text, at: text.blocks[at].links,
        "digits": lambda text, at: text.share(at, str.isdigit),
        "capitals": lambda text, at: text.share(at, str.isupper),
        "small": lambda text, at: text.blocks[at].text[:1].islower(),
        "dots": lambda text, at: text.blocks[at].text.endswith(("...", "…")),
        "colon": lambda text, at: text.blocks[at].text.endswith((":", "：")),
        "dash": lambda text, at: text.blocks[at].text[:1] in "-–—•*►▶>→·",
        "asks": lambda text, at: text.says(marks.asks, at),
        "credits": lambda text, at: text.says(marks.credits, at),
        "dated": lambda text, at: text.says(marks.dated, at),
        "leaked": lambda text, at: marks.leaked(text.blocks[at].text),
        "points": lambda text, at: marks.points_elsewhere(text.blocks[at].text),
    } | {kind: _kind(kind) for kind in KINDS}


def _of_what_is_known() -> dict[str, Sign]:
    return {
        "title": lambda text, at: marks.repeats(text.blocks[at].text, text.known.title),
        "standfirst": lambda text, at: marks.standfirst(text.blocks[at], text.known),
        "byline": lambda text, at: marks.names_author(text.blocks[at].text, text.known.authors),
        "held": lambda text, at: text.held(at, text.body),
        "not_held": lambda text, at: text.witnessed and text.held(at, text.body) < 0.5,
        "described": lambda text, at: text.held(at, text.description),
    }


def _of_its_order() -> dict[str, Sign]:
    return {
        "again": lambda text, at: text.again[at],
        "done": lambda text, at: text.so_far[at] / text.whole,
        "rest": lambda text, at: 1 - text.so_far[at + 1] / text.whole,
        "before": lambda text, at: at < text.lead,
        "to_lead": lambda text, at: max(-REACH, min(REACH, at - text.lead)),
        "to_end": lambda text, at: min(REACH, len(text.blocks) - 1 - at),
    }


def _of_neighbours() -> dict[str, Sign]:
    found: dict[str, Sign] = {}
    for name, away in (("last", -1), ("next", 1), ("second_last", -2), ("second_next", 2)):
        found[f"{name}_size"] = _beside(away, lambda text, at: log1p(text.sizes[at]))
        found[f"{name}_ends"] = _beside(away, lambda text, at: text.ends[at])
        found[f"{name}_links"] = _beside(away, lambda text, at: text.blocks[at].links)
        found[f"{name}_asks"] = _beside(
            away, lambda text, at: text.sizes[at] < POINTER and marks.asks(text.blocks[at].text)
        )
    return found


def _of_its_place() -> dict[str, Sign]:
    inside = {f"in_{name}": _inside(name) for name in INSIDE}
    near = {f"near_{bit}": _near(bit) for bit in range(NAMES)}
    above = {f"above_{bit}": _above(bit) for bit in range(NAMES)}
    return {**inside, **near, **above} | {
        "shared": lambda text, at: text.place(at).shared,
        "pure": lambda text, at: text.place(at).pure,
        "pure_above": lambda text, at: text.place(at).pure_above,
        "alike": lambda text, at: text.place(at).alike,
        "alike_pure": lambda text, at: text.place(at).alike_pure,
        "main": lambda text, at: text.place(at).main,
        "bold": lambda text, at: text.place(at).bold,
        "gap": lambda text, at: text.place(at).gap,
        "taken": lambda text, at: text.place(at).taken,
    }


def _kind(kind: str) -> Sign:
    return lambda text, at: text.blocks[at].kind == kind


def _inside(name: str) -> Sign:
    return lambda text, at: name in text.place(at).inside


def _near(bit: int) -> Sign:
    return lambda text, at: text.place(at).near >> bit & 1


def _above(bit: int) -> Sign:
    return lambda text, at: text.place(at).above >> bit & 1


def _beside(away: int, sign: Sign) -> Sign:
    """The same sign of a line so far away; 0 where there is none."""
    return lambda text, at: sign(text, at + away) if 0 <= at + away < len(text.blocks) else 0.0


SIGNS: Final[dict[str, Sign]] = (
    _of_itself() | _of_what_is_known() | _of_its_order() | _of_neighbours() | _of_its_place()
)
"""Every sign by its name: of the text and a line's number in it."""
