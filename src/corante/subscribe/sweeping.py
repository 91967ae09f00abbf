"""Forgetting by rule, once an hour: the table in docs/operate/readers.md, line by line.

Rule: what is needed to keep a promise stays without its person: a keyed hash, so that nobody is written to again whom we
must not write to, and the numbers of past editions. Cheap and safe to repeat.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q

from corante.core.signup import DETAIL_KEPT, FORGET_AFTER, LEFT_KEPT, NETWORK_KEPT, SUPPRESSED_KEPT
from corante.core.work import Tally
from corante.models import Ask, Bounce, Bucket, Choice, Consent, Delivery, Standstill, Subscriber, Turn

from .pressure import OVER

AT_ONCE: Final = 5_000
MOST: Final = 100_000
"""Letters an hour whose server's words are forgotten; the rest an hour later."""
_NOTHING: Final = {
    "address": "", "language": "", "time_zone": "", "hour": None, "confirmation_due": False,
}  # fmt: skip


def sweep(now: datetime) -> Tally:
    """Forget what is past its time."""
    forgotten = _people(now)
    _details(now)
    _counters(now)
    return Tally(done=forgotten)


def _people(now: datetime) -> int:
    """Addresses: never confirmed 7 days, left 30, dead or complained a year. Their consents lose their places."""
    late = (
        Q(state="pending", asked_at__lt=now - FORGET_AFTER)
        | Q(state="left", ended_at__lt=now - LEFT_KEPT)
        | Q(state="suppressed", ended_at__lt=now - SUPPRESSED_KEPT)
    )
    rows = Subscriber.objects.filter(late).exclude(address="")
    ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    Consent.objects.filter(subscriber__in=ids).exclude(kind="suppressed").update(page="")
    Choice.objects.filter(subscription__subscriber__in=ids).exclude(until=None).delete()
    return Subscriber.objects.filter(pk__in=ids).update(**_NOTHING)


def _details(now: datetime) -> None:
    """What servers said of one reader's letter; that it was sent, and what became of it, stays in the numbers."""
    old = now - DETAIL_KEPT
    # Found first and written after: looking through all deliveries holds no lock that senders wait for.
    told = list(Delivery.objects.filter(settled_at__lt=old).exclude(reply="").values_list("pk", flat=True)[:MOST])
    for at in range(0, len(told), AT_ONCE):
        Delivery.objects.filter(pk__in=told[at : at + AT_ONCE]).update(reply="")
    Bounce.objects.filter(at__lt=old).exclude(detail="").update(detail="")
    Standstill.objects.filter(until__lt=old).delete()


def _counters(now: datetime) -> None:
    old = now - NETWORK_KEPT
    Consent.objects.filter(at__lt=old).exclude(network="").update(network="")
    Turn.objects.filter(free_at__lt=old).delete()
    Ask.objects.filter(at__lt=old).delete()  # a worker that was away for a day: they may ask again
    Bucket.objects.filter(at__lt=old).exclude(key__startswith="h:").delete()
    Bucket.objects.filter(at__lt=now - OVER, key__startswith="h:").delete()
