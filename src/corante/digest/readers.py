"""Who gets which letter: readers by what they ask for and what they had.

Rule: a reader's letter has the stories of this edition under a topic the reader has now, less every story an earlier
letter to that reader carried, under whatever topic or number. What a letter carried is kept with its variant, so
"had" is read from what went out, not guessed from dates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from corante.core import ledger
from corante.core.timetable import own_hour
from corante.models import Choice, Delivery, Digest, Item, Subscription, Variant

from .ledger import families

NEVER_CAME = ("withdrawn", "rejected", "expired")
"""What became of letters nobody got: the reader changed to another digest meanwhile, or no server took it."""


@dataclass(frozen=True)
class Wish:
    """What readers with the same letter have in common."""

    topics: frozenset[int]
    zone: str
    had: frozenset[int]
    language: str


@dataclass(frozen=True)
class Unsaid:
    """What holds for readers who named none."""

    zone: str
    language: str


@dataclass(frozen=True)
class Reader:
    """A subscriber as this edition sees one."""

    subscriber: int
    due_at: datetime


def readers(
    digest: Digest, topics: frozenset[int], stories: Iterable[int], slot_at: datetime, unsaid: Unsaid
) -> dict[Wish, list[Reader]]:
    """The confirmed readers of a digest, by wish."""
    rows = list(_asked(digest))
    had = _had(digest, stories, {subscriber for subscriber, *_ in rows})
    chosen = _chosen(digest)
    found: defaultdict[Wish, list[Reader]] = defaultdict(list)
    for subscriber, subscription, everything, zone, language, hour in rows:
        theirs = topics if everything else topics & chosen.get(subscription, frozenset())
        told = had.get(subscriber, frozenset())
        wish = Wish(theirs, zone or unsaid.zone, told, language or unsaid.language)
        found[wish].append(Reader(subscriber, own_hour(slot_at, hour, ZoneInfo(wish.zone))))
    return dict(found)


def _asked(digest: Digest) -> Iterable[tuple[int, int, bool, str, str, int | None]]:
    named = ("subscriber__time_zone", "subscriber__language", "subscriber__hour")
    return (
        Subscription.objects.filter(digest=digest, ended_at__isnull=True, subscriber__state="confirmed")
        .order_by("subscriber_id")
        .values_list("subscriber_id", "pk", "all_topics", *named)
    )


def _chosen(digest: Digest) -> Mapping[int, frozenset[int]]:
    chosen: defaultdict[int, set[int]] = defaultdict(set)
    standing = Choice.objects.filter(subscription__digest=digest, until__isnull=True)
    for subscription, topic in standing.values_list("subscription_id", "topic_id"):
        chosen[subscription].add(topic)
    return {subscription: frozenset(topics) for subscription, topics in chosen.items()}


def _had(digest: Digest, stories: Iterable[int], subscribers: set[int]) -> dict[int, frozenset[int]]:
    """Which of these stories each subscriber had before, by today's numbers.

    Letters of a digest they have left count too: moving from daily to weekly repeats nothing.
    """
    survivor = families(stories)
    earlier = dict(
        Item.objects.filter(story__in=survivor, kind="story")
        .exclude(edition__state="folded")
        .values_list("edition_id", "digest_id")
    )
    held = dict(Variant.objects.filter(edition__in=earlier).values_list("pk", "stories"))
    stays = _stays(digest, subscribers, set(earlier.values()) - {digest.pk})
    letters: defaultdict[int, list[int]] = defaultdict(list)
    sent = Delivery.objects.filter(edition__in=earlier, variant__isnull=False).exclude(state__in=NEVER_CAME)
    for subscriber, edition, variant in sent.values_list("subscriber_id", "edition_id", "variant_id"):
        if subscriber in subscribers and variant is not None and (subscriber, earlier[edition]) not in stays:
            letters[subscriber].append(variant)
    carried = {n: ledger.had([stories], survivor) & set(survivor.values()) for n, stories in held.items()}
    return {subscriber: frozenset().union(*(carried[n] for n in sent)) for subscriber, sent in letters.items()}


def _stays(digest: Digest, subscribers: set[int], others: set[int]) -> set[tuple[int, int]]:
    """Who reads which other digest as well: there each letter is whole for itself."""
    rows = Subscription.objects.filter(digest__in=others, ended_at__isnull=True)
    return {(s, d) for s, d in rows.values_list("subscriber_id", "digest_id") if s in subscribers}
