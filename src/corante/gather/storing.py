"""What one look at a feed leaves behind, written in one transaction.

Rule: entries, validators and the next check stand or fall together: a validator stored without its entries would lose
them for ever. Storing the same answer twice changes nothing but the record of having looked.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction

from corante.core import cadence
from corante.core.feeds import GOOD, NEUTRAL, WORDS, Decision, Outcome, ParsedFeed, usual_gap
from corante.core.work import Tally
from corante.models import Feed, Fetch, HostGate, Quarantine
from corante.net.client import Answer
from corante.net.politeness import registrable_of

from . import writing

ADOPT_AFTER = timedelta(days=2)
ADOPT_SEEN = 5
STRIKES = 3
KEEP_FETCHES = timedelta(days=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What the parsing of an answer came to; `seal` is the digest of its body."""

    seal: str = ""
    same: bool = False
    parsed: ParsedFeed | None = None
    poison: str = ""
    body: bytes = b""


def store(feed: Feed, answer: Answer, look: Look, now: datetime, jitter: float) -> Tally:
    """Write what a look came to. A feed that can't be stored is marked so and does not stop the others."""
    for attempt in (1, 2):
        try:
            return _store(feed.pk, answer, look, now, jitter)
        except IntegrityError:
            if attempt == 2:
                raise  # another worker wrote the same piece twice in a row: that is no race any more
        except DatabaseError as error:
            log.exception("gather.store_failed", feed=feed.pk, url=feed.url, error=str(error))
            return Tally(failed=1)
    raise AssertionError("unreachable")


def _store(pk: int, answer: Answer, look: Look, now: datetime, jitter: float) -> Tally:
    """1. lock the row 2. choose and write what is new 3. note outcome, validators, next check, evidence."""
    with transaction.atomic():
        feed = Feed.objects.select_for_update().select_related("outlet").filter(pk=pk).first()
        if feed is None or feed.state == "gone":
            return Tally()  # taken away while we looked
        outcome, decision = _outcome(feed, answer, look, now)
        _note(feed, answer, look, outcome, decision, now)
        _plan(feed, answer, look, outcome, decision, now, jitter)
        feed.save()
        _record(feed, answer, outcome, decision, now, jitter)
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


def _note(feed: Feed, answer: Answer, look: Look, outcome: Outcome, decision: Decision, now: datetime) -> None:
    """The feed's own memory of this look."""
    feed.outcome, feed.last_checked_at = outcome, now
    feed.detail = _detail(answer, look, outcome, decision)
    if outcome in NEUTRAL:
        return
    feed.failures = 0 if outcome in GOOD else feed.failures + 1
    if outcome in GOOD:
        _note_good(feed, answer, look, outcome, decision, now)
        _note_move(feed, answer, now)
    elif outcome is Outcome.GONE:
        feed.gone()
    elif outcome is Outcome.POISONED:
        _note_poison(feed, look, now)


def _note_good(feed: Feed, answer: Answer, look: Look, outcome: Outcome, decision: Decision, now: datetime) -> None:
    feed.last_ok_at = now
    feed.bad_hash, feed.bad_seen = "", 0
    if outcome is not Outcome.UNMODIFIED or answer.etag:
        feed.etag = answer.etag
    if outcome is not Outcome.UNMODIFIED or answer.last_modified:
        feed.last_modified = answer.last_modified
    if look.parsed is not None:
        feed.body_hash = look.seal
        feed.imported_at = feed.imported_at or now
        feed.gap_s = usual_gap(look.parsed, now) or feed.gap_s
        feed.title = feed.title or look.parsed.title[:300]
    if decision.fresh:
        feed.last_new_at = now


def _note_move(feed: Feed, answer: Answer, now: datetime) -> None:
    """A permanent redirect is believed once it was seen several times over days (and leads nowhere we look already)."""
    permanent = [hop for hop in answer.hops if hop.status in (301, 308)]
    target = answer.url if permanent and len(permanent) == len(answer.hops) else ""
    if not target or (feed.url.startswith("https:") and target.startswith("http:")):
        feed.moved_to, feed.moved_since, feed.moved_seen = "", None, 0
        return
    if target != feed.moved_to:
        feed.moved_to, feed.moved_since, feed.moved_seen = target, now, 0
    feed.moved_seen += 1
    lasting = feed.moved_since is not None and now - feed.moved_since >= ADOPT_AFTER
    if lasting and feed.moved_seen >= ADOPT_SEEN and not Feed.objects.filter(url=target).exists():
        feed.url, feed.moved_to, feed.moved_since, feed.moved_seen = target, "", None, 0


def _note_poison(feed: Feed, look: Look, now: datetime) -> None:
    """The third time the same document could not be parsed, it is kept for an editor; the feed goes on."""
    feed.bad_seen = feed.bad_seen + 1 if feed.bad_hash == look.seal else 1
    feed.bad_hash = look.seal
    if feed.bad_seen == STRIKES:
        Quarantine.objects.create(
            url=feed.url, kind="feed", feed=feed, reason=look.poison[:500], body=zlib.compress(look.body), at=now
        )


def _plan(
    feed: Feed, answer: Answer, look: Look, outcome: Outcome, decision: Decision, now: datetime, jitter: float
) -> None:
    """When to look again."""
    silent = (now - feed.last_new_at).total_seconds() if feed.last_new_at else 0.0
    feed.interval_s, seconds = cadence.after(
        outcome, feed.interval_s, feed.failures, decision.known, decision.total, feed.gap_s, silent
    )
    wish = max(answer.retry_s, answer.fresh_s, look.parsed.ttl_s if look.parsed else 0)
    if outcome is Outcome.POSTPONED:
        seconds = max(1, int(answer.retry_s))
    feed.next_check_at = now + cadence.wait(seconds, int(wish), jitter)


def _record(feed: Feed, answer: Answer, outcome: Outcome, decision: Decision, now: datetime, jitter: float) -> None:
    """The fetch for the health page; the host's own wish; old fetches thinned now and then."""
    if outcome is not Outcome.POSTPONED:
        Fetch.objects.create(
            feed=feed,
            at=now,
            outcome=outcome,
            detail=feed.detail,
            status=answer.status or None,
            size=answer.size,
            took_ms=int(answer.took_s * 1000),
            entries=decision.total,
            new=len(decision.fresh),
        )
    if answer.retry_s and outcome is not Outcome.POSTPONED and not answer.private:
        until = now + timedelta(seconds=answer.retry_s)
        HostGate.objects.update_or_create(host=registrable_of(answer.url), defaults={"not_before": until})
    if jitter < 0.02:
        Fetch.objects.filter(feed=feed, at__lt=now - KEEP_FETCHES).delete()


def _detail(answer: Answer, look: Look, outcome: Outcome, decision: Decision) -> str:
    """The outcome in words, with what is particular to it."""
    particular = look.poison or decision.note or ("" if outcome in GOOD else answer.detail)
    if outcome is Outcome.FRESH:
        return f"{len(decision.fresh)} new of {decision.total}" + (f"; {decision.note}" if decision.note else "")
    return WORDS[outcome] + (f": {particular}" if particular else "")
