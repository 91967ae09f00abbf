"""Readers of a letter that is retired get another: all its topics, or those they had chosen that it has too.

Rule: what they had by the old letter is not told again by the new one; digest.readers sees to that. A few statements
for all of them together: a long list holds up nobody else who writes.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from corante.models import Choice, Consent, Digest, Subscription

_AT_ONCE: Final = 1000


def move_readers(digest: Digest, heir: Digest, now: datetime) -> int:
    """End these subscriptions, begin others. Who has the heir already keeps what they have. Returns how many."""
    standing = digest.subscriptions.filter(ended_at__isnull=True)
    having = heir.subscriptions.filter(ended_at__isnull=True).values("subscriber")
    everyone = list(standing.values_list("subscriber_id", flat=True))
    _begin(standing.exclude(subscriber__in=having), heir, now)
    _open(digest).update(until=now)
    standing.update(ended_at=now)
    why = f"{digest.name} ends; they get {heir.name}"[:500]
    ended = [Consent(subscriber_id=reader, kind="changed", at=now, page=why) for reader in everyone]
    Consent.objects.bulk_create(ended, batch_size=_AT_ONCE)
    return len(everyone)


def _begin(moving: QuerySet[Subscription], heir: Digest, now: datetime) -> None:
    readers = list(moving.values_list("subscriber_id", flat=True))
    wanted = _wanted(moving, heir)
    once = Choice.objects.filter(subscription__digest=heir, until__isnull=True)
    once.filter(subscription__subscriber__in=moving.values("subscriber")).update(until=now)
    Subscription.objects.bulk_create(
        [Subscription(subscriber_id=each, digest=heir, since=now, all_topics=each not in wanted) for each in readers],
        batch_size=_AT_ONCE,
        update_conflicts=True,  # who had it once has it again
        unique_fields=["subscriber", "digest"],
        update_fields=["since", "ended_at", "all_topics"],
    )
    begun = dict(heir.subscriptions.filter(ended_at__isnull=True).values_list("subscriber_id", "pk"))
    chosen = ((begun[each], topic) for each, topics in wanted.items() for topic in sorted(topics))
    rows = [Choice(subscription_id=subscription, topic_id=topic, since=now) for subscription, topic in chosen]
    Choice.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _wanted(moving: QuerySet[Subscription], heir: Digest) -> dict[int, set[int]]:
    """What each reader chose that the heir has too; nothing for those who take all of it."""
    some = moving.filter(all_topics=False, choices__until__isnull=True, choices__topic__in=heir.topics.all())
    found: defaultdict[int, set[int]] = defaultdict(set)
    for reader, topic in some.values_list("subscriber_id", "choices__topic_id"):
        found[reader].add(topic)
    return dict(found)


def _open(digest: Digest) -> QuerySet[Choice]:
    """What its readers choose."""
    return Choice.objects.filter(
        subscription__digest=digest, subscription__ended_at__isnull=True, until__isnull=True
    )  # fmt: skip
