"""Look-alikes: two events of one kind (two quakes, two check-ins at a clinic), which an editor hates to see as one.

Rule: the words of such texts agree; what tells them apart is whom and what they name. So the names an article shares
with a story raise or lower its score, and a text one outlet uses again with other figures is no copy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from typing import Final

from .tokens import fold
from .vectors import STEM, Piece

TITLE_CASE: Final = 0.7  # share of capitals among longer words from which capitals say nothing
LONGER: Final = 3  # letters
NAMES: Final = 3  # fewer names say nothing
USUAL: Final = 0.4  # likeness of names that changes nothing
WEIGHT: Final = 1.0  # what names change: from x 0.6 (none in common) to x 1.6 (all)
_WORD: Final = re.compile(r"[^\W_]+(?:[.,]\d+)*|[.!?:;“”\"()–—|]")


@dataclass(frozen=True)
class Marks:
    """What a text names: words with capitals inside sentences, and figures of its headline; folded and cut."""

    names: frozenset[str] = field(default_factory=frozenset)
    figures: frozenset[str] = field(default_factory=frozenset)

    @property
    def telling(self) -> bool:
        """Does it name enough to compare?"""
        return len(self.names) >= NAMES


def marks_of(piece: Piece) -> Marks:
    """Names of headline and opening, figures of the headline."""
    names = _names(piece.title) | _names(piece.opening)
    figures = {word for word in _WORD.findall(piece.title) if word[0].isdigit()}
    return Marks(frozenset(names), frozenset(figures))


def names_factor(marks: Marks, counts: Mapping[str, int]) -> float:
    """What the names of an article make of its score against a story; `counts`: name -> articles of the story with it."""
    if not marks.telling or not counts:
        return 1.0
    common = sum(counts.get(name, 0) for name in marks.names)
    length = sqrt(len(marks.names)) * sqrt(sum(count * count for count in counts.values()))
    return 1.0 + WEIGHT * (common / length - USUAL)


def other_figures(one: Marks, other: Marks) -> bool:
    """Do both headlines give figures, and none in common?"""
    return bool(one.figures and other.figures and not one.figures & other.figures)


def _names(text: str) -> set[str]:
    """Capitalised words that don't open a sentence; none where nearly every word has a capital."""
    found = _WORD.findall(text)
    if _title_case(found):
        return set()
    inside = (word for before, word in pairwise(found) if before[-1].isalnum())
    return {fold(word)[:STEM] for word in inside if word[0].isupper() and len(word) > 1}


def _title_case(found: Sequence[str]) -> bool:
    longer = [word for word in found if len(word) > LONGER and word[0].isalpha()]
    return sum(word[0].isupper() for word in longer) > TITLE_CASE * len(longer)
