"""What one look at a feed leaves behind, written in one transaction.

Rule: entries, validators and the next check stand or fall together: a validator stored without its entries would lose
them for ever. Storing the same answer twice changes nothing but the record of having looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from corante.core.feeds import GOOD, NEUTRAL, Decision, Outcome
from corante.core.work import Tally
from corante.models import Feed, Fetch, HostGate
from corante.models.bulk import insert_each, update_each
from corante.net.client import Answer
from corante.net.politeness import registrable_of

from . import doubting, wires, writing
from .noting import Look, fetch_of, note, plan

Looked = tuple[Feed, Answer, Look, datetime, float]
"""A look to be written: feed, answer, what was parsed of it, when, and the jitter of the next."""

KEEP_FETCHES = timedelta(days=30)
_BOOKKEEPING: Final = frozenset(
    (
        "outcome",
        "detail",
        "failures",
        "last_checked_at",
        "last_ok_at",
        "full_at",
        "etag",
        "last_modified",
        "bad_hash",
        "bad_seen",
        "moved_to",
        "moved_since",
        "moved_seen",
        "interval_s",
        "next_check_at",
        "held_by",
    )
)
_SAVED: Final = [field.name for field in Feed._meta.concrete_fields if not field.primary_key]
_QUIET: Final = [field for field in Feed._meta.concrete_fields if field.name in _BOOKKEEPING]

log = structlog.get_logger(__name__)


def store(looks: Sequence[Looked]) -> Tally:
    """Write what looks came to, in one transaction; where that fails each by itself, so that one that can't be stored
    does not stop the others."""
    if len(looks) > 1:
        try:
            return _store(looks)
        except (DatabaseError, ValueError) as error:
            log.info("gather.store_alone", looks=len(looks), why=str(error))
    return sum((_store_alone(look) for look in looks), Tally())


def _store_alone(look: Looked) -> Tally:
    for last in (False, True):
        try:
            return _store([look])
        except IntegrityError as error:
            if last:  # once is a race with another worker over one piece; twice is not
                return _failed(look[0], error)
        except (DatabaseError, ValueError) as error:  # ValueError: text no database takes
            return _failed(look[0], error)
    raise AssertionError("unreachable")


def _failed(feed: Feed, error: Exception) -> Tally:
    log.exception("gather.store_failed", feed=feed.pk, url=feed.url, error=str(error))
    return Tally(failed=1)


def is_quiet(looked: Looked) -> bool:
    """Whether a look brought nothing but the news that there is none, and no editor waits for it."""
    _, answer, look, _, _ = looked
    same = answer.outcome is Outcome.UNMODIFIED or (answer.outcome is Outcome.OK and look.same)
    return same and not answer.hops and not answer.retry_s and answer.request.tag.asked_at is None


def store_quiet(looks: Sequence[Looked]) -> Tally:
    """Write quiet looks together: nothing hangs on any one of them, and nine in ten looks are quiet.

    Written past the ORM, which costs ten times the look itself; only bookkeeping columns are touched, so what an editor
    did to a feed meanwhile stays: one that was to be asked now still is.
    """
    if not looks:
        return Tally()
    fetches, rows = [], []
    for feed, answer, look, now, jitter in looks:
        outcome = Outcome.UNMODIFIED if answer.outcome is Outcome.UNMODIFIED else Outcome.KNOWN
        note(feed, answer, look, outcome, Decision(), now)
        plan(feed, answer, look, outcome, Decision(), now, jitter)
        wires.lean_on(feed, Decision(), now)
        fetches.append(fetch_of(feed, answer, Decision(), now))
        rows.append([field.get_db_prep_save(getattr(feed, field.attname), connection) for field in _QUIET] + [feed.pk])
    names = ", ".join(map(_assignment, _QUIET))
    table = connection.ops.quote_name(Feed._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {names} WHERE id = %s", rows)  # noqa: S608 - names are our own columns
        Fetch.objects.bulk_create(fetches)
    return Tally(done=len(looks))


def _assignment(field: Any) -> str:
    column = connection.ops.quote_name(field.column)
    if field.name == "next_check_at":
        return f"{column} = CASE WHEN asked_at IS NULL THEN %s ELSE {column} END"
    return f"{column} = %s"


def _store(looks: Sequence[Looked]) -> Tally:
    """Lock the rows, in order; those taken away while we looked drop out."""
    with transaction.atomic():
        rows = Feed.objects.select_for_update(of=("self",)).select_related("outlet", "wire").exclude(state="gone")
        feeds = {feed.pk: feed for feed in rows.filter(pk__in=[look[0].pk for look in looks]).order_by("pk")}
        stored = [
            _store_one(feeds[old.pk], answer, look, now, jitter)
            for old, answer, look, now, jitter in looks
            if old.pk in feeds
        ]
        update_each(feeds.values(), _SAVED)
    return sum(stored, Tally())


def _store_one(feed: Feed, answer: Answer, look: Look, now: datetime, jitter: float) -> Tally:
    """1. choose and write what is new 2. note outcome, validators, next check, evidence."""
    outcome, decision = _outcome(feed, answer, look, now)
    doubting.catch(feed, answer, decision, now)
    note(feed, answer, look, outcome, decision, now)
    plan(feed, answer, look, outcome, decision, now, jitter)
    wires.notice(feed, answer, look.parsed, now)
    wires.lean_on(feed, decision, now)
    _record(feed, answer, decision, now, jitter)
    good = outcome in GOOD or outcome in NEUTRAL
    return Tally(done=1, made=len(decision.fresh), failed=0 if good else 1)


def _outcome(feed: Feed, answer: Answer, look: Look, now: datetime) -> tuple[Outcome, Decision]:
    """How the look ended, with what was new of it already written."""
    if answer.outcome is not Outcome.OK:
        return answer.outcome, Decision()
    if look.same:
        return Outcome.KNOWN, Decision()
    if look.poison:
        return Outcome.POISONED, Decision()
    if look.parsed is None or not look.parsed.kind:
        return Outcome.NOT_A_FEED, Decision()
    if not look.parsed.entries:
        return Outcome.EMPTY, Decision()
    decision = writing.write(feed, look.parsed, now, timedelta(hours=settings.CORANTE.news_hours))
    return (Outcome.FRESH if decision.fresh else Outcome.KNOWN), decision


def _record(feed: Feed, answer: Answer, decision: Decision, now: datetime, jitter: float) -> None:
    """The fetch for the health page; the host's own wish; old fetches thinned now and then."""
    if feed.outcome != Outcome.POSTPONED:
        insert_each([fetch_of(feed, answer, decision, now)])
    if answer.retry_s and feed.outcome != Outcome.POSTPONED and not answer.private:
        until = now + timedelta(seconds=answer.retry_s)
        HostGate.objects.update_or_create(host=registrable_of(answer.url), defaults={"not_before": until})
    if jitter < 0.02:
        Fetch.objects.filter(feed=feed, at__lt=now - KEEP_FETCHES).delete()
