"""How many letters went out since some moment, over all editions.

Rule: counted by edition, since a delivery is found by its edition and state: an edition that began later counts whole,
one that ended earlier not at all, and only of one that was under way at that moment are letters looked at one by one.
So an old archive costs nothing, and sending writes no index for this.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from corante.models import Delivery, Edition


def settled_since(since: datetime, states: Collection[str]) -> int:
    """Deliveries that came to one of these settled states since then."""
    live = Edition.objects.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=since)).exclude(state="folded")
    later = Q(started_at__gte=since)
    rows = Delivery.objects.filter(state__in=states)
    whole = rows.filter(edition__in=live.filter(later))
    partly = rows.filter(edition__in=live.exclude(later), settled_at__gte=since)
    return whole.count() + partly.count()


def in_flight() -> int:
    """Deliveries somebody holds to send them now."""
    under_way = Edition.objects.filter(state__in=("sending", "paused"))
    return Delivery.objects.filter(edition__in=under_way, state__in=("leased", "armed")).count()
