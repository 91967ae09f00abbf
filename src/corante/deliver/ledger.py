"""The send ledger's transactions: claim, arm, settle, recover. Nothing else writes a delivery while it is sent.

Rule: every change is a compare-and-set on (row, state, epoch); `armed` is on disk before the final dot is on the
wire; one process at a time sends an edition, and what another left behind is fenced off by a higher epoch.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from corante.core.delivering import LEASE, RETRY_FOR
from corante.core.lifecycles import DELIVERY, step
from corante.models import Delivery, Edition, Subscriber, Subscription

_WAITING = ("pending", "deferred")


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Settlement:
    """What became of a claim, to be written."""

    claim: Claim
    event: str
    at: datetime
    next_try_at: datetime
    code: int | None = None
    status: str = ""
    reply: str = ""


@contextmanager
def sole_sender(edition: int) -> Iterator[bool]:
    """Whether we are the one process that sends this edition; the lock dies with the process."""
    if connection.vendor == "postgresql":
        yield from _advisory(edition)
    else:
        yield from _file_lock()


def _advisory(edition: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [0x5E4D, edition])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got and connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [0x5E4D, edition])


def _file_lock() -> Iterator[bool]:
    with open(Path(settings.CORANTE_DIR or ".") / "deliver.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def durable() -> Iterator[None]:
    """Commits within are on disk when they return (SQLite's NORMAL may lose the last ones with the power)."""
    sqlite = connection.vendor == "sqlite" and not connection.in_atomic_block
    if sqlite:
        _pragma("FULL")
    try:
        yield
    finally:
        if sqlite:
            _pragma("NORMAL")


def _pragma(level: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous={level}")


def claim(edition: int, limit: int, now: datetime) -> list[Claim]:
    """Lease up to `limit` due deliveries, oldest due first, and withdraw those whose reader has gone."""
    with transaction.atomic():
        due = Delivery.objects.filter(edition=edition, state__in=_WAITING, next_try_at__lte=now)
        ids = list(due.order_by("next_try_at", "variant_id", "id").values_list("pk", flat=True)[:limit])
        held = Delivery.objects.filter(pk__in=ids, state__in=_WAITING)
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


def settle_and_arm(settled: Sequence[Settlement], arming: Sequence[tuple[Claim, str]], now: datetime) -> set[int]:
    """One commit: write what became of the last letters, and arm the next. Returns the ids that are armed.

    Whoever has left by now is withdrawn instead, and nothing is armed of an edition that stopped.
    """
    with transaction.atomic():
        _write(settled)
        if not arming:
            return set()
        if connection.features.has_select_for_update:
            # Readers' rows are locked first: a leave that was answered before this commit is seen by it.
            # (SQLite has one writer at a time, and this transaction is it.)
            readers = Subscriber.objects.select_for_update().filter(pk__in=[claim.subscriber for claim, _ in arming])
            list(readers.order_by("pk").values_list("pk", flat=True))
        may = _may_be_armed([claim for claim, _ in arming], now)
        _arm([pair for pair in arming if pair[0].id in may], now)
        return may


def _may_be_armed(claims: Sequence[Claim], now: datetime) -> set[int]:
    """Those still ours, wanted by their reader, in an edition that still runs; whoever left is withdrawn."""
    ours = {claim.id: claim.epoch for claim in claims}
    with connection.cursor() as cursor:
        cursor.execute(_MAY % ", ".join(["%s"] * len(ours)), list(ours))
        held = [row for row in cursor.fetchall() if ours[row[0]] == row[1]]
    if gone := [pk for pk, _, wanted, _ in held if not wanted]:
        leased = Delivery.objects.filter(pk__in=gone, state="leased")
        leased.update(state=step(DELIVERY, "leased", "withdraw"), settled_at=now)
    return {pk for pk, _, wanted, edition in held if wanted and edition == "sending"}


# Three statements of our own, run for each group: Django's would cost more than the sending itself (bench/smtp.py).
_MAY = """
SELECT d.id, d.epoch, EXISTS(
    SELECT 1 FROM corante_subscription s JOIN corante_subscriber r ON r.id = s.subscriber_id
    WHERE s.subscriber_id = d.subscriber_id AND s.digest_id = e.digest_id AND s.ended_at IS NULL
    AND r.state = 'confirmed'
), e.state
FROM corante_delivery d JOIN corante_edition e ON e.id = d.edition_id
WHERE d.state = 'leased' AND d.id IN (%s)
"""
_ARM = "UPDATE corante_delivery SET state=%s, armed_at=%s, message_id=%s WHERE id=%s AND epoch=%s AND state=%s"
_SETTLE = (
    "UPDATE corante_delivery SET state=%s, settled_at=%s, next_try_at=%s, "
    "armed_at=CASE WHEN state='armed' AND %s='settled' THEN armed_at END, code=%s, status=%s, reply=%s "
    "WHERE id=%s AND epoch=%s AND state IN (%s, 'armed')"
)


def _arm(arming: Sequence[tuple[Claim, str]], now: datetime) -> None:
    state, at = step(DELIVERY, "leased", "arm"), connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.executemany(_ARM, [(state, at, name, held.id, held.epoch, "leased") for held, name in arming])


def _write(settled: Sequence[Settlement]) -> None:
    if settled:
        with connection.cursor() as cursor:
            cursor.executemany(_SETTLE, [_row(each) for each in settled])


def _row(one: Settlement) -> tuple[str | int | None, ...]:
    at = connection.ops.adapt_datetimefield_value
    open_again = one.event in ("release", "defer")
    after_the_dot = one.event in ("accept", "doubt")
    return (
        step(DELIVERY, "leased" if one.event == "release" else "armed", one.event),
        None if open_again else at(one.at),
        at(one.next_try_at),
        "open" if open_again else "settled",
        one.code,
        one.status[:12],
        one.reply[:500],
        one.claim.id,
        one.claim.epoch,
        "armed" if after_the_dot else "leased",
    )


def let_go(claims: Sequence[Claim], next_try_at: datetime) -> None:
    """Give leases back untouched; the try doesn't count."""
    for one in claims:
        held = Delivery.objects.filter(pk=one.id, state="leased", epoch=one.epoch)
        held.update(state=step(DELIVERY, "leased", "release"), next_try_at=next_try_at, tries=F("tries") - 1)


def put_off(edition: int, now: datetime, until: datetime) -> None:
    """The route is down: nothing of this edition is due before `until`."""
    due = Delivery.objects.filter(edition=edition, state__in=_WAITING, next_try_at__lte=now)
    due.update(next_try_at=until)


def expire(edition: int, now: datetime) -> int:
    """Give up what was tried for 48 hours: since it was due, or since the edition started if that was later."""
    since = now - RETRY_FOR
    late = Delivery.objects.filter(edition=edition, state__in=_WAITING, due_at__lte=since)
    late = late.filter(edition__in=Edition.objects.filter(started_at__lte=since))
    return late.update(state=step(DELIVERY, "deferred", "expire"), settled_at=now)


def leases_left(edition: int, now: datetime) -> None:
    """Leased by a process that is gone: the server has nothing of them, so they are simply due again."""
    left = Delivery.objects.filter(edition=edition, state="leased")
    left.update(state=step(DELIVERY, "leased", "release"), epoch=F("epoch") + 1, next_try_at=now)


def found(delivery: int, now: datetime) -> None:
    """Evidence says the server took it."""
    held = Delivery.objects.filter(pk=delivery, state__in=("armed", "in_doubt"))
    state = step(DELIVERY, "armed", "accept")
    held.update(state=state, epoch=F("epoch") + 1, settled_at=now, reply="found at the mail server after a stop")


def not_found(delivery: int, now: datetime) -> None:
    """Evidence says the server never took it: due again, and no repeat."""
    held = Delivery.objects.filter(pk=delivery, state__in=("armed", "in_doubt"))
    state = step(DELIVERY, step(DELIVERY, "armed", "doubt"), "resend")
    held.update(state=state, epoch=F("epoch") + 1, next_try_at=now, armed_at=None, settled_at=None)


def doubt(delivery: int, now: datetime, why: str) -> None:
    """Nobody can say whether the server took it."""
    held = Delivery.objects.filter(pk=delivery, state="armed")
    state = step(DELIVERY, "armed", "doubt")
    held.update(state=state, epoch=F("epoch") + 1, settled_at=now, next_try_at=now, reply=why)


def repeat(delivery: int, at: datetime) -> None:
    """Send a doubtful letter again, byte-identical; listed by name through `repeated`."""
    held = Delivery.objects.filter(pk=delivery, state="in_doubt")
    state = step(DELIVERY, "in_doubt", "resend")
    held.update(state=state, next_try_at=at, armed_at=None, settled_at=None, repeated=F("repeated") + 1)


def look_again(delivery: int, at: datetime) -> None:
    """Still in doubt; evidence or an editor may settle it."""
    Delivery.objects.filter(pk=delivery, state__in=("armed", "in_doubt")).update(next_try_at=at)
