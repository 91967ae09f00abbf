"""How much of an edition is taken up next: a portion, as long as the edition still may and the limits allow.

Rule: the breaker judges once, by the first 200 letters; a new sender's daily allowance is counted in the ledger,
over all editions, so that a restart spends nothing twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from functools import lru_cache

from django.conf import settings

from corante.catalog import outgoing
from corante.core.delivering import BREAKER_AFTER, breaker_trips
from corante.core.pacing import Limits, Pace, allowance
from corante.core.work import Clock
from corante.models import Delivery, Edition

from . import ledger
from .resting import Rest

PORTION = 500
_TRIED = ("accepted", "rejected", "armed", "leased")


def pace() -> Pace:
    """This process's pace by the settings; the same one each time, so that editions in turn share a rate."""
    config = settings.CORANTE
    return _pace(Limits(config.smtp_rate, config.domain_rate, config.domain_connections))


@lru_cache(maxsize=1)
def _pace(limits: Limits) -> Pace:
    return Pace(limits)


class Portions:
    """Gives an edition's claims portion by portion. `halted` says why the edition has to pause, `note` why it waits."""

    def __init__(self, edition: Edition, clock: Clock) -> None:
        self.edition, self.clock = edition, clock
        self.halted = self.note = ""
        self._before = self._judged()
        self._rest = Rest(edition.pk)

    def next(self) -> list[ledger.Claim]:
        """The next claims; none when all is sent, the edition stopped, or today's allowance is spent."""
        size = self._not_yet_judged()
        if self.halted or not Edition.objects.filter(pk=self.edition.pk, state="sending").exists():
            return []
        size = min(size, self._allowed_today())
        self._rest.put_off(self.clock())
        return ledger.claim(self.edition.pk, size, self.clock()) if size > 0 else []

    def _not_yet_judged(self) -> int:
        """How many may go before the breaker looks again."""
        if self._before >= BREAKER_AFTER:
            return PORTION
        sent, refused = self._judged(), self._refused()
        if breaker_trips(self._before, sent, refused):
            self.halted = _breaker_words(self.edition.pk, sent, refused)
        self._before = sent
        return PORTION if sent >= BREAKER_AFTER else BREAKER_AFTER - sent

    def _judged(self) -> int:
        """Deliveries sent, though a few may still lack their word; counted no further than the breaker looks."""
        rows = Delivery.objects.filter(edition=self.edition, state__in=_TRIED)
        return len(rows.values_list("pk", flat=True)[: 2 * BREAKER_AFTER])

    def _refused(self) -> int:
        return Delivery.objects.filter(edition=self.edition, state="rejected").count()

    def _allowed_today(self) -> int:
        """Letters a sender that warms up may still send today (UTC); the rest of the edition waits for tomorrow."""
        now, began = self.clock(), settings.CORANTE.warms_from
        whole = allowance(began, now.date()) if began and settings.CORANTE.smtp else None
        if whole is None:
            return PORTION
        today = datetime.combine(now.date(), day_time(), UTC)
        spent = outgoing.in_flight() + outgoing.settled_since(today, ("accepted", "rejected"))
        if spent >= whole:
            ledger.put_off(self.edition.pk, now, today + timedelta(days=1))
            self.note = f"the warm-up allows {whole:,} letters today: the rest goes tomorrow"
        return whole - spent


def _breaker_words(edition: int, sent: int, refused: int) -> str:
    return (
        f"{refused} of the first {sent} letters were refused, more than 5 %: something is wrong with the list "
        "or with how we send. Look at the refusals on the edition's page at the desk; when the cause is mended, "
        f"press Go on there, or run: corante digest release {edition}"
    )
