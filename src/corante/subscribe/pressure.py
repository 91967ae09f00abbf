"""How hard the sign-up form is pressed: by the hour, against what the last thirty days were like.

Rule: counters only, by the hour, no address and no network. Above ten times the usual hour (and above what a mention on
the radio brings), letters that ask back wait and the editor is told; an editor who knows why may let them go.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import F

from corante.models import Bucket

TIMES: Final = 10
FLOOR: Final = 120
"""Sign-ups an hour that are never too many."""
OVER: Final = timedelta(days=30)
CALM_FOR: Final = timedelta(hours=24)
_HOUR: Final = "h:"
_CALM: Final = "calm"


def count_ask(at: datetime) -> None:
    """One more sign-up in its hour."""
    key = _key(at)
    if not Bucket.objects.filter(key=key).update(tokens=F("tokens") + 1):
        Bucket.objects.create(key=key, tokens=1, at=at)


def storm(now: datetime) -> str:
    """Why letters that ask back wait now; empty when they don't."""
    most = max(_in_hour(now), _in_hour(now - timedelta(hours=1)))
    if most <= FLOOR:
        return ""
    usual = _usual(now)
    if most <= TIMES * usual or Bucket.objects.filter(key=_CALM, at__gt=now).exists():
        return ""
    return (
        f"{most:.0f} sign-ups in an hour, usually {usual:.0f}: letters that ask back wait until it is calm. "
        "If you know why so many come, let them go: corante subscribers calm"
    )


def pressed(now: datetime) -> bool:
    """Whether the form asks for a second press: half of what is a storm."""
    most = max(_in_hour(now), _in_hour(now - timedelta(hours=1)))
    return most > FLOOR / 2 and most > TIMES / 2 * _usual(now)


def spend_once(nonce: str, now: datetime) -> bool:
    """Whether a form's stamp is used for the first time; kept for a day, longer than any stamp holds."""
    return Bucket.objects.get_or_create(key="s:" + nonce, defaults={"tokens": 0, "at": now})[1]


def calm(now: datetime) -> None:
    """An operator knows why: nothing waits for a day."""
    Bucket.objects.update_or_create(key=_CALM, defaults={"tokens": 0, "at": now + CALM_FOR})


def _in_hour(at: datetime) -> float:
    row = Bucket.objects.filter(key=_key(at)).first()
    return row.tokens if row else 0.0


def _usual(now: datetime) -> float:
    """The median hour of the last thirty days, this one and the last left out; hours without any count as none."""
    first, last = _key(now - OVER), _key(now - timedelta(hours=1))
    counted = list(Bucket.objects.filter(key__gte=first, key__lt=last).values_list("tokens", flat=True))
    hours = int(OVER.total_seconds() // 3600) - 1
    return median(counted + [0.0] * max(hours - len(counted), 0))


def _key(at: datetime) -> str:
    return _HOUR + at.astimezone(UTC).strftime("%Y-%m-%dT%H")
