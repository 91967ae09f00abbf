"""When a feed is asked again.

Rules: the overlap decides (entries we did not know: sooner; all known: later), between 10 minutes and 24 hours, never
sooner than the outlet wishes (Cache-Control, ttl, Retry-After). A failing feed is asked less and less often and never
given up. Chance is an argument: `jitter` in [0, 1).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from .feeds import GOOD, NEUTRAL, Outcome

FLOOR_S: Final = 600
CEILING_S: Final = 86_400
BUSY_GAP_S: Final = 7_200
"""Twelve entries a day or more: such a feed is asked as often as the floor allows."""
QUIET_AFTER: Final = timedelta(days=1)
"""Nobody is called quiet for being silent for one night."""
UNDEAD: Final = 30
"""After so many failures in a row a feed is asked daily, then ever less, at least monthly."""

_BASE_S: Final = {
    Outcome.NOT_FOUND: 3600,
    Outcome.FORBIDDEN: 7200,
    Outcome.REFUSED: 3600,
    Outcome.NOT_A_FEED: 3600,
    Outcome.POISONED: 3600,
    Outcome.BAD_ADDRESS: CEILING_S,
    Outcome.BLOCKED_ADDRESS: CEILING_S,
    Outcome.BLOCKED_PORT: CEILING_S,
    Outcome.NO_SUCH_HOST: 1800,
    Outcome.TOO_LARGE: 7200,
    Outcome.TOLD_TO_WAIT: 1800,
}


def next_interval(interval_s: int, known: int, total: int, gap_s: int, silent_s: float = 0) -> int:
    """Seconds until the next look after a good one.

    `known` of `total` entries were known already (an unmodified answer: both 0); `gap_s` usually lies between two of
    its entries, 0 if that is not known; it has been silent for `silent_s`.
    """
    new = total - known
    if total and new * 3 > total:
        wanted = interval_s * 0.5
    elif new:
        wanted = interval_s * 0.75
    else:
        wanted = interval_s * 1.25
    return int(min(max(wanted, FLOOR_S), _ceiling(gap_s, silent_s)))


def back_off(outcome: Outcome, failures: int) -> int:
    """Seconds until the next look after so many failures in a row (this one counted)."""
    base = _BASE_S.get(outcome, FLOOR_S)
    if failures > UNDEAD:
        return min(CEILING_S * (failures - UNDEAD), 30 * CEILING_S)
    return max(base, min(base * (1 << min(failures - 1, 12)), CEILING_S))


def wait(interval_s: int, wish_s: int, jitter: float) -> timedelta:
    """The interval with up to 10 % of chance added, never less than the outlet's wish (which we heed up to a day)."""
    return timedelta(seconds=max(interval_s * (1 + 0.1 * jitter), min(wish_s, CEILING_S) * (1 + 0.02 * jitter)))


def after(
    outcome: Outcome,
    interval_s: int,
    failures: int,
    known: int = 0,
    total: int = 0,
    gap_s: int = 0,
    silent_s: float = 0,
) -> tuple[int, int]:
    """The feed's interval after this look, and seconds until the next one."""
    if outcome in GOOD:
        interval = next_interval(interval_s, known, total, gap_s, silent_s)
        return interval, interval
    if outcome in NEUTRAL:
        return interval_s, FLOOR_S
    return interval_s, back_off(outcome, failures)


def gone_quiet(gap_s: int, last_new_at: datetime | None, now: datetime) -> bool:
    """Whether a feed has been silent for three times its usual gap, and for a day; unknown gaps say nothing."""
    if not gap_s or last_new_at is None:
        return False
    return now - last_new_at > max(timedelta(seconds=3 * gap_s), QUIET_AFTER)


def _ceiling(gap_s: int, silent_s: float) -> float:
    """Longest interval: the floor for a busy feed, half the usual gap for others, up to a day for one long silent."""
    if not gap_s:
        return CEILING_S
    patience = max(FLOOR_S, min(gap_s / 2, gap_s - BUSY_GAP_S + FLOOR_S))
    silence = silent_s / 10 if silent_s > CEILING_S else 0  # a night is no silence: the morning's first piece is news
    return min(CEILING_S, max(patience, silence))
