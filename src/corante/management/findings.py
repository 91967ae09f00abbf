"""One line of the doctor's report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was found in a room, how bad it is, and the way out."""

    room: str
    level: str  # good, note, bad
    words: str
    way_out: str = ""
