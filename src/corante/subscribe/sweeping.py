"""Forgetting by rule: unconfirmed addresses after seven days, networks after one, idle counters after one."""

from __future__ import annotations

from datetime import datetime

from corante.core.signup import FORGET_AFTER, NETWORK_KEPT
from corante.core.work import Tally
from corante.models import Bucket, Consent, Subscriber

from .pressure import OVER


def sweep(now: datetime) -> Tally:
    """Forget what is past its time. Cheap and safe to repeat; once an hour is plenty.

    The row of an unconfirmed address stays without the address, by its keyed hash: three letters ever means ever.
    """
    stale = Subscriber.objects.filter(state="pending", asked_at__lt=now - FORGET_AFTER).exclude(address="")
    forgotten = stale.update(address="", confirmation_due=False)
    Consent.objects.filter(at__lt=now - NETWORK_KEPT).exclude(network="").update(network="")
    Bucket.objects.filter(at__lt=now - NETWORK_KEPT).exclude(key__startswith="h:").delete()
    Bucket.objects.filter(at__lt=now - OVER, key__startswith="h:").delete()
    return Tally(done=forgotten)
