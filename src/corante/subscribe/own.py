"""A reader's own page: what they get, in which language and when; their data, to take along or to delete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from corante.catalog.dates import locale_of
from corante.core.lifecycles import DELIVERY, step
from corante.models import Bounce, Choice, Consent, Delivery, Digest, Subscriber, Subscription, Topic

LONGEST_TAG: Final = 35


@dataclass(frozen=True)
class Wishes:
    """What a reader chose. No topics named: all of them."""

    digest: int
    topics: frozenset[int] = frozenset()
    language: str = ""
    time_zone: str = ""
    hour: int | None = None


def preferences(row: Subscriber, wishes: Wishes, now: datetime) -> None:
    """Keep a reader's choice. Moving to another digest ends the first; topics had are kept with their dates.

    Raises ValueError, in the language that is active, for what does not exist.
    """
    digest = _possible(wishes)
    topics = wishes.topics & frozenset(digest.topics.filter(retired_at__isnull=True).values_list("pk", flat=True))
    if wishes.topics and not topics:
        said = _("%(letter)s has none of the topics you ticked. Take all of its topics first, then choose among them.")
        raise ValueError(said % {"letter": digest.name})
    with transaction.atomic():
        kept = Subscriber.objects.filter(pk=row.pk)
        kept.update(language=wishes.language, time_zone=wishes.time_zone, hour=wishes.hour)
        _leave_others(row, digest, now)
        subscription, _new = Subscription.objects.get_or_create(subscriber=row, digest=digest, defaults={"since": now})
        _choose(subscription, topics, now)
        Consent.objects.create(subscriber=row, kind="changed", at=now, page="letter")


def _possible(wishes: Wishes) -> Digest:
    """The digest that is wished, if all of the wish can be fulfilled."""
    if wishes.time_zone and wishes.time_zone not in available_timezones():
        raise ValueError(_("“%(zone)s” is no time zone such as Europe/Berlin.") % {"zone": wishes.time_zone[:60]})
    if wishes.hour is not None and not 0 <= wishes.hour <= 23:
        raise ValueError(_("An hour is a whole number from 0 to 23."))
    if wishes.language and (len(wishes.language) > LONGEST_TAG or locale_of(wishes.language) is None):
        raise ValueError(_("We don’t know that language: choose one from the list."))
    digest = Digest.objects.filter(pk=wishes.digest, retired_at__isnull=True).first()
    if digest is None:
        raise ValueError(_("That letter is not there any more: choose another."))
    return digest


def _leave_others(row: Subscriber, digest: Digest, now: datetime) -> None:
    """What waits of another letter does not come any more, so that the new one tells its stories."""
    others = Subscription.objects.filter(subscriber=row, ended_at__isnull=True).exclude(digest=digest)
    waiting = Delivery.objects.filter(subscriber=row, edition__digest__in=others.values("digest"))
    for state in ("pending", "deferred"):
        waiting.filter(state=state).update(state=step(DELIVERY, state, "withdraw"), settled_at=now)
    Choice.objects.filter(subscription__in=others, until__isnull=True).update(until=now)
    others.update(ended_at=now)


def _choose(subscription: Subscription, topics: frozenset[int], now: datetime) -> None:
    open_ones = Choice.objects.filter(subscription=subscription, until__isnull=True)
    open_ones.exclude(topic__in=topics).update(until=now)
    had = set(open_ones.values_list("topic_id", flat=True))
    Choice.objects.bulk_create(Choice(subscription=subscription, topic_id=t, since=now) for t in sorted(topics - had))
    Subscription.objects.filter(pk=subscription.pk).update(all_topics=not topics, ended_at=None)


def chosen(subscription: Subscription) -> set[int]:
    """The topics a subscription names now; empty: all."""
    if subscription.all_topics:
        return set()
    return set(Choice.objects.filter(subscription=subscription, until__isnull=True).values_list("topic_id", flat=True))


def export(row: Subscriber) -> dict[str, Any]:
    """Everything we hold on a reader, as plain JSON."""
    return {
        "address": row.address,
        "state": row.state,
        "language": row.language,
        "time_zone": row.time_zone,
        "hour": row.hour,
        "asked_at": _said(row.asked_at),
        "confirmed_at": _said(row.confirmed_at),
        "ended_at": _said(row.ended_at),
        "letters": [_letter(each) for each in row.subscriptions.select_related("digest")],
        "consents": [
            {"what": each.kind, "at": _said(each.at), "page": each.page, "wording": each.wording}
            for each in row.consents.order_by("at", "pk")
        ],
        "deliveries": [
            {
                "edition": each.edition.number,
                "letter": each.edition.digest.name,
                "state": each.state,
                "at": _said(each.settled_at),
            }
            for each in row.deliveries.select_related("edition__digest").order_by("pk")
        ],
        "returns": [
            {"what": each.kind, "at": _said(each.at), "status": each.status, "words": each.detail}
            for each in row.bounces.order_by("at", "pk")
        ],
    }


def _letter(each: Subscription) -> dict[str, Any]:
    named = Topic.objects.filter(pk__in=chosen(each)).values_list("name", flat=True)
    since = {"letter": each.digest.name, "since": _said(each.since), "until": _said(each.ended_at)}
    return since | {"topics": list(named) or "all"}


def forget(row: Subscriber, now: datetime) -> None:
    """Delete a reader's data. What stays: that a letter was sent to someone (the accounts of past editions), and a
    keyed hash, so that a list imported later does not bring the address back."""
    with transaction.atomic():
        held = Subscriber.objects.select_for_update().get(pk=row.pk)
        if held.state in ("confirmed", "paused"):
            held.leave(now)
        held.address = held.language = held.time_zone = ""
        held.hour, held.confirmation_due = None, False
        held.save()
        Subscription.objects.filter(subscriber=held, ended_at__isnull=True).update(ended_at=now)
        Choice.objects.filter(subscription__subscriber=held).delete()
        Bounce.objects.filter(Q(subscriber=held) | Q(delivery__subscriber=held)).update(detail="")
        Consent.objects.filter(subscriber=held).update(page="", network="")
        Consent.objects.create(subscriber=held, kind="left", at=now, page="deleted")


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
