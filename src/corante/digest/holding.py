"""What becomes of an edition that waits: held, released, resumed after a pause, or folded into the next.

Rule: a folded edition gives its items up, so that the next takes the stories; its deliveries expire, so that the
accounts still add up. Every change is made on the locked row, since the sender may be starting it at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from corante.core.lifecycles import NotAllowed
from corante.core.timetable import JUMP
from corante.models import Delivery, Digest, Dirty, Edition, Scope

from .freezing import close_unread

WAITING = ("frozen", "held")


def hold(edition: int, why: str, now: datetime) -> Edition:
    """Keep a frozen edition from starting. Raises NotAllowed once it has started."""
    with transaction.atomic():
        row = Edition.objects.select_for_update().get(pk=edition)
        row.hold(why)
        row.save(update_fields=["state", "state_why"])
        Dirty.mark("edition", [edition], "held", now)
        return row


def release(edition: int, now: datetime) -> Edition:
    """Let a held edition go, or one that was paused while it was sent go on. Raises NotAllowed when it does not wait.

    A held one whose time is over is refused as well; a started one is tried for its 48 hours.
    """
    with transaction.atomic():
        row = Edition.objects.select_for_update().get(pk=edition)
        if row.state == "paused":
            row.resume(now)
        else:
            _let_go(row, now)
        row.save()
        Dirty.mark("edition", [edition], "released", now)
        return row


def late(now: datetime) -> Iterable[int]:
    """Digests with an edition that may no longer start, or with a slot or topic of a future the clock took back."""
    waiting = Edition.objects.filter(state__in=WAITING, deadline_at__lt=now).values_list("digest_id", flat=True)
    ahead = Digest.objects.filter(retired_at__isnull=True, last_slot_at__gt=now + JUMP).values_list("pk", flat=True)
    return {*waiting, *ahead, *_unbegun(now).values_list("digest_id", flat=True)}


def fold_late(digest: Digest, now: datetime) -> int:
    """Fold this digest's editions that may no longer start, and those of a future that turned out not to be."""
    ahead = digest.last_slot_at is not None and digest.last_slot_at > now + JUMP
    over = Q(deadline_at__lt=now) | Q(slot_at__gt=now + JUMP)
    numbers = list(Edition.objects.filter(over, digest=digest, state__in=WAITING).values_list("pk", flat=True))
    folded = sum(_fold(number, now) for number in numbers)
    _unbegun(now).filter(digest=digest).update(since=now)
    if ahead:
        Digest.objects.filter(pk=digest.pk).update(last_slot_at=now)
        digest.last_slot_at = now
    return folded


def _unbegun(now: datetime) -> QuerySet[Scope]:
    """Topics that began in a future the clock took back: until then all their stories would pass for archive."""
    return Scope.objects.filter(since__gt=now, digest__retired_at__isnull=True)


def _let_go(row: Edition, now: datetime) -> None:
    if row.state == "held" and row.deadline_at < now:
        raise NotAllowed(
            f"its time was over at {row.deadline_at:%H:%M} UTC on {row.deadline_at:%d %B}:"
            " its stories go into the next edition"
        )
    row.release()
    if not row.recipients:
        close_unread(row, now)


def _fold(number: int, now: datetime) -> bool:
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(pk=number)
        if edition.state not in WAITING:
            return False
        edition.fold("It had not started 12 hours after its slot: its stories go into the next edition.")
        edition.save(update_fields=["state", "state_why"])
        edition.items.all().delete()
        for delivery in Delivery.objects.filter(edition=edition, state="pending"):
            delivery.settle("expire", now, reply="folded into the next edition")
            delivery.save(update_fields=["state", "settled_at", "code", "reply", "status"])
        Dirty.mark("edition", [number], "folded", now)
        return True
