"""Look-alikes: two events of one kind (two quakes, two check-ins at a clinic), which an editor hates to see as one.

Rule: the words of such texts agree; what tells them apart are names and numbers. Two articles clash when both name
someone or something, and no name is common to both; or when their headlines give figures and no figure is common.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from .tokens import fold
from .vectors import STEM, Piece

TITLE_CASE: Final = 0.7  # share of capitals among longer words from which capitals say nothing
LONGER: Final = 3
NAMES: Final = 3  # each side names at least so much
_WORD: Final = re.compile(r"[^\W_]+(?:[.,]\d+)*|[.!?:;“”\"()–—|]")


@dataclass(frozen=True)
class Marks:
    """What a text names: words with capitals inside sentences, and figures of its headline; folded and cut."""

    names: frozenset[str] = field(default_factory=frozenset)
    figures: frozenset[str] = field(default_factory=frozenset)


def marks_of(piece: Piece) -> Marks:
    """Names of headline and opening, figures of the headline."""
    names = _names(piece.title) | _names(piece.opening)
    figures = {word for word in _WORD.findall(piece.title) if word[0].isdigit()}
    return Marks(frozenset(names), frozenset(figures))


def clash(one: Marks, other: Marks) -> str:
    """What differs: "names", "numbers" or, when nothing speaks against, nothing."""
    if min(len(one.names), len(other.names)) >= NAMES and not one.names & other.names:
        return "names"
    return ""


def _names(text: str) -> set[str]:
    """Capitalised words that don't open a sentence; none where nearly every word has a capital."""
    found = _WORD.findall(text)
    if _title_case(found):
        return set()
    pairs = pairwise(found)
    return {fold(word)[:STEM] for before, word in pairs if word[0].isupper() and before[-1].isalnum() and len(word) > 1}


def _title_case(found: Sequence[str]) -> bool:
    longer = [word for word in found if len(word) > LONGER and word[0].isalpha()]
    return sum(word[0].isupper() for word in longer) > TITLE_CASE * len(longer)
