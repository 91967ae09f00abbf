"""Hosts that say "nothing changed" when something did, and when a feed is therefore asked in full.

Rule: a feed is asked without its validators once in its life, and again only for cause: an editor asked; its host was
caught, then once a week; or it answered nothing but 304 since its last news and has been silent for three of its usual
gaps and a week, then once in that silence. A host is caught by evidence alone, and trusted again after two months
without.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from corante.core.cadence import gone_quiet
from corante.core.feeds import Decision, Outcome
from corante.models import Feed, HostGate
from corante.net.client import Answer
from corante.net.politeness import registrable_of

WEEK = timedelta(days=7)
TRUSTED_AFTER = timedelta(days=60)
MARGIN = timedelta(hours=1)
"""Of an entry's date before our last look: it was there, and the host said that there was nothing."""


def caught(hosts: Iterable[str], now: datetime) -> set[str]:
    """Those of the registrable hosts whose 304 is not believed at present."""
    rows = HostGate.objects.filter(host__in=set(hosts), caught_at__gt=now - TRUSTED_AFTER)
    return set(rows.values_list("host", flat=True))


def distrusted(feeds: Iterable[Feed], now: datetime) -> set[int]:
    """Numbers of those feeds that are asked in full once a week, since their host was caught."""
    hosts = {feed.pk: registrable_of(feed.url) for feed in feeds}
    liars = caught(hosts.values(), now)
    return {number for number, host in hosts.items() if host in liars}


def in_full(feed: Feed, is_caught: bool, now: datetime) -> bool:
    """Whether this feed is to be asked without its validators."""
    if feed.asked_at is not None or feed.full_at is None:
        return feed.asked_at is not None
    return now - feed.full_at >= WEEK and (is_caught or _silent_behind_304(feed, now))


def catch(feed: Feed, answer: Answer, decision: Decision, now: datetime) -> None:
    """Remember the host when a look proved its validators wrong. Call it before the feed takes the new ones over."""
    if decision.fresh and (_same_validators(feed, answer) or _was_there(feed, answer, decision)):
        host = registrable_of(feed.url)
        HostGate.objects.update_or_create(
            host=host, defaults={"caught_at": now}, create_defaults={"caught_at": now, "not_before": now}
        )


def _same_validators(feed: Feed, answer: Answer) -> bool:
    """News came under the very validators that stood for what we had."""
    ours, theirs = (feed.etag, feed.last_modified), (answer.etag, answer.last_modified)
    return any(ours) and ours == theirs


def _was_there(feed: Feed, answer: Answer, decision: Decision) -> bool:
    """Asked in full after a 304, and all that is new is older than that 304."""
    conditional = answer.request.etag or answer.request.last_modified
    if conditional or feed.outcome != Outcome.UNMODIFIED or feed.last_checked_at is None:
        return False
    before = feed.last_checked_at - MARGIN
    return all(intent.asserted and intent.published < before for intent in decision.fresh)


def _silent_behind_304(feed: Feed, now: datetime) -> bool:
    if feed.outcome != Outcome.UNMODIFIED or feed.last_new_at is None or feed.full_at is None:
        return False
    return feed.full_at <= feed.last_new_at and gone_quiet(feed.gap_s, feed.last_new_at, now)
