"""Look-alikes: two events of one kind (two quakes, two check-ins at a clinic), which an editor hates to see as one.

Rule: the words of such texts agree; what tells them apart is whom and what they name, with which figures, in which
year. So the names and figures an article shares with a story, weighed by how rare they are, raise or lower its score;
it falls where each side names what the other does not; years that clash halve it; and a text one outlet uses again with
other figures is no copy.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, sqrt
from typing import Final

from .tokens import fold
from .vectors import Piece, Vector, stem

TITLE_CASE: Final = 0.7  # share of capitals among longer words from which capitals say nothing
LONGER: Final = 3  # letters
NAMES: Final = 3  # fewer names say nothing
USUAL: Final = 0.4  # likeness of names that changes nothing
WEIGHT: Final = 1.0  # what names change: from x 0.6 (none in common) to x 1.6 (all)
STRANGE: Final = 0.35  # clash of names that is usual among texts on one event …
STRANGE_ALONE: Final = 0.2  # … and so much more while a story has one article
OTHER_YEAR: Final = 0.5  # what a clash of years leaves of a score
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_FIGURE: Final = re.compile(r"\b\d+\b")
_WORD: Final = re.compile(r"[^\W_]+(?:[.,]\d+)*|[.!?:;“”\"()–—|]")


@dataclass(frozen=True)
class Marks:
    """What a text names: words with capitals inside sentences, and its figures; apart, the figures of its headline."""

    names: frozenset[str] = field(default_factory=frozenset)
    figures: frozenset[str] = field(default_factory=frozenset)

    @property
    def telling(self) -> bool:
        """Does it name enough to compare?"""
        return len(self.names) >= NAMES


def marks_of(piece: Piece) -> Marks:
    """Names of headline and opening, folded and cut, and figures of the opening; apart, figures of the headline."""
    names = _names(piece.title) | _names(piece.opening) | set(_FIGURE.findall(piece.opening))
    figures = {word for word in _WORD.findall(piece.title) if word[0].isdigit()}
    return Marks(frozenset(names), frozenset(figures))


@dataclass(frozen=True)
class Named:
    """What a story names: in how many of its articles, and the weight of all its terms, summed and as one vector."""

    articles: int
    names: Mapping[str, int]
    sums: Vector
    centre: Vector


def names_factor(marks: Marks, vector: Vector, said: Collection[str], story: Named) -> float:
    """What the names of an article make of its score against a story.

    `vector` are the article's heaviest terms, `said` all of them.
    """
    if not marks.telling or not story.names:
        return 1.0
    mine = {name: vector[name] for name in marks.names if name in vector}
    theirs = {name: story.sums[name] for name in story.names if name in story.sums}
    length = sqrt(_squares(mine.values()) * _squares(theirs.values()))
    if not length:
        return 1.0
    likeness = sum(weight * theirs.get(name, 0.0) for name, weight in mine.items()) / length
    years = OTHER_YEAR if _other_years(marks.names, story.names) else 1.0
    usual = STRANGE + STRANGE_ALONE / story.articles
    return (1.0 + WEIGHT * (likeness - USUAL)) * years * exp(usual - _clash(mine, said, story))


def _clash(mine: Vector, said: Collection[str], story: Named) -> float:
    """Do both sides name what the other does not? 0 (one says all the other does) to 1, by weight.

    New names alone are a story going on, and missing ones a short text; both at once are another event of its kind.
    """
    new = _squares(weight for name, weight in mine.items() if name not in story.sums)
    core = {name: story.centre[name] for name in story.names if name in story.centre}
    usual = (name for name in core if 2 * story.names[name] >= story.articles)
    missing = _squares(core[name] for name in usual if name not in said)
    whole = _squares(mine.values()) * _squares(core.values())
    return sqrt(new * missing / whole) if whole else 0.0


def _squares(weights: Iterable[float]) -> float:
    return sum(weight * weight for weight in weights)


def _other_years(one: Collection[str], other: Collection[str]) -> bool:
    """Do both name years, and none in common?"""
    mine, theirs = ({name for name in names if _YEAR.fullmatch(name)} for names in (one, other))
    return bool(mine and theirs and mine.isdisjoint(theirs))


def other_figures(one: Marks, other: Marks) -> bool:
    """Do both headlines give figures, and none in common?"""
    return bool(one.figures and other.figures and not one.figures & other.figures)


def _names(text: str) -> set[str]:
    """Capitalised words that don't open a sentence; none where nearly every word has a capital."""
    found = _WORD.findall(text)
    if _title_case(found):
        return set()
    inside = (word for before, word in pairwise(found) if before[-1].isalnum())
    return {stem(fold(word)) for word in inside if word[0].isupper() and len(word) > 1}


def _title_case(found: Sequence[str]) -> bool:
    longer = [word for word in found if len(word) > LONGER and word[0].isalpha()]
    return sum(word[0].isupper() for word in longer) > TITLE_CASE * len(longer)
