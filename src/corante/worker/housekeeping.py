"""What every room forgets by rule, once an hour: a list, each on its own.

Rule: one that fails is logged and never stops the others; each is safe to repeat and to be stopped anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from corante import gather, stories, subscribe, topics
from corante.core.work import Tally
from corante.gather import wires
from corante.models import Attempt

LOGINS_KEPT = timedelta(days=1)
log = structlog.get_logger("worker")


def forget_logins(now: datetime) -> int:
    """Failed logins are counted for a day; the desk looks back less than that."""
    return Attempt.objects.filter(at__lt=now - LOGINS_KEPT).delete()[0]


CHORES: tuple[Callable[[datetime], int | Tally], ...] = (
    subscribe.sweep,
    stories.thin,
    topics.thin,
    topics.suggest,
    gather.thin,
    wires.hang_up,
    forget_logins,
)


def keep_house(now: datetime) -> None:
    """Do every chore."""
    for chore in CHORES:
        name = f"{chore.__module__.split('.')[1]}.{chore.__name__}"
        try:
            done = chore(now)
        except Exception:
            log.exception("chore failed; the next try is in an hour", chore=name)
        else:
            gone = done.done if isinstance(done, Tally) else done
            if gone:
                log.info("chore", chore=name, forgotten=gone)
