"""What a topic's stories are about, as one vector, and which others read like them.

Rule: the mean of their unit vectors, older ones fading, less what all stories of these days have in common (the town's
name, this week's weather): what is left tells the topic from the others. Terms of one story alone don't count, nor do
bare numbers. A story is close when it is nearly as like that as the topic's own stories are. Nothing here files anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from .vectors import Vector, unit

KEPT: Final = 200  # terms of a profile
FADING: Final = 0.99  # what is left of the old at each story: about seventy stories are half of it
LEAST: Final = 0.15
OWN_SHARE: Final = 0.7  # of the mean likeness of the topic's own stories
TWICE: Final = 2.0  # as heavy here as in all stories together, or a term tells nothing
TELLING: Final = 2  # terms a close story shares at least


@dataclass(frozen=True)
class Shape:
    """A topic's profile: term -> (fading sum of its weights, in how many stories it stood), and how many stories."""

    terms: Mapping[str, Sequence[float]] = field(default_factory=dict)
    stories: int = 0

    @property
    def weight(self) -> float:
        """What the sums are to be divided by for a mean."""
        return (1 - FADING**self.stories) / (1 - FADING) or 1.0


@dataclass(frozen=True)
class Close:
    """How like a profile a story is, and the terms that make it so, the heaviest first."""

    score: float
    terms: tuple[str, ...]


def folded(shape: Shape, vector: Vector) -> Shape:
    """The profile with one more story."""
    sums = {term: [weight * FADING, count] for term, (weight, count) in shape.terms.items()}
    for term, weight in vector.items():
        known = sums.setdefault(term, [0.0, 0])
        known[0], known[1] = known[0] + weight, known[1] + 1
    heaviest = sorted(sums.items(), key=lambda x: (-x[1][0], x[0]))[:KEPT]
    return Shape({term: [round(weight, 4), count] for term, (weight, count) in heaviest}, shape.stories + 1)


def common(vectors: Iterable[Vector]) -> dict[str, float]:
    """What stories have in common whatever they are about: their mean."""
    sums: dict[str, float] = {}
    count = 0
    for vector in vectors:
        count += 1
        for term, weight in vector.items():
            sums[term] = sums.get(term, 0.0) + weight
    return {term: weight / count for term, weight in sums.items()}


def telling(shape: Shape, background: Vector) -> dict[str, float]:
    """What tells the topic's stories from the others, as a unit vector."""
    several = ((term, weight / shape.weight) for term, (weight, count) in shape.terms.items() if count > 1)
    more = {t: weight - TWICE * background.get(t, 0.0) for t, weight in several if not t.isdigit()}
    return unit({term: weight for term, weight in more.items() if weight > 0}, KEPT)


def likeness(told: Vector, vector: Vector) -> Close:
    """How like what tells a topic apart a story is."""
    parts = {term: weight * told[term] for term, weight in vector.items() if term in told}
    heaviest = sorted(parts, key=lambda term: (-parts[term], term))
    return Close(sum(parts.values()), tuple(heaviest[:5]))


def is_close(found: Close, own: Sequence[float]) -> bool:
    """Near enough to be suggested, given how like it the topic's own stories are?"""
    wanted = max(LEAST, OWN_SHARE * sum(own) / len(own) if own else LEAST)
    return found.score >= wanted and len(found.terms) >= TELLING


def missing(vectors: Sequence[Vector], known: frozenset[str], limit: int) -> list[str]:
    """Terms that several of these stories share and that begin like no known word: what a rule could say as well."""
    sums: dict[str, float] = {}
    for vector in vectors:
        for term, weight in vector.items():
            sums[term] = sums.get(term, 0.0) + weight
    shared = {term for term in sums if not term.isdigit() and sum(term in vector for vector in vectors) > 1}
    fresh = [term for term in shared if not any(term.startswith(word[:6]) or word.startswith(term) for word in known)]
    return sorted(fresh, key=lambda term: (-sums[term], term))[:limit]
