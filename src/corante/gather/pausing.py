"""An admin's acts on feeds: pause, resume, ask now, one feed at two addresses, a quarantined document tried again.

Rule: what changes how a feed is asked is an Act in its outlet's log; asking once is none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from corante.core.lifecycles import NotAllowed
from corante.core.work import Impossible
from corante.models import Account, Act, Feed, HostGate, Quarantine, Sighting
from corante.net.politeness import registrable_of

RESUMED: Final = ("state", "next_check_at", "failures", "same_as")


@transaction.atomic
def pause(feed: Feed, by: Account | None, why: str, now: datetime, undoes: Act | None = None) -> Act:
    """Stop asking a feed. Raises Impossible when it is not asked anyway."""
    fresh = _take(feed)
    try:
        fresh.pause()
    except NotAllowed:
        raise Impossible(f"this feed is {fresh.state} already") from None
    fresh.save(update_fields=["state"])
    return Act.on(fresh.outlet, "pause", by, why, now, after={"feed": fresh.pk}, undoes=undoes)


@transaction.atomic
def resume(feed: Feed, by: Account | None, why: str, now: datetime, undoes: Act | None = None) -> Act:
    """Ask a feed again, at once. Raises Impossible when it is asked already, or its outlet was taken down."""
    fresh = _take(feed)
    if fresh.outlet.removed_at:
        raise Impossible("its outlet was taken down: bring that back first")
    try:
        fresh.resume(now)
    except NotAllowed:
        raise Impossible("this feed is asked already") from None
    fresh.save(update_fields=RESUMED)
    return Act.on(fresh.outlet, "resume", by, why, now, after={"feed": fresh.pk}, undoes=undoes)


def fetch_now(feed: Feed, now: datetime) -> None:
    """Let the worker ask this feed next, in full, and also where nobody could be reached a moment ago.

    Raises Impossible when it is not asked at all, or its host wished to be left alone longer (Retry-After).
    """
    host = registrable_of(feed.url)
    until = HostGate.objects.filter(host=host, not_before__gt=now).values_list("not_before", flat=True).first()
    if until is not None:
        minutes = int((until - now).total_seconds() // 60) + 1
        raise Impossible(f"{host} asked us not to come back for {minutes} minutes; it is asked then")
    if not Feed.objects.filter(pk=feed.pk, state="active").update(next_check_at=now, asked_at=now):
        raise Impossible("this feed is paused: resume it first")


@transaction.atomic
def join_feeds(kept: Feed, double: Feed, by: Account | None, why: str, now: datetime) -> Act:
    """Say that two addresses are one feed: the second is not asked any more, what it told is known to the first.

    What stands under the second's outlet stays there, under its name. Resuming the second undoes it. Raises Impossible.
    """
    kept, double = _take(kept), _take(double)
    if kept.pk == double.pk or kept.same_as_id or kept.state != "active":
        raise Impossible("the feed to keep must be another one, and one that is asked")
    try:
        double.pause()
    except NotAllowed:
        raise Impossible(f"the other feed is {double.state} already") from None
    double.same_as = kept
    double.save(update_fields=["state", "same_as"])
    if kept.outlet_id != double.outlet_id:
        _share_sightings(double.outlet_id, kept.outlet_id)
    return Act.on(double.outlet, "join_feeds", by, why, now, after={"feed": double.pk, "same_as": kept.url})


@transaction.atomic
def release(document: Quarantine, now: datetime) -> None:
    """Let a quarantined document be tried again: its feed forgets that it was bad, and is asked next."""
    Quarantine.objects.filter(pk=document.pk).update(released_at=now)
    if document.feed_id:
        Feed.objects.filter(pk=document.feed_id).update(bad_hash="", bad_seen=0, next_check_at=now)


def paused_feed(act: Act) -> Feed:
    """The feed that an act here was about. Raises Impossible when it is gone."""
    feed = Feed.objects.filter(pk=act.after["feed"]).first()
    if feed is None:
        raise Impossible("this feed is gone")
    return feed


def _take(feed: Feed) -> Feed:
    return Feed.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=feed.pk)


def _share_sightings(of: int, to: int) -> None:
    """What one outlet told is no news of the other's: in one statement, for there may be a hundred thousand."""
    table = connection.ops.quote_name(Sighting._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (outlet_id, key, article_id, at) "  # noqa: S608 - the name is our own
            f"SELECT %s, key, article_id, at FROM {table} WHERE outlet_id = %s ON CONFLICT DO NOTHING",
            [to, of],
        )
