"""What a process that is gone, or a connection that broke, left in the ledger: put back, put in doubt, found, repeated.

Rule: the epoch is raised, so that whoever held the row before can settle it no more.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from corante.core.lifecycles import DELIVERY, DELIVERY_OPEN, step
from corante.models import Delivery

REPEATS = 3
"""Times a letter is sent again to a server that hides its word each time; then it stays in doubt, by name."""

STOPPED = "we were stopped before the mail server's answer came"


def pick_up(edition: int, now: datetime) -> int:
    """Leased: the server has nothing of it, so it is simply due again. Armed: nobody knows. Returns how many."""
    left = Delivery.objects.filter(edition=edition, state="leased")
    count = left.update(state=step(DELIVERY, "leased", "release"), epoch=F("epoch") + 1, next_try_at=now)
    armed = Delivery.objects.filter(edition=edition, state="armed")
    state = step(DELIVERY, "armed", "doubt")
    return count + armed.update(state=state, epoch=F("epoch") + 1, settled_at=now, next_try_at=now, reply=STOPPED)


def unsettled(doubt: str) -> Q:
    """What keeps an edition open: open deliveries, and doubt that somebody will still settle.

    `doubt` is the setting: held doubt waits for an editor; else only what was repeated to no end is left as it is.
    """
    doubtful = Q(state="in_doubt")
    if doubt != "hold":
        doubtful &= Q(repeated__lt=REPEATS) | Q(reply=STOPPED)
    return Q(state__in=DELIVERY_OPEN) | doubtful


def found(delivery: int, now: datetime) -> None:
    """Evidence says the server took it."""
    held = Delivery.objects.filter(pk=delivery, state="in_doubt")
    state = step(DELIVERY, "in_doubt", "accept")
    held.update(state=state, epoch=F("epoch") + 1, settled_at=now, reply="found at the mail server afterwards")


def not_found(delivery: int, now: datetime) -> None:
    """Evidence says the server never took it: due again, and no repeat."""
    held = Delivery.objects.filter(pk=delivery, state="in_doubt")
    state = step(DELIVERY, "in_doubt", "resend")
    held.update(state=state, epoch=F("epoch") + 1, next_try_at=now, armed_at=None, settled_at=None)


def repeat(delivery: int, at: datetime) -> None:
    """Send a doubtful letter again, byte-identical; listed by name through `repeated`."""
    held = Delivery.objects.filter(pk=delivery, state="in_doubt")
    state = step(DELIVERY, "in_doubt", "resend")
    held.update(state=state, next_try_at=at, armed_at=None, settled_at=None, repeated=F("repeated") + 1)


def look_again(delivery: int, at: datetime) -> None:
    """Still in doubt; evidence or an editor may settle it."""
    Delivery.objects.filter(pk=delivery, state="in_doubt").update(next_try_at=at)
