"""Readers whose mail provider refuses us are passed over until its standstill ends.

Rule: the waiting is no failure: the delivery stays as it was, only later. A standstill that begins in the middle of an
edition counts from the next batch.
"""

from __future__ import annotations

from datetime import datetime

from corante.core.lifecycles import DELIVERY
from corante.models import Delivery, Standstill

_WAITING = tuple(state for state, events in DELIVERY.items() if "lease" in events)


class Rest:
    """Puts off, once for each domain and run, what is due of an edition."""

    def __init__(self, edition: int) -> None:
        self.edition = edition
        self._known: set[str] = set()

    def put_off(self, now: datetime) -> int:
        """How many letters wait for their domain."""
        count = 0
        for domain, until in Standstill.in_force(now).items():
            if domain not in self._known:
                self._known.add(domain)
                due = Delivery.objects.filter(edition=self.edition, state__in=_WAITING, next_try_at__lt=until)
                count += due.filter(subscriber__address__iendswith="@" + domain).update(next_try_at=until)
        return count
