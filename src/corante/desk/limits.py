"""How often a login may be tried: by account in a network, by network, and by account from everywhere; as keyed
hashes, for a day.

Rule: failures slow down whoever fails, never the person whose name is being tried: it takes a hundred failures from
several networks before an account waits for everyone. A browser that signed in to an account before carries a signed
mark and is counted by that mark alone, so no stranger's tries, not even from behind the same proxy, lock an editor out.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest

from corante.core.addresses import asker, neighbourhood
from corante.models import Attempt

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_NETWORK = 30
EVERYWHERE = 100
LONGEST = timedelta(minutes=2)
KEPT = timedelta(days=1)


def keys(name: str, network: str, mark: str = "") -> list[tuple[str, int]]:
    """What this try counts against: (key, how many failures are free)."""
    if mark:
        return [(_key(f"mark:{mark}"), PER_ACCOUNT)]
    account = name.casefold().strip()
    return [
        (_key(f"account:{account}|{network}"), PER_ACCOUNT),
        (_key(f"network:{network}"), PER_NETWORK),
        (_key(f"everywhere:{account}"), EVERYWHERE),
    ]


def wait(tries: Sequence[tuple[str, int]], now: datetime) -> timedelta:
    """How long until the next try is looked at; zero = at once."""
    return max((_wait(key, free, now) for key, free in tries), default=timedelta())


def failed(tries: Sequence[tuple[str, int]], now: datetime) -> None:
    """Count a failure, and forget those older than a day."""
    Attempt.objects.filter(at__lt=now - KEPT).delete()
    Attempt.objects.bulk_create([Attempt(key=key, at=now) for key, _ in tries])


def succeeded(tries: Sequence[tuple[str, int]]) -> None:
    """Forget the failures of the account; the network's stay, or one good login would buy it new tries."""
    Attempt.objects.filter(key=tries[0][0]).delete()


def network(request: HttpRequest) -> str:
    """The /24 or /48 that asks, seen through the proxies the operator trusts."""
    at = asker(request.META, settings.TRUSTED_PROXIES)
    return "unknown" if at is None else str(neighbourhood(at))


def _wait(key: str, free: int, now: datetime) -> timedelta:
    recent = list(Attempt.objects.filter(key=key, at__gt=now - WINDOW).order_by("-at").values_list("at", flat=True))
    over = len(recent) - free
    if over < 0:
        return timedelta()
    pause = min(timedelta(seconds=2 ** min(over + 1, 10)), LONGEST)
    return max(recent[0] + pause - now, timedelta())


def _key(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode("utf-8", "replace"), sha256).hexdigest()
