"""Whether two addresses are one feed, by what they tell.

Rule: a feed's sketch is the eight smallest of its entries' keys (a bottom-k sketch, Broder 1997). It changes slowly, is
the same for an RSS and an Atom of one outlet, and of any two feeds says how much they share without their entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final

KEPT: Final = 8
LETTERS: Final = 8
LEAST: Final = 3
"""Under so many entries nothing is said: two feeds that begin with one piece are no doubles."""
ALIKE: Final = 0.75


def sketch(keys: Iterable[str]) -> str:
    """The sketch of a feed whose entries have these keys; "" for too few."""
    smallest = sorted({key[:LETTERS] for key in keys})[:KEPT]
    return " ".join(smallest) if len(smallest) >= LEAST else ""


def alike(one: str, other: str) -> bool:
    """Whether two sketches are of feeds that tell the same: three quarters of the smallest keys of both."""
    ours, theirs = set(one.split()), set(other.split())
    if not ours or not theirs:
        return False
    smallest = sorted(ours | theirs)[: max(LEAST, min(len(ours), len(theirs)))]
    return sum(key in ours and key in theirs for key in smallest) >= ALIKE * len(smallest)


def doubles(sketches: Mapping[int, str]) -> list[tuple[int, int]]:
    """The pairs that are alike, the smaller number first; only those that share a key are compared."""
    sharing: dict[str, list[int]] = defaultdict(list)
    for number, text in sorted(sketches.items()):
        for key in text.split():
            sharing[key].append(number)
    pairs = {pair for numbers in sharing.values() for pair in combinations(numbers, 2)}
    return sorted(pair for pair in pairs if alike(sketches[pair[0]], sketches[pair[1]]))
