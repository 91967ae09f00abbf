"""What a person decides of a letter whose fate the mail server hid: it arrived, or it is sent again.

Rule: only a delivery in doubt can be settled so; done again, it changes nothing. A closed edition sends nothing more.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from corante.core.lifecycles import DELIVERY, step
from corante.models import Delivery

from . import afterwards

_TOLD = "an editor knows that it arrived"


def doubtful(edition: int | None = None) -> list[Delivery]:
    """Deliveries in doubt, with edition and reader, oldest first; of one edition or of all."""
    rows = Delivery.objects.filter(state="in_doubt").select_related("edition__digest", "subscriber")
    return list((rows.filter(edition=edition) if edition is not None else rows).order_by("pk"))


def it_arrived(delivery: int, now: datetime) -> bool:
    """Settle it as accepted; whether it was in doubt."""
    held = Delivery.objects.filter(pk=delivery, state="in_doubt")
    state = step(DELIVERY, "in_doubt", "accept")
    return bool(held.update(state=state, epoch=F("epoch") + 1, settled_at=now, reply=_TOLD))


def send_again(delivery: int, now: datetime) -> bool:
    """Send it once more, byte-identical; whether it was in doubt and its edition is still under way."""
    under_way = Delivery.objects.filter(pk=delivery, state="in_doubt", edition__state__in=("sending", "paused"))
    may = under_way.exists()
    if may:
        afterwards.repeat(delivery, now)
    return may
