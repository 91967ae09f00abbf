"""What the topics room forgets and fills up: words of articles past their days, suggestions nobody answered.

Rule: nothing here decides anything; each piece is a transaction of its own and safe to repeat.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from corante.catalog import recent
from corante.models import Article, Suggestion

from .documents import articles, remember, told

PIECE: Final = 500
UNANSWERED: Final = timedelta(days=14)


def thin(now: datetime) -> int:
    """Forget what is past its time, fill the index of the newest articles up; returns how many rows went."""
    gone = Suggestion.objects.filter(answered_at=None, at__lt=now - UNANSWERED).delete()[0]
    while dropped := _drop_some(now):
        gone += dropped
    while _fill_some(now):
        pass
    return gone


@transaction.atomic
def _drop_some(now: datetime) -> int:
    """The oldest of those held, as far as their days are over or they are gone themselves (a twin of another)."""
    held = recent.lowest(PIECE)
    told_at = dict(Article.objects.filter(pk__in=held).values_list("pk", "published_at"))
    over = [number for number in held if number not in told_at or told_at[number] < now - recent.KEPT]
    recent.drop(over)
    return len(over)


@transaction.atomic
def _fill_some(now: datetime) -> int:
    """The next older ones that should be held: after an upgrade, an import, a restore."""
    below = articles().filter(story__unfiled=False, published_at__gte=now - recent.KEPT)
    floor = recent.oldest()
    missing = list((below if floor is None else below.filter(pk__lt=floor)).order_by("-pk")[:PIECE])
    remember([told(row) for row in missing], now)
    return len(missing)
