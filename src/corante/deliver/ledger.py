"""The send ledger's transactions: claim, arm, settle. Nothing else writes a delivery while it is sent.

Rule: every change is a compare-and-set on (row, state, epoch); `armed` is on disk before the final dot is on the
wire; what another process left behind is fenced off by a higher epoch (`afterwards`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction

from corante.core.delivering import LEASE, RETRY_FOR
from corante.core.lifecycles import DELIVERY, step
from corante.models import Delivery, Edition, Subscriber

WAITING = ("pending", "deferred")


class Claim(NamedTuple):  # a tuple, as the settlement: made for every letter
    """One delivery we hold, and what its letter needs."""

    id: int
    epoch: int
    tries: int
    due_at: datetime
    subscriber: int
    variant: int
    address: str
    token: str


class Settlement(NamedTuple):
    """What became of a claim, to be written."""

    claim: Claim
    event: str
    next_try_at: datetime | None = None  # None: it is settled, and no more tried
    code: int | None = None
    status: str = ""
    reply: str = ""


def claim(edition: int, limit: int, now: datetime) -> list[Claim]:
    """Lease up to `limit` due deliveries, oldest due first, and withdraw those whose reader has gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        due = Delivery.objects.filter(edition=edition, state__in=WAITING, next_try_at__lte=now)
        ids = list(due.order_by("next_try_at", "variant_id", "id").values_list("pk", flat=True)[:limit])
        if not ids:
            return []
        cursor.execute(_over(_WITHDRAW, len(ids)), [_at(now), *ids])
        # Tried again later than any lease: a row that brings the process down is not the first one again.
        cursor.execute(_over(_LEASE, len(ids)), [_at(now + LEASE), *ids])
        cursor.execute(_over(_LEASED, len(ids)), ids)
        return [Claim(pk, epoch, tries, _when(due_at), *rest) for pk, epoch, tries, due_at, *rest in cursor.fetchall()]


