"""What follows from returns: who is suppressed, which domain stands still, when the site stops to look at itself.

Rule: one return decides only what it says for certain; what may pass is counted over editions. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

SOFT_EDITIONS: Final = 5
SOFT_DAYS: Final = timedelta(days=10)
ALARM: Final = 0.001
PAUSE: Final = 0.003
PAUSE_FROM: Final = 3
"""Complaints below which nothing is paused: of a hundred readers, one is 1 %."""
COMPLAINTS_OVER: Final = timedelta(days=30)
STANDSTILL: Final = timedelta(hours=1)
STANDSTILL_MOST: Final = timedelta(hours=24)
STANDSTILL_REMEMBERED: Final = timedelta(days=2)


def exhausted(editions: Iterable[tuple[datetime, bool]]) -> bool:
    """Whether an address that only fails "for now" is given up. Takes (when, came back) of its editions, newest first.

    Five editions in a row over ten days: a full mailbox outlasts a holiday weekend, not a dead account.
    """
    failed = [at for at, _ in takewhile(lambda each: each[1], editions)]
    return len(failed) >= SOFT_EDITIONS and failed[0] - failed[-1] >= SOFT_DAYS


def complaint_level(complaints: int, letters: int) -> str:
    """What complaints of the last 30 days call for: "", "alarm" (0.1 %) or "pause" (0.3 %, and at least three)."""
    rate = complaints / letters if letters else float(complaints > 0)
    if rate >= PAUSE and complaints >= PAUSE_FROM:
        return "pause"
    return "alarm" if rate >= ALARM and complaints else ""


def standstill(times: int) -> timedelta:
    """How long a domain that refuses us is left alone: an hour, doubled by each refusal after a wait, at most a day."""
    return min(STANDSTILL * (1 << min(times - 1, 10)), STANDSTILL_MOST)
