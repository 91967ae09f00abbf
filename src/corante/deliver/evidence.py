"""What is known of letters whose fate a stop or a lost connection hid.

Rule: evidence first (our outbox can be asked by Message-ID, once it had time to finish what was in flight); where
there is none, the operator's setting: send again byte-identical and list it by name, or hold it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from corante.core.delivering import retry_at
from corante.core.work import Clock
from corante.mail.outbox import arrived
from corante.mail.smtp import Route
from corante.models import Delivery

from . import ledger

SETTLE_WAIT = timedelta(seconds=2)
LOOK = timedelta(minutes=10)
REPEATS = 3
_HIDDEN = "the mail server took the letter's end and gave no answer"


def settle_doubts(edition: int, route: Route, clock: Clock, states: tuple[str, ...] = ("armed", "in_doubt")) -> int:
    """Settle what nobody is sending now: the armed (unless we are sending) and the doubtful. Returns how many."""
    rows = Delivery.objects.filter(edition=edition, state__in=states)
    looked = list(rows)
    for row in looked:
        if route.outbox:
            _ask_outbox(row, clock())
        else:
            _by_setting(row, clock())
    return len(looked)


def _ask_outbox(row: Delivery, now: datetime) -> None:
    if arrived(settings.OUTBOX, row.message_id):
        ledger.found(row.pk, now)
    elif row.armed_at is None or now - row.armed_at >= SETTLE_WAIT:
        ledger.not_found(row.pk, now)
    else:  # it may be writing it this moment
        ledger.look_again(row.pk, row.armed_at + SETTLE_WAIT)


def _by_setting(row: Delivery, now: datetime) -> None:
    stopped = row.state == "armed"  # we were stopped; otherwise the server hid its word, maybe not for the last time
    if stopped:
        ledger.doubt(row.pk, now, _HIDDEN)
    if settings.CORANTE.doubt == "hold" or (row.repeated >= REPEATS and not stopped):
        ledger.look_again(row.pk, now + LOOK)
    elif stopped or not row.repeated:
        ledger.repeat(row.pk, now)
    else:
        ledger.repeat(row.pk, retry_at(row.repeated, now, row.due_at, row.pk))
