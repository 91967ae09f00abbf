"""What returns stop: a domain that refuses us, or the whole site when too many readers complain.

Rule: a refusal of *us* takes nobody off the list; it makes us wait, longer each time, and tells the operator. Only an
operator's word (`corante doctor --send-anyway`) ends a stop for complaints.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from corante.catalog.outgoing import settled_since
from corante.core.settling import COMPLAINTS_OVER, STANDSTILL_REMEMBERED, complaint_level, standstill
from corante.models import Bounce, Delivery, Edition, Instance, Standstill


@dataclass(frozen=True)
class Complaints:
    """Complaints of the last 30 days, the letters they are out of, and what that calls for."""

    count: int
    letters: int
    fresh: int  # since an operator last said that sending is in order
    level: str  # "", alarm, pause

    def __str__(self) -> str:
        share = f"{100 * self.count / self.letters:.2f} %" if self.letters else "no letters to compare with"
        word = "complaint" if self.count == 1 else "complaints"
        return f"{self.count} {word} out of {self.letters:,} letters in 30 days ({share})"


def stand_still(domain: str, why: str, now: datetime) -> None:
    """Leave a domain's readers alone for a while; refusals within one wait count as one."""
    if not domain:
        return
    with transaction.atomic():
        row = Standstill.objects.select_for_update().filter(domain=domain).first()
        if row and row.until > now:
            return
        again = row is not None and now - row.until < STANDSTILL_REMEMBERED
        times = row.times + 1 if row and again else 1
        values = {"at": now, "until": now + standstill(times), "times": times, "why": why[:500]}
        Standstill.objects.update_or_create(domain=domain, defaults=values)
    until = now + standstill(times)
    _waiting(domain).filter(next_try_at__lt=until).update(next_try_at=until)


def lift(domain: str, now: datetime) -> bool:
    """Write to a domain again, on an operator's word; whether it stood still. Nobody's letter comes before its hour."""
    gone, _ = Standstill.objects.filter(domain=domain).delete()
    waiting = _waiting(domain)
    waiting.filter(due_at__gt=now).update(next_try_at=F("due_at"))
    waiting.filter(due_at__lte=now, next_try_at__gt=now).update(next_try_at=now)
    return bool(gone)


def _waiting(domain: str) -> QuerySet[Delivery]:
    """Letters to a domain's readers that have not left."""
    return Delivery.objects.filter(state__in=("pending", "deferred"), subscriber__address__iendswith="@" + domain)


def complaints(now: datetime) -> Complaints:
    """How it stands."""
    row = Instance.objects.order_by("pk").first()
    return count_complaints(now, now - COMPLAINTS_OVER, row.sending_ok_at if row else None)


def count_complaints(now: datetime, since: datetime, vouched: datetime | None) -> Complaints:
    """Complaints and letters since then; what an operator has answered for already stops nothing again."""
    rows = Bounce.objects.filter(kind="complaint", at__gt=since, at__lte=now)
    letters = settled_since(since, ("accepted",))
    fresh = rows.filter(at__gt=vouched).count() if vouched else rows.count()
    level = complaint_level(rows.count(), letters)
    if level == "pause" and complaint_level(fresh, letters) != "pause":
        level = "alarm"
    return Complaints(rows.count(), letters, fresh, level)


def halt(found: Complaints, now: datetime) -> None:
    """At 0.3 % nothing more leaves: what runs is paused, what would start is held."""
    if found.level != "pause":
        return
    why = (
        f"{found}: at 0.3 % mailbox providers close the door. Find out why readers complain, then go on with "
        "`corante doctor --send-anyway`."
    )
    Instance.objects.filter(held_why="").update(held_why=why[:500])
    for edition in Edition.objects.filter(state="sending"):
        edition.pause(why[:500], now)
        changed = Edition.objects.filter(pk=edition.pk, state="sending")
        changed.update(state=edition.state, state_why=edition.state_why, paused_at=edition.paused_at)
