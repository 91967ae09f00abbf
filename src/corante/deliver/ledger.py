"""The send ledger's transactions: claim, arm, settle. Nothing else writes a delivery while it is sent.

Rule: every change is a compare-and-set on (row, state, epoch); `armed` is on disk before the final dot is on the
wire; what another process left behind is fenced off by a higher epoch (`afterwards`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from corante.core.delivering import LEASE, RETRY_FOR
from corante.core.lifecycles import DELIVERY, step
from corante.models import Delivery, Edition, Subscriber, Subscription

WAITING = ("pending", "deferred")


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery we hold, and what its letter needs."""

    id: int
    epoch: int
    tries: int
    due_at: datetime
    subscriber: int
    variant: int
    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claim, to be written."""

    claim: Claim
    event: str
    at: datetime
    next_try_at: datetime
    code: int | None = None
    status: str = ""
    reply: str = ""


def claim(edition: int, limit: int, now: datetime) -> list[Claim]:
    """Lease up to `limit` due deliveries, oldest due first, and withdraw those whose reader has gone."""
    with transaction.atomic():
        due = Delivery.objects.filter(edition=edition, state__in=WAITING, next_try_at__lte=now)
        ids = list(due.order_by("next_try_at", "variant_id", "id").values_list("pk", flat=True)[:limit])
        held = Delivery.objects.filter(pk__in=ids, state__in=WAITING)
        held.exclude(_wanted()).update(state=step(DELIVERY, "pending", "withdraw"), settled_at=now)
        held.update(
            state=step(DELIVERY, "pending", "lease"),
            epoch=F("epoch") + 1,
            tries=F("tries") + 1,
            next_try_at=now + LEASE,  # a row that brings the process down is not the first one again
        )
        leased = Delivery.objects.filter(pk__in=ids, state="leased").order_by("variant_id", "id")
        columns = ("pk", "epoch", "tries", "due_at", "subscriber_id", "variant_id")
        rows = leased.values_list(*columns, "subscriber__address", "subscriber__token")
        return [Claim(*row) for row in rows]


def _wanted() -> Exists:
    """The reader still wants this digest."""
    live = Subscription.objects.filter(
        subscriber=OuterRef("subscriber_id"),
        digest=OuterRef("edition__digest_id"),
        ended_at__isnull=True,
        subscriber__state="confirmed",
    )
    return Exists(live)


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
            cursor.executemany(_SETTLE, [_row(each) for each in settled])
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
    cursor.execute(_may(len(ours)), list(ours))
    held = [row for row in cursor.fetchall() if ours[row[0]] == row[1]]
    if gone := [pk for pk, _, wanted, _ in held if not wanted]:
        leased = Delivery.objects.filter(pk__in=gone, state="leased")
        leased.update(state=step(DELIVERY, "leased", "withdraw"), settled_at=now)
    return {pk for pk, _, wanted, edition in held if wanted and edition == "sending"}


@lru_cache(maxsize=64)
def _may(count: int) -> str:
    return _MAY % ", ".join(["%s"] * count)


# Statements of our own, run for each group: Django's would cost more than the sending itself (bench/smtp.py).
_MAY = """
SELECT d.id, d.epoch, EXISTS(
    SELECT 1 FROM corante_subscription s JOIN corante_subscriber r ON r.id = s.subscriber_id
    WHERE s.subscriber_id = d.subscriber_id AND s.digest_id = e.digest_id AND s.ended_at IS NULL
    AND r.state = 'confirmed'
), e.state
FROM corante_delivery d JOIN corante_edition e ON e.id = d.edition_id
WHERE d.state = 'leased' AND d.id IN (%s)
"""
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


def _row(one: Settlement) -> tuple[str | int | None, ...]:
    open_again = one.event in ("release", "defer")
    after_the_dot = one.event in ("accept", "doubt")
    return (
        step(DELIVERY, "leased" if one.event == "release" else "armed", one.event),
        None if open_again else _at(one.at),
        _at(one.next_try_at),
        "open" if open_again else "settled",
        one.code,
        one.status[:12],
        one.reply[:500],
        one.claim.id,
        one.claim.epoch,
        "armed" if after_the_dot else "leased",
    )


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
