"""Which feeds are due, and one batch of looking at them.

Rule: a feed's next check is pushed forward before it is asked, so that a feed that brings the process down can't do so
again at once; what each answer brought is stored as it arrives, each whole or not at all, so slow outlets delay nobody.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Q, Value, When

from corante.core.feeds import Outcome, ParsedFeed
from corante.core.urls import digest_of
from corante.core.work import Clock, Tally
from corante.models import Feed, HostGate
from corante.net.client import Answer, Request, fetch_arrived
from corante.net.politeness import registrable_of
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

from . import wires
from .doubting import distrusted, in_full
from .indexes import follow
from .noting import Look
from .storing import Looked, is_quiet, store, store_quiet

CLAIM = timedelta(minutes=1)
"""How long a claimed feed is left alone if the process dies with it, and its job is not run again or dies once more. The
engine sees to it that no job in hand is handed out again, so this only keeps one bad feed from making a loop of crashes."""
PATIENCE_S = 5.0
"""How long a feed waits within its batch for its host's turn; then it comes back when that is there. A host with very
many feeds would hold every batch half a minute."""
AT_ONCE = 16
"""Looks that brought something are written so many in one transaction, where so many have arrived: nobody waits for
another, and the web's own writing waits for the fiftieth part of a second."""
TOGETHER = 50
"""Looks that brought nothing are written so many at once."""


def due(now: datetime, limit: int) -> list[int]:
    """Feeds to be asked, longest overdue first."""
    rows = Feed.objects.filter(state="active", next_check_at__lte=now).order_by("next_check_at", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def work(ids: list[int], clock: Clock, job: str = "") -> Tally:
    """Look at these feeds, together. `job` names the job; one that is run again after a crash has the same name.

    1. claim them: those another worker has, or that are not due any more, drop out
    2. put off those whose host asked us to wait
    3. ask the rest at once, each host at its own pace; parse in the pool; store what has arrived, and those that
       brought nothing together
    4. ask their hubs, where that is due, to push from now on
    Killed at any point: what was stored is whole, and what was not is taken up by the same job, run again.
    """
    feeds = _put_off(_claim(ids, clock(), job), clock())
    tally, quiet = Tally(), list[Looked]()
    for looks in follow(fetch_arrived(settings.CORANTE, _requests(feeds, clock()), look_at, most=AT_ONCE)):
        looked = [(one.request.tag, one, look, clock(), random.random()) for one, look in looks]  # noqa: S311 - jitter
        quiet += [one for one in looked if is_quiet(one)]
        tally += store([one for one in looked if not is_quiet(one)])
        if len(quiet) >= TOGETHER:
            tally += store_quiet(quiet)
            quiet = []
    tally += store_quiet(quiet)
    wires.ask(feeds, clock)
    return tally


def look_at(answer: Answer) -> Look:
    """Parse an answer's document, unless it is the one we had last time. Runs in a thread; the pool does the work."""
    feed: Feed = answer.request.tag
    if answer.outcome is not Outcome.OK:
        return Look()
    seal = digest_of(answer.body)
    if feed.body_hash == seal:
        return Look(seal=seal, same=True)
    if feed.bad_hash == seal and feed.bad_seen >= 3:
        return Look(seal=seal, poison=feed.detail or "quarantined")
    try:
        parsed = _parsed(feed, answer)
    except Poisoned as poison:
        return Look(seal=seal, poison=str(poison), body=answer.body)
    return Look(seal=seal, parsed=parsed)


def _parsed(feed: Feed, answer: Answer) -> ParsedFeed:
    if feed.kind == "page":
        return doors.listing(answer.body, answer.content_type, answer.url, feed.selector)
    return doors.feed(answer.body, answer.content_type, answer.url)


def _claim(ids: Iterable[int], now: datetime, job: str) -> list[Feed]:
    """Those of the feeds that are due, and those that this very job held when its worker died.

    The latter once: what may have brought a worker down has its minute after that.
    """
    mine = Q(next_check_at__lte=now) | (Q(held_by=job) if job else Q())
    with transaction.atomic():
        rows = Feed.objects.filter(mine, pk__in=list(ids), state="active")
        feeds = list(rows.select_for_update(skip_locked=True, of=("self",)).select_related("outlet", "wire"))
        holder = Case(When(held_by=job, then=Value("")), default=Value(job))
        Feed.objects.filter(pk__in=[feed.pk for feed in feeds]).update(next_check_at=now + CLAIM, held_by=holder)
    return feeds


def _put_off(feeds: list[Feed], now: datetime) -> list[Feed]:
    """Those that may be asked now; the others wait as long as their host wished."""
    hosts = {feed.pk: registrable_of(feed.url) for feed in feeds}
    gates = dict(
        HostGate.objects.filter(host__in=set(hosts.values()), not_before__gt=now).values_list("host", "not_before")
    )
    for feed in feeds:
        if hosts[feed.pk] in gates:
            Feed.objects.filter(pk=feed.pk).update(next_check_at=gates[hosts[feed.pk]], held_by="")
    return [feed for feed in feeds if hosts[feed.pk] not in gates]


def _requests(feeds: list[Feed], now: datetime) -> list[Request]:
    liars = distrusted(feeds, now)
    return [_request(feed, in_full(feed, feed.pk in liars, now)) for feed in feeds]


def _request(feed: Feed, full: bool) -> Request:
    """A page is no feed: its site's robots.txt is heeded."""
    page = feed.kind == "page"
    return Request(
        feed.url,
        tag=feed,
        kind="page" if page else "feed",
        etag="" if full else feed.etag,
        last_modified="" if full else feed.last_modified,
        robots=page,
        added_with=feed.url,
        patience_s=PATIENCE_S,
        insist=feed.asked_at is not None,
    )
