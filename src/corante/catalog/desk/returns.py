"""What came back, as the desk shows it: counts by kind, domains that refuse us, the last returns with their readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F

from corante.models import Bounce, Postbox, Standstill, Subscriber

OVER = timedelta(days=30)
SHOWN = 100
_MEANS = {
    "hard": "address is dead: suppressed",
    "soft": "may pass: counted",
    "policy": "they refuse us: nobody is suppressed",
    "complaint": "reported as spam: suppressed",
}


@dataclass(frozen=True)
class Returned:
    """One return."""

    at: datetime
    kind: str
    means: str
    status: str
    words: str
    source: str
    letter: str
    reader: int
    address: str
    suppressed: bool


def counts(now: datetime) -> list[tuple[str, str, int]]:
    """(kind, what it means, how many) of the last 30 days."""
    rows = Bounce.objects.filter(at__gt=now - OVER).order_by().values_list("kind").annotate(n=Count("pk"))
    found = dict(rows)
    return [(kind, means, found.get(kind, 0)) for kind, means in _MEANS.items()]


def standstills(now: datetime) -> list[Standstill]:
    """Domains that stand still now, the longest first."""
    return list(Standstill.objects.filter(until__gt=now).order_by("-until"))


def postbox() -> Postbox | None:
    """The mailbox that was looked at last; one that never was comes after all others."""
    return Postbox.objects.order_by(F("looked_at").desc(nulls_last=True)).first()


def latest(now: datetime) -> list[Returned]:
    """The newest returns of the last 30 days."""
    rows = Bounce.objects.filter(at__gt=now - OVER).order_by("-at", "-pk")
    rows = rows.select_related("subscriber", "delivery__subscriber", "delivery__edition__digest")
    return [_line(row) for row in rows[:SHOWN]]


def _line(row: Bounce) -> Returned:
    reader: Subscriber | None = row.subscriber or (row.delivery.subscriber if row.delivery else None)
    edition = row.delivery.edition if row.delivery else None
    return Returned(
        at=row.at,
        kind=row.kind,
        means=_MEANS.get(row.kind, ""),
        status=row.status,
        words=row.detail,
        source=row.source or "mail",
        letter=f"{edition.digest.name}, {edition.date:%-d %b}" if edition else "the letter that asks back",
        reader=reader.pk if reader else 0,
        address=reader.address if reader and reader.address else "(deleted)",
        suppressed=bool(reader and reader.state == "suppressed"),
    )
