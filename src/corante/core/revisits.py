"""When a page is looked at, and what an answer means for the article.

Rule: a story never waits for a slow page. After the first failed try the article may be grouped by what its feed said;
the tries that follow (after 5 minutes, after an hour) only make it better. While young it is looked at again, for
changes: 1, 6 and 24 hours after we first saw it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from .feeds import Outcome

RETRIES: Final = (timedelta(minutes=5), timedelta(hours=1))
REVISITS: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
PATIENCE: Final = timedelta(minutes=10)
"""So long an article waits ungrouped while its host only asks us to wait our turn."""

FINAL: Final = frozenset(
    {
        Outcome.GONE,
        Outcome.NOT_FOUND,
        Outcome.FORBIDDEN,
        Outcome.REFUSED,
        Outcome.BAD_ADDRESS,
        Outcome.BLOCKED_ADDRESS,
        Outcome.BLOCKED_PORT,
        Outcome.NO_CONNECTION,
        Outcome.TOO_LARGE,
        Outcome.BAD_REDIRECT,
        Outcome.ROBOTS,
    }
)
"""Outcomes after which asking again soon is of no use."""
WAITING: Final = frozenset({Outcome.POSTPONED, Outcome.TOLD_TO_WAIT})
TAKEN_BACK: Final = frozenset({Outcome.GONE, Outcome.NOT_FOUND})


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` failed ones; None after the last."""
    return now + RETRIES[tries - 1] if 0 < tries <= len(RETRIES) else None


def next_revisit(seen_at: datetime, now: datetime) -> datetime | None:
    """When to look again at a page that was read; None when it is old enough to be left in peace."""
    due = (seen_at + after for after in REVISITS)
    return next((at for at in due if at > now + timedelta(minutes=5)), None)


def wait(seconds: float, now: datetime) -> datetime:
    """When the host's turn has come: what it asked for, between ten seconds and a day."""
    return now + timedelta(seconds=min(max(seconds, 10.0), 86_400.0))
