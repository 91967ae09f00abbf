"""The two pictures an editor gets: who told it when, and how many a day. Geometry only, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH = 104
"""Of the coverage line, in the units of its viewBox; its dots keep 4 units from each edge."""


@dataclass(frozen=True)
class Dot:
    """One outlet at its hour."""

    x: int
    r: int


@dataclass(frozen=True)
class Bar:
    """One day of a plot: where it stands, how high, and what it says."""

    x: int
    y: int
    height: int
    count: int
    day: str


def dots(times: Sequence[datetime]) -> tuple[Dot, ...]:
    """A dot for each outlet's first article, at its place between the first and the last; the first one larger."""
    if not times:
        return ()
    ordered = sorted(times)
    span = (ordered[-1] - ordered[0]).total_seconds()
    room = WIDTH - 8
    places = [4 + round(room * (at - ordered[0]).total_seconds() / span) if span else 4 for at in ordered]
    return tuple(Dot(x, 4 if n == 0 else 3) for n, x in enumerate(places))


def bars(counts: Sequence[tuple[str, int]], height: int = 16, step: int = 5) -> tuple[Bar, ...]:
    """A bar for each (day, count), the highest as high as the plot; a day with something is never invisible."""
    most = max((count for _, count in counts), default=0)
    made = []
    for n, (day, count) in enumerate(counts):
        tall = max(1, round(height * count / most)) if count else 0
        made.append(Bar(n * step, height - tall, tall, count, day))
    return tuple(made)
