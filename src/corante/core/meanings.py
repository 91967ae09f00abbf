"""What a text means, as an embedder of the operator's sees it: how a story is found in another language.

Rule: asked only where the words found nothing, and only of stories told in other languages so far; off unless the setting
`embedder` names one. A vector is rounded once, so that what is stored is what was decided with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from operator import mul

Meaning = tuple[float, ...]


def meaning(numbers: Iterable[float]) -> Meaning:
    """An embedder's numbers as a unit vector; empty when they say nothing."""
    found = [float(one) for one in numbers]
    length = sqrt(sum(map(mul, found, found)))
    return tuple(round(one / length, 5) for one in found) if length else ()


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    """Cosine of two vectors, the other of any length; 0 for vectors of different embedders."""
    if len(one) != len(other):
        return 0.0
    length = sqrt(sum(map(mul, other, other)))
    return sum(map(mul, one, other)) / length if length else 0.0


def added(sums: Sequence[float], one: Meaning) -> list[float]:
    """A story's sum with one more vector; it starts anew when the embedder changed."""
    return [a + b for a, b in zip(sums, one, strict=True)] if len(sums) == len(one) else list(one)
