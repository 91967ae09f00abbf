"""What is known of letters whose fate a stop or a lost connection hid.

Rule: evidence first. Our outbox is asked by Message-ID, a Postfix on this machine by the envelope sender, which is
one letter's own. "It is there" is believed at once; "it is not there" only after the server had time to finish what
was in flight. Where nobody can tell, the operator's setting: send again byte-identical and list it by name, or hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from corante.core.delivering import retry_at, return_path
from corante.core.mailboxes import sender_address
from corante.core.work import Clock
from corante.mail.outbox import arrived
from corante.mail.postfix import testify
from corante.mail.routes import Route
from corante.models import Delivery

from . import afterwards

LOOK = timedelta(minutes=10)
"""How long evidence is waited for that isn't complete, and how often held doubt is looked at."""
_OUTBOX_WAIT = timedelta(seconds=2)
_ASK_AGAIN = timedelta(seconds=5)


@dataclass(frozen=True)
class Evidence:
    """What a witness says of some letters, and how long after the doubt its silence is worth something."""

    wait: timedelta
    there: frozenset[int]
    not_there: frozenset[int]


def settle_doubts(edition: int, route: Route, clock: Clock) -> int:
    """Settle the doubtful of an edition whose time has come to be looked at. Returns how many were looked at."""
    now = clock()
    rows = list(Delivery.objects.filter(edition=edition, state="in_doubt", next_try_at__lte=now))
    if rows:
        told = _evidence(rows, route, now)
        for row in rows:
            _settle(row, told, now)
    return len(rows)


def _evidence(rows: Sequence[Delivery], route: Route, now: datetime) -> Evidence | None:
    if route.outbox:
        there = frozenset(row.pk for row in rows if arrived(settings.OUTBOX, row.message_id))
        return Evidence(_OUTBOX_WAIT, there, frozenset(row.pk for row in rows) - there)
    if settings.CORANTE.smtp_log and route.loopback:
        return _of_postfix(rows, now)
    return None


def _of_postfix(rows: Sequence[Delivery], now: datetime) -> Evidence:
    config = settings.CORANTE
    domain = sender_address(config).rpartition("@")[2]
    sent_as = {row.pk: return_path(row.pk, domain, settings.SECRET_KEY) for row in rows}
    armed = {row.pk: row.armed_at or row.due_at for row in rows}
    told = testify(config.smtp_queue, Path(config.smtp_log), set(sent_as.values()), min(armed.values()), now)
    there = frozenset(pk for pk, sender in sent_as.items() if sender in told.took)
    not_there = frozenset(pk for pk in sent_as if pk not in there and told.covers(armed[pk]))
    return Evidence(timedelta(seconds=config.doubt_wait), there, not_there)


def _settle(row: Delivery, told: Evidence | None, now: datetime) -> None:
    since = row.settled_at or now
    if told is None:
        _by_setting(row, now)
    elif row.pk in told.there:
        afterwards.found(row.pk, now)
    elif now < since + told.wait:  # the server may be finishing it this moment
        afterwards.look_again(row.pk, since + told.wait)
    elif row.pk in told.not_there:
        afterwards.not_found(row.pk, now)
    elif now < since + LOOK:
        afterwards.look_again(row.pk, now + _ASK_AGAIN)
    else:
        _by_setting(row, now)


def _by_setting(row: Delivery, now: datetime) -> None:
    stopped = row.reply == afterwards.STOPPED  # else the server hid its word, maybe not for the last time
    known_twice = bool(settings.CORANTE.smtp_idempotency)  # the server drops a repeat by itself
    held = settings.CORANTE.doubt == "hold" and not known_twice
    if held or (row.repeated >= afterwards.REPEATS and not stopped):
        afterwards.look_again(row.pk, now + LOOK)
    elif stopped or not row.repeated:
        afterwards.repeat(row.pk, now)
    else:
        afterwards.repeat(row.pk, retry_at(row.repeated, now, row.due_at, row.pk))
