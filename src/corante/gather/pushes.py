"""Pushes: what a hub sends is kept as it came, and read by the worker at once.

Rule: the web only looks whether a push is genuine and writes it down; it parses nothing. A push goes the way every
document goes (the parsing pool, one transaction), except that it says nothing of when to look next: looks go on. A push
that can't be read is no loss: the feed is looked at instead.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from enum import IntEnum

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F

from corante.core import hubs
from corante.core.feeds import Decision, Outcome, ParsedFeed
from corante.core.work import Clock, Tally
from corante.models import Feed, Fetch, Push, Wire
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

from . import writing

WAITING = 20
"""Pushes of one feed that may wait to be read; a hub that sends more is told to come back."""
log = structlog.get_logger(__name__)


class Receipt(IntEnum):
    """What a hub is told of its push, as the HTTP status of it."""

    TAKEN = 202
    FORGED = 403
    GONE = 410
    TOO_MANY = 429


def receive(token: str, signature: str, body: bytes, content_type: str, now: datetime) -> Receipt:
    """Keep a push, if it is one: known by its address, asked for, and signed with the secret only its hub has."""
    wire = Wire.objects.select_related("feed__outlet").filter(token=token).first()
    if wire is None or not wire.is_live(now) or wire.feed.state != "active" or wire.feed.outlet.removed_at:
        return Receipt.GONE
    if not hubs.genuine(signature, wire.secret, body):
        return Receipt.FORGED
    if wire.waiting.count() >= WAITING:
        return Receipt.TOO_MANY
    Push.objects.create(wire=wire, body=zlib.compress(body, 1), content_type=content_type[:200], at=now)
    return Receipt.TAKEN


def due(now: datetime, limit: int) -> list[int]:
    """Pushes that wait, in the order they came."""
    return list(Push.objects.filter(at__lte=now).order_by("pk").values_list("pk", flat=True)[:limit])


def take(ids: list[int], clock: Clock) -> Tally:
    """Read these pushes, each in a transaction of its own.

    What can go wrong: killed before the transaction, the push still waits and is read again; killed after it, it is
    gone. One that breaks its parser is dropped, and the feed asked itself; the third bad look at that is quarantined.
    """
    tally = Tally()
    for push in Push.objects.filter(pk__in=ids).select_related("wire__feed").order_by("pk"):
        parsed = _parsed(push)
        try:
            tally += _keep(push, parsed, clock()) if parsed.entries else _look_instead(push, clock())
        except DatabaseError as error:  # the next tick tries again; the others go on
            log.exception("gather.push_failed", feed=push.wire_id, error=str(error))
            tally += Tally(failed=1)
    return tally


def _parsed(push: Push) -> ParsedFeed:
    try:
        return doors.feed(zlib.decompress(push.body), push.content_type, push.wire.feed.url)
    except Poisoned as poison:
        log.info("gather.push_unread", feed=push.wire_id, why=str(poison))
        return ParsedFeed()


def _keep(push: Push, parsed: ParsedFeed, now: datetime) -> Tally:
    """1. lock the feed 2. write what is new 3. note it 4. the push is gone."""
    with transaction.atomic():
        feed = Feed.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=push.wire_id)
        if not Push.objects.filter(pk=push.pk).delete()[0] or feed.state != "active":
            return Tally()  # another worker had it, or nobody listens any more
        decision = writing.write(feed, parsed, now, timedelta(hours=settings.CORANTE.news_hours))
        if decision.fresh:
            Feed.objects.filter(pk=feed.pk).update(last_new_at=now)
        Wire.objects.filter(pk=feed.pk).update(pushes=F("pushes") + 1, last_push_at=now, misses=0)
        _fetch(feed, push, decision, now).save()
    return Tally(done=1, made=len(decision.fresh))


def _look_instead(push: Push, now: datetime) -> Tally:
    """An empty push only says that there is something; one that can't be read says no more."""
    with transaction.atomic():
        Feed.objects.filter(pk=push.wire_id, state="active").update(next_check_at=now)
        push.delete()
    return Tally(done=1)


def _fetch(feed: Feed, push: Push, decision: Decision, now: datetime) -> Fetch:
    """The push as a row for the health page."""
    new, total = len(decision.fresh), decision.total
    return Fetch(
        feed=feed,
        at=now,
        outcome=Outcome.FRESH if new else Outcome.KNOWN,
        detail=f"pushed by its hub: {new} new of {total}",
        size=len(push.body),
        took_ms=int((now - push.at).total_seconds() * 1000),
        entries=total,
        new=new,
    )