def settle_and_arm(
    settled: Sequence[Settlement],
    back: Sequence[tuple[Claim, datetime]],
    arming: Sequence[tuple[Claim, str]],
    now: datetime,
) -> set[int]:
    """One commit: what became of the last letters, which go back until when, and which are armed. Returns the armed.

    Whoever has left by now is withdrawn instead, and nothing is armed of an edition that stopped.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if settled:
            cursor.executemany(_SETTLE, [_row(each, now) for each in settled])
        if back:  # whose dot was never written; the try doesn't count
            state = step(DELIVERY, "leased", "release")
            cursor.executemany(_LET_GO, [(state, _at(at), held.id, held.epoch) for held, at in back])
        if not arming:
            return set()
        may = _may_be_armed(cursor, [claim for claim, _ in arming], now)
        rows = [("armed", _at(now), name, held.id, held.epoch) for held, name in arming if held.id in may]
        if rows:
            cursor.executemany(_ARM, rows)
        return may


def _may_be_armed(cursor: Any, claims: Sequence[Claim], now: datetime) -> set[int]:
    """Those still ours, wanted by their reader, in an edition that still runs; whoever left is withdrawn."""
    if connection.features.has_select_for_update:
        # Readers' rows are locked first: a leave that was answered before this commit is seen by it.
        # (SQLite has one writer at a time, and this transaction is it.)
        readers = Subscriber.objects.select_for_update().filter(pk__in=[claim.subscriber for claim in claims])
        list(readers.order_by("pk").values_list("pk", flat=True))
    ours = {claim.id: claim.epoch for claim in claims}
    cursor.execute(_over(_MAY, len(ours)), list(ours))
    held = [row for row in cursor.fetchall() if ours[row[0]] == row[1]]
    if gone := [pk for pk, _, wanted, _ in held if not wanted]:
        leased = Delivery.objects.filter(pk__in=gone, state="leased")
        leased.update(state=step(DELIVERY, "leased", "withdraw"), settled_at=now)
    return {pk for pk, _, wanted, edition in held if wanted and edition == "sending"}


@lru_cache(maxsize=64)
def _over(statement: str, count: int) -> str:
    return statement % ", ".join(["%s"] * count)


# Statements of our own, run for each group: Django's would cost more than the sending itself (bench/smtp.py).
# OFFSET keeps PostgreSQL from making a join of the question: with no statistics yet (a list just imported) it chose one
# that grows with the cube of the readers; so each row asks by index.
_WANTED = """EXISTS(
    SELECT 1 FROM corante_subscription s JOIN corante_subscriber r ON r.id = s.subscriber_id
    JOIN corante_edition n ON n.digest_id = s.digest_id
    WHERE s.subscriber_id = corante_delivery.subscriber_id AND n.id = corante_delivery.edition_id
    AND s.ended_at IS NULL AND r.state = 'confirmed'
    LIMIT 1 OFFSET 0
)"""
_WITHDRAW = """
UPDATE corante_delivery SET state = 'withdrawn', settled_at = %%s
WHERE id IN (%s) AND state IN ('pending', 'deferred') AND NOT $wanted
""".replace("$wanted", _WANTED)
_LEASE = """
UPDATE corante_delivery SET state = 'leased', epoch = epoch + 1, tries = tries + 1, next_try_at = %%s
WHERE id IN (%s) AND state IN ('pending', 'deferred')
"""
_LEASED = """
SELECT d.id, d.epoch, d.tries, d.due_at, d.subscriber_id, d.variant_id, r.address, r.token
FROM corante_delivery d JOIN corante_subscriber r ON r.id = d.subscriber_id
WHERE d.id IN (%s) AND d.state = 'leased' ORDER BY d.variant_id, d.id
"""
_MAY = """
SELECT corante_delivery.id, epoch, $wanted, e.state
FROM corante_delivery JOIN corante_edition e ON e.id = edition_id
WHERE corante_delivery.state = 'leased' AND corante_delivery.id IN (%s)
""".replace("$wanted", _WANTED)
_ARM = "UPDATE corante_delivery SET state=%s, armed_at=%s, message_id=%s WHERE id=%s AND epoch=%s AND state = 'leased'"
_SETTLE = (
    "UPDATE corante_delivery SET state=%s, settled_at=%s, next_try_at=%s, "
    "armed_at=CASE WHEN state='armed' AND %s='settled' THEN armed_at END, code=%s, status=%s, reply=%s "
    "WHERE id=%s AND epoch=%s AND state IN (%s, 'armed')"
)
# Also from `armed`: a commit that seemed to fail may have arrived, and we alone know that no dot followed.
_LET_GO = (
    "UPDATE corante_delivery SET state=%s, next_try_at=%s, armed_at=NULL, tries=tries-1 "
    "WHERE id=%s AND epoch=%s AND state IN ('leased', 'armed')"
)


@lru_cache(maxsize=8)
def _at(moment: datetime) -> Any:
    """A time as the database takes it; a group shares a few."""
    return connection.ops.adapt_datetimefield_value(moment)


def _when(value: datetime) -> datetime:
    """A time as the database gives it: SQLite in UTC without saying so."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _row(one: Settlement, now: datetime) -> tuple[str | int | None, ...]:
    state, settled, held = _course(one.event)
    return (
        state,
        _at(now) if settled else None,
        _at(one.next_try_at or now),
        "settled" if settled else "open",
        one.code,
        one.status[:12],
        one.reply[:500],
        one.claim.id,
        one.claim.epoch,
        held,
    )


@lru_cache(maxsize=8)
def _course(event: str) -> tuple[str, bool, str]:
    """The state an event leads to, whether that settles it, and in which state, but for armed, it may find the row."""
    state = step(DELIVERY, "leased" if event == "release" else "armed", event)
    return state, event not in ("release", "defer"), "armed" if event in ("accept", "doubt") else "leased"


def put_off(edition: int, now: datetime, until: datetime) -> None:
    """The route is down, or has carried what it may: nothing of this edition is due before `until`."""
    due = Delivery.objects.filter(edition=edition, state__in=WAITING, next_try_at__lte=now)
    due.update(next_try_at=until)


def expire(edition: Edition, now: datetime) -> int:
    """Give up what was tried for 48 hours: since it was due, or since the edition started if that was later.

    Pauses of the edition count for nobody.
    """
    since = now - RETRY_FOR - timedelta(seconds=edition.paused_s)
    if edition.started_at is None or edition.started_at > since:
        return 0
    late = Delivery.objects.filter(edition=edition, state__in=WAITING, due_at__lte=since)
    return late.update(state=step(DELIVERY, "deferred", "expire"), settled_at=now)
