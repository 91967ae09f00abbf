"""What a person decides of a letter whose fate the mail server hid: it arrived, or it is sent again.

Rule: only a delivery in doubt can be settled so; done again, it changes nothing. That it arrived can be said at any
time; sent again it is for as long as a letter is tried, also after its edition was closed, which opens for it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from corante.core.delivering import tried_until
from corante.core.lifecycles import DELIVERY, step
from corante.models import Delivery, Edition

from . import afterwards

_TOLD = "an editor knows that it arrived"
SETTLED = "It is not in doubt any more: nothing changed."
TOO_LATE = (
    "It is too late to send it again: 48 hours after it was due (or its edition started) a letter is given up. "
    "If its reader has it, say that it arrived; else it stays listed as in doubt."
)


def doubtful(edition: int | None = None) -> list[Delivery]:
    """Deliveries in doubt, with edition and reader, oldest first; of one edition or of all."""
    rows = Delivery.objects.filter(state="in_doubt").select_related("edition__digest", "subscriber")
    return list((rows.filter(edition=edition) if edition is not None else rows).order_by("pk"))


def it_arrived(delivery: int, now: datetime) -> str:
    """Settle it as accepted. Returns why nothing changed; empty when it is done."""
    held = Delivery.objects.filter(pk=delivery, state="in_doubt")
    state = step(DELIVERY, "in_doubt", "accept")
    return "" if held.update(state=state, epoch=F("epoch") + 1, settled_at=now, reply=_TOLD) else SETTLED


def send_again(delivery: int, now: datetime) -> str:
    """Send it once more, byte-identical. Returns why nothing changed; empty when it is done."""
    with transaction.atomic():
        # The edition first: it closes under the same lock, and a closed one sends nothing.
        edition = Edition.objects.select_for_update().filter(deliveries=delivery).first()
        row = Delivery.objects.filter(pk=delivery, state="in_doubt").first()
        if edition is None or row is None:
            return SETTLED
        if not may_go_again(edition, row.due_at, now):
            return TOO_LATE
        if edition.state == "closed":
            edition.reopen()
            edition.save(update_fields=["state", "closed_at"])
        afterwards.repeat(row.pk, now)
    return ""


def may_go_again(edition: Edition, due_at: datetime, now: datetime) -> bool:
    """Whether a letter of this edition, due then, is still tried."""
    return now < tried_until(due_at, edition.started_at, edition.paused_s)
