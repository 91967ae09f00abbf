"""What a room takes and gives: the shape every room's door has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

Clock = Callable[[], datetime]
"""Reads the time, aware and in UTC. Only faces make one; a room is given it and passes `now` on to the core."""


class Impossible(ValueError):
    """What an editor asked for makes no sense as things stand; the message says why and what to do."""


@dataclass(frozen=True)
class Tally:
    """What one batch of work came to, for the log and for progress."""

    done: int = 0
    made: int = 0
    failed: int = 0
    note: str = ""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.done + other.done, self.made + other.made, self.failed + other.failed, self.note or other.note
        )
