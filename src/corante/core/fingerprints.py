"""Word-for-word copies: fingerprints that find them, and the exact share that proves them.

Rule: the measure is containment, since news copies are mostly cut short, and an excerpt has little in common with
the whole but all of itself. Fingerprints only nominate; the share is counted on the texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import xxhash

from .tokens import words

SPAN: Final = 5  # words in a shingle
KEEP: Final = 8  # one hash in so many is kept
SHARES: Final = 0.3  # of the shorter text: the two share text
COPY: Final = 0.6  # of its own text: it is a copy
SHORTEST: Final = 25  # words; below this a text says too little
COMMON: Final = 30  # a hash in more articles than this is boilerplate
NOMINATED: Final = 2  # kept hashes in common that make a candidate


@dataclass(frozen=True)
class Overlap:
    """How much of one text stands word for word in another."""

    own: float  # share of the article's own shingles that stand in the other
    smaller: float  # share of the shorter text's shingles that stand in the longer

    @property
    def shares(self) -> bool:
        """Part of the text is the same."""
        return self.smaller >= SHARES

    @property
    def copy(self) -> bool:
        """Most of the article is the other's."""
        return self.own >= COPY


def shingles(text: str) -> frozenset[int]:
    """All fingerprints of a text: a signed 64-bit hash of every five words. Empty for short texts."""
    found = [word.encode() for word in words(text)]
    if len(found) < SHORTEST:
        return frozenset()
    runs = zip(*(found[n:] for n in range(SPAN)), strict=False)
    hashes = map(xxhash.xxh64_intdigest, map(b" ".join, runs))
    # As signed numbers, which is what a database column holds.
    return frozenset([one - (1 << 64) if one >= 1 << 63 else one for one in hashes])


def kept(all_of: Iterable[int]) -> list[int]:
    """The fingerprints worth storing, one in eight, chosen by the hash itself."""
    return sorted([one for one in all_of if one % KEEP == 0])


def candidates(hits: Mapping[int, Iterable[int]], limit: int = 5) -> list[int]:
    """Articles that share enough kept hashes (`hits`: hash -> articles), the most alike first, older first."""
    counts: Counter[int] = Counter()
    for articles in hits.values():
        found = set(articles)
        if len(found) <= COMMON:
            counts.update(found)
    enough = [article for article, count in counts.items() if count >= NOMINATED]
    return sorted(enough, key=lambda article: (-counts[article], article))[:limit]


def overlap(one: frozenset[int], other: frozenset[int]) -> Overlap:
    """How much of `one` stands in `other`."""
    if not one or not other:
        return Overlap(0.0, 0.0)
    common = len(one & other)
    return Overlap(common / len(one), common / min(len(one), len(other)))
