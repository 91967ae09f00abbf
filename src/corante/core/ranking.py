"""The order of stories on the front and in topics, by one formula a reader can work out on paper.

    score = log2(1 + independent outlets) x topic match x 0.5 ^ (hours since the newest new outlet / 12)

Rule: pins come first, then the score; ties go to the story first seen, then to the lower number. Among the first ten
no outlet leads more than two. Nothing else counts: no clicks, no person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log2
from typing import Final

HALF_LIFE_H: Final = 12.0
FIRST: Final = 10
LED_AT_MOST: Final = 2


@dataclass(frozen=True)
class Ranked:
    """What the order needs to know of a story."""

    story: int
    outlets: int  # independent
    lead_outlet: int
    first_at: datetime
    last_at: datetime  # when the newest new outlet joined
    match: float = 1.0  # weight of the topic match, 1 when filed by rule or hand
    pinned_at: datetime | None = None


def score(story: Ranked, now: datetime) -> float:
    """The printed formula."""
    hours = max(0.0, (now - story.last_at).total_seconds() / 3600)
    return log2(1 + story.outlets) * story.match * float(0.5 ** (hours / HALF_LIFE_H))


def explain(story: Ranked, now: datetime) -> str:
    """The formula with this story's numbers in it."""
    hours = max(0.0, (now - story.last_at).total_seconds() / 3600)
    told = f"log2(1 + {story.outlets}) × {story.match:g} × 0.5^({hours:.1f} h / {HALF_LIFE_H:g} h)"
    return f"{told} = {score(story, now):.3f}"


def ordered(stories: Iterable[Ranked], now: datetime) -> list[Ranked]:
    """Pinned first (the latest pin on top), then by score, with no outlet leading too often at the top."""
    everything = list(stories)
    pinned = sorted((s for s in everything if s.pinned_at), key=lambda s: (_newest(s.pinned_at), s.story))
    rest = sorted((s for s in everything if not s.pinned_at), key=lambda s: (-score(s, now), s.first_at, s.story))
    return _spread(pinned, rest)


def _newest(at: datetime | None) -> float:
    return -at.timestamp() if at else 0.0


def _spread(pinned: Sequence[Ranked], rest: Sequence[Ranked]) -> list[Ranked]:
    """Fill the first ten; a story whose outlet has led twice waits for the eleventh place."""
    led = Counter(story.lead_outlet for story in pinned[:FIRST])
    top, waiting = list(pinned), []
    for story in rest:
        if len(top) < FIRST and led[story.lead_outlet] >= LED_AT_MOST:
            waiting.append(story)
            continue
        if len(top) == FIRST and waiting:
            top, waiting = top + waiting, []
        led[story.lead_outlet] += 1
        top.append(story)
    return top + waiting
