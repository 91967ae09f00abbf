"""What a topic's stories are about, as one vector, and which others read like them.

Rule: the mean of unit vectors, older ones fading, cut to its heaviest terms; a story is close when it is at least as
like the mean as the topic's own stories are, and at least LEAST. Nothing here files anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .vectors import cosine, unit

KEPT: Final = 150  # terms of a profile
FADING: Final = 0.99  # what is left of the old at each story: about seventy stories are half of it
LEAST: Final = 0.12
OWN_SHARE: Final = 0.9  # of the mean likeness of the topic's own stories


@dataclass(frozen=True)
class Shape:
    """A topic's profile: the fading sum of its stories' vectors, how many, and how like it they were in the mean."""

    terms: Mapping[str, float] = field(default_factory=dict)
    stories: int = 0
    likeness: float = 0.0


@dataclass(frozen=True)
class Close:
    """How like a profile a story is, and the terms that make it so, the heaviest first."""

    score: float
    terms: tuple[str, ...]


def folded(shape: Shape, vector: Mapping[str, float]) -> Shape:
    """The profile with one more story."""
    like = cosine(vector, unit(shape.terms, KEPT)) if shape.terms else 0.0
    count = min(shape.stories, 100)
    likeness = (shape.likeness * max(count - 1, 0) + like) / count if count else 0.0
    sums = {term: weight * FADING for term, weight in shape.terms.items()}
    for term, weight in vector.items():
        sums[term] = sums.get(term, 0.0) + weight
    heaviest = sorted(sums.items(), key=lambda x: (-x[1], x[0]))[:KEPT]
    return Shape({term: round(weight, 4) for term, weight in heaviest}, shape.stories + 1, round(likeness, 4))


def close_to(shape: Shape, vector: Mapping[str, float]) -> Close | None:
    """How close a story is; None when it is not."""
    mean = unit(shape.terms, KEPT)
    parts = {term: weight * mean[term] for term, weight in vector.items() if term in mean}
    score = sum(parts.values())
    if score < max(LEAST, OWN_SHARE * shape.likeness):
        return None
    return Close(score, tuple(sorted(parts, key=lambda term: (-parts[term], term))[:5]))


def missing(vectors: list[Mapping[str, float]], known: frozenset[str], limit: int) -> list[str]:
    """Terms that several of these stories share and that begin like no known word: what a rule could say as well."""
    sums: dict[str, float] = {}
    for vector in vectors:
        for term, weight in vector.items():
            sums[term] = sums.get(term, 0.0) + weight
    shared = {term for term in sums if sum(term in vector for vector in vectors) > 1}
    fresh = [term for term in shared if not any(term.startswith(word[:6]) or word.startswith(term) for word in known)]
    return sorted(fresh, key=lambda term: (-sums[term], term))[:limit]
