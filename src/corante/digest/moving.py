"""Readers of a letter that is retired get another: all its topics, or those they had chosen that it has too.

Rule: what they had by the old letter is not told again by the new one; digest.readers sees to that.
"""

from __future__ import annotations

from datetime import datetime

from corante.models import Choice, Consent, Digest, Subscription


def move_readers(digest: Digest, heir: Digest, now: datetime) -> int:
    """End these subscriptions, begin others. Who has the heir already keeps what they have. Returns how many."""
    having = set(heir.subscriptions.filter(ended_at__isnull=True).values_list("subscriber_id", flat=True))
    standing = Subscription.objects.filter(digest=digest, ended_at__isnull=True)
    moving = list(standing.prefetch_related("choices"))
    there = set(heir.topics.values_list("pk", flat=True))
    for old in moving:
        if old.subscriber_id not in having:
            _begin(old, heir, there, now)
    Choice.objects.filter(subscription__in=moving, until__isnull=True).update(until=now)
    standing.update(ended_at=now)
    why = f"{digest.name} ends; they get {heir.name}"[:500]
    Consent.objects.bulk_create(
        Consent(subscriber_id=old.subscriber_id, kind="changed", at=now, page=why) for old in moving
    )
    return len(moving)


def _begin(old: Subscription, heir: Digest, there: set[int], now: datetime) -> None:
    chosen = set() if old.all_topics else {c.topic_id for c in old.choices.all() if c.until is None} & there
    values = {"since": now, "ended_at": None, "all_topics": not chosen}
    new, _ = Subscription.objects.update_or_create(
        subscriber_id=old.subscriber_id, digest=heir, defaults=values
    )  # fmt: skip
    new.choices.filter(until__isnull=True).update(until=now)
    Choice.objects.bulk_create(Choice(subscription=new, topic_id=topic, since=now) for topic in sorted(chosen))
