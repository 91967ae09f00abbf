"""What the health page no longer asks for: fetches older than two weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

from corante.models import Fetch

KEPT = timedelta(days=14)
AT_ONCE = 5_000


def thin(now: datetime) -> int:
    """Forget old fetches, so many in one transaction; returns how many went. Safe to repeat and to stop anywhere."""
    gone = 0
    while ids := list(Fetch.objects.filter(at__lt=now - KEPT).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        gone += Fetch.objects.filter(pk__in=ids).delete()[0]
    return gone
