"""The pace of all workers together, where more than one may send: on PostgreSQL. (SQLite has one sender at a time.)

    rates    a row for the route and one for each domain say when the next letter may leave
    at once  a domain has as many locks as connections it may see; a lock dies with the process that holds it

Rule: this process's own pace is asked first, since it costs nothing; what another worker took is remembered for as long
as it lasts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from zlib import crc32

from django.db import InterfaceError, OperationalError, connection, transaction

from corante.core.pacing import Pace
from corante.core.work import Clock
from corante.models import Turn

_SPACE = 0x5E4E  # of our advisory locks: connections to a domain
_LOOK = 0.25
"""Seconds before a domain whose connections are all taken is asked for again."""


class Turns:
    """Asked as a Pace is; says yes only when all workers together may send one more."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self.limits = pace.limits
        self._pace, self._clock = pace, clock
        self._not_before: dict[str, float] = {}
        self._slots: dict[str, set[int]] = {}

    def take(self, domain: str, busy: Mapping[str, int], now: float) -> bool:
        """Whether a letter to this domain may leave now; if so, it counts. `busy`: this process's connections."""
        self._let_go(busy)
        if self._told(domain, now) > 0 or not self._pace.may(domain, busy, now):
            return False
        if not self._has_slot(domain, busy.get(domain, 0)):
            self._not_before[domain] = now + _LOOK
            return False
        for name, wait in self._asked(domain).items():
            self._not_before[name] = now + wait
        return self._told(domain, now) <= 0 and self._pace.take(domain, busy, now)

    def wait(self, domains: Iterable[str], now: float) -> float:
        """Seconds until a letter to one of these may leave, as far as is known."""
        return min((max(self._pace.wait([each], now), self._told(each, now)) for each in domains), default=0.0)

    def part(self) -> None:
        """Leave all connections to others; a database that is away has let go of them by itself."""
        with suppress(OperationalError, InterfaceError):
            self._let_go({})

    def _told(self, domain: str, now: float) -> float:
        """Seconds to wait for what others took."""
        return max(self._not_before.get(name, now) - now for name in ("", domain))

    def _asked(self, domain: str) -> dict[str, float]:
        """Take the next turn of route and domain, both or neither; which of them has to wait, and how many seconds."""
        every = {name: 60 / rate for name, rate in self._pace.rates(domain)}
        if not every:
            return {}
        now = self._clock()
        with transaction.atomic():
            Turn.objects.bulk_create([Turn(domain=name, free_at=now) for name in every], ignore_conflicts=True)
            rows = list(Turn.objects.select_for_update().filter(pk__in=every).order_by("pk"))
            # A row further ahead than one turn is of a clock that was wrong.
            waits = {row.pk: min((row.free_at - now).total_seconds(), every[row.pk]) for row in rows}
            late = {name: wait for name, wait in waits.items() if wait > 0}
            for name in every if not late else ():
                Turn.objects.filter(pk=name).update(free_at=now + timedelta(seconds=every[name]))
        return late

    def _has_slot(self, domain: str, carried: int) -> bool:
        """Whether one more of the domain's connections is ours, or becomes it."""
        if not self.limits.domain_at_once:
            return True
        held = self._slots.setdefault(domain, set())
        free = (slot for slot in range(self.limits.domain_at_once) if slot not in held)
        if carried < len(held):
            return True
        got = next((slot for slot in free if _ask("pg_try_advisory_lock", domain, slot)), None)
        if got is not None:
            held.add(got)
        return got is not None

    def _let_go(self, busy: Mapping[str, int]) -> None:
        """Connections we use no more are others'."""
        for domain, held in list(self._slots.items()):
            while len(held) > busy.get(domain, 0):
                _ask("pg_advisory_unlock", domain, held.pop())
            if not held:
                del self._slots[domain]


Paced = Pace | Turns


@contextmanager
def shared(pace: Pace) -> Iterator[Paced]:
    """The pace as all workers keep it, while an edition is sent."""
    if not pace.limits or connection.vendor != "postgresql":
        yield pace
        return
    turns = Turns(pace, _databases_clock)
    try:
        yield turns
    finally:
        turns.part()


def _databases_clock() -> datetime:
    """One clock for all workers, wherever they run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def _ask(function: str, domain: str, slot: int) -> bool:
    key = crc32(f"{domain}/{slot}".encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_SPACE, key])
        return bool(cursor.fetchone()[0])
