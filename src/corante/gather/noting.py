"""What a feed remembers of a look: outcome, validators, evidence of moving, strikes, and when to look again.

Rule: everything here changes the row in hand only; the caller saves it, in the transaction of the entries.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from corante.core import cadence
from corante.core.feeds import GOOD, NEUTRAL, WORDS, Decision, Outcome, ParsedFeed, usual_gap
from corante.models import Feed, Fetch, Quarantine
from corante.net.client import Answer

ADOPT_AFTER = timedelta(days=2)
ADOPT_SEEN = 5
STRIKES = 3


@dataclass(frozen=True, slots=True)
class Look:
    """What the parsing of an answer came to; `seal` is the digest of its body."""

    seal: str = ""
    same: bool = False
    parsed: ParsedFeed | None = None
    poison: str = ""
    body: bytes = b""


def note(feed: Feed, answer: Answer, look: Look, outcome: Outcome, decision: Decision, now: datetime) -> None:
    """The feed's own memory of this look."""
    feed.outcome, feed.last_checked_at = outcome, now
    if outcome is not Outcome.POSTPONED and not (answer.request.etag or answer.request.last_modified):
        feed.asked_at = None  # a look in full is what an editor asked for, if one did
    feed.detail = _detail(answer, look, outcome, decision)
    if outcome in NEUTRAL:
        return
    feed.failures = 0 if outcome in GOOD else feed.failures + 1
    if outcome in GOOD:
        _note_good(feed, answer, look, outcome, decision, now)
        _note_move(feed, answer, now)
    elif outcome is Outcome.GONE and feed.state == "active":  # an editor may have paused it while it was asked
        feed.gone()
    elif outcome is Outcome.POISONED:
        _note_poison(feed, look, now)


def _note_good(feed: Feed, answer: Answer, look: Look, outcome: Outcome, decision: Decision, now: datetime) -> None:
    feed.last_ok_at = now
    feed.full_at = feed.full_at if outcome is Outcome.UNMODIFIED else now
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


def plan(
    feed: Feed, answer: Answer, look: Look, outcome: Outcome, decision: Decision, now: datetime, jitter: float
) -> None:
    """When to look again; nobody holds it until then."""
    feed.held_by = ""
    silent = (now - feed.last_new_at).total_seconds() if feed.last_new_at else 0.0
    feed.interval_s, seconds = cadence.after(
        outcome, feed.interval_s, feed.failures, decision.known, decision.total, feed.gap_s, silent
    )
    wish = max(answer.retry_s, answer.fresh_s, look.parsed.ttl_s if look.parsed else 0)
    if outcome is Outcome.POSTPONED:
        seconds = max(1, int(answer.retry_s))
    feed.next_check_at = now + cadence.wait(seconds, int(wish), jitter)
    if feed.asked_at is not None and outcome is not Outcome.POSTPONED:
        feed.next_check_at = now  # an editor asked while we looked


def _detail(answer: Answer, look: Look, outcome: Outcome, decision: Decision) -> str:
    """The outcome in words, with what is particular to it."""
    particular = look.poison or decision.note or ("" if outcome in GOOD else answer.detail)
    if outcome is Outcome.FRESH:
        return f"{len(decision.fresh)} new of {decision.total}" + (f"; {decision.note}" if decision.note else "")
    return WORDS[outcome] + (f": {particular}" if particular else "")


def fetch_of(feed: Feed, answer: Answer, decision: Decision, now: datetime) -> Fetch:
    """The look as a row for the health page."""
    return Fetch(
        feed=feed,
        at=now,
        outcome=feed.outcome,
        detail=feed.detail,
        status=answer.status or None,
        size=answer.size,
        took_ms=int(answer.took_s * 1000),
        entries=decision.total,
        new=len(decision.fresh),
    )
