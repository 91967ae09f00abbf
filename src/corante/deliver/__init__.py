"""Deliver: each edition to each of its recipients, once, with the ledger to prove it.

    due      editions that may start or go on, with deliveries whose time has come
    work     lock the edition · settle what another process left · start · portion by portion · close
    recover  the same look at what was left behind, at start

What can still go wrong: a mail server that takes a letter and dies before saying so (at most one letter per
connection): such a delivery is in doubt, and `evidence` says what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from corante.core.work import Clock, Tally
from corante.mail.outbox import route_of
from corante.mail.routes import Route, RouteError
from corante.models import Delivery, Edition
from corante.models.deliveries import DELIVERY_LOOKED_AT

from . import afterwards, ledger, locks
from .doubts import doubtful, it_arrived, may_go_again, send_again
from .evidence import settle_doubts
from .instance import mark_ok, may_not_mail
from .portions import Portions, pace
from .rounds import Sending
from .turns import shared
from .writing import Writer

__all__ = ["doubtful", "due", "it_arrived", "mark_ok", "may_go_again", "may_not_mail", "recover", "send_again", "work"]

AWAY = timedelta(minutes=1)


def due(now: datetime, limit: int) -> list[int]:
    """Editions with deliveries to send or to settle, oldest slot first; a late one that never started is left alone."""
    rows = Delivery.objects.filter(edition=OuterRef("pk"))
    waiting = Exists(rows.filter(state__in=DELIVERY_LOOKED_AT, next_try_at__lte=now))
    finished = ~Exists(rows.filter(_unsettled()))
    may_run = Q(state="sending") | Q(state="frozen", slot_at__lte=now, deadline_at__gt=now)
    editions = Edition.objects.filter(may_run).filter(waiting | finished)
    return list(editions.order_by("slot_at", "pk").values_list("pk", flat=True)[:limit])


def work(ids: list[int], clock: Clock, stop: Callable[[], bool] = lambda: False) -> Tally:
    """Deliver what is due of these editions. Safe to kill at any point and to call again."""
    tally = Tally()
    for pk in ids:
        if stop():
            break
        with locks.sole_sender(pk) as alone, locks.durable():
            if alone:
                tally += _deliver(pk, clock, stop)
    return tally


def recover(clock: Clock) -> Tally:
    """Settle what a killed process left leased or armed. Call at start."""
    left = Delivery.objects.filter(state__in=("leased", "armed"))
    count = 0
    for pk in list(left.values_list("edition_id", flat=True).distinct()):
        with locks.sole_sender(pk) as alone, locks.durable():
            count += _pick_up(pk, _route()[0], clock) if alone else 0
    return Tally(done=count, note=f"{count} letters were in flight when we stopped" if count else "")


def _deliver(pk: int, clock: Clock, stop: Callable[[], bool]) -> Tally:
    route, why = _route()
    _pick_up(pk, route, clock)
    edition = Edition.objects.select_related("digest").get(pk=pk)
    if route is None:
        ledger.put_off(pk, clock(), clock() + AWAY)
        return Tally(failed=1, note=why)
    if why := may_not_mail(route):
        return _stopped(edition, why, clock())
    if not _under_way(edition, clock()):
        return Tally()
    ledger.expire(edition, clock())
    return _send(edition, route, clock, stop) + _closed(edition, clock())


def _route() -> tuple[Route | None, str]:
    helo = settings.CORANTE.sender.rpartition("@")[2] or "localhost"
    try:
        return route_of(settings.CORANTE.smtp, settings.OUTBOX, helo), ""
    except RouteError as error:
        return None, str(error)


def _pick_up(pk: int, route: Route | None, clock: Clock) -> int:
    """What a process that is gone left: leases go back, armed letters are settled by evidence or setting."""
    left = afterwards.pick_up(pk, clock())
    if route:
        settle_doubts(pk, route, clock)
    return left


def _under_way(edition: Edition, now: datetime) -> bool:
    """Start it if it may still start; another hand may have stopped it meanwhile."""
    if edition.state == "frozen" and edition.deadline_at > now:
        edition.start(now)
        changed = Edition.objects.filter(pk=edition.pk, state="frozen")
        return changed.update(state=edition.state, started_at=edition.started_at, state_why="") == 1
    return edition.state == "sending"


def _stopped(edition: Edition, why: str, now: datetime) -> Tally:
    """Hold or pause it, in words."""
    before = edition.state
    if before == "frozen":
        edition.hold(why)
    elif before == "sending":
        edition.pause(why, now)
    rows = Edition.objects.filter(pk=edition.pk, state=before)
    rows.update(state=edition.state, state_why=why[:500], paused_at=edition.paused_at)
    return Tally(failed=1, note=why)


def _send(edition: Edition, route: Route, clock: Clock, stop: Callable[[], bool]) -> Tally:
    """Portion by portion, until nothing is due, a limit is reached, or something stops it."""
    writer, portions = Writer(edition), Portions(edition, clock)

    def more() -> list[ledger.Claim]:
        settle_doubts(edition.pk, route, clock)
        claims = portions.next()
        writer.prepare({claim.variant for claim in claims})
        return claims

    with shared(pace()) as paced:
        course = Sending(more, route, writer.write, clock, stop, paced).run(settings.CORANTE.smtp_connections)
    tally = Tally(done=course.accepted, failed=course.refused)
    if why := portions.halted or course.pause:
        return tally + _stopped(edition, why, clock())
    if course.down:
        ledger.put_off(edition.pk, clock(), clock() + AWAY)
    return tally + Tally(note=course.down or course.away or portions.note)


def _unsettled() -> Q:
    return afterwards.unsettled(settings.CORANTE.doubt)


@transaction.atomic
def _closed(edition: Edition, now: datetime) -> Tally:
    """Close it when every delivery is settled and none waits for a word on its doubt.

    Its row is taken first, as by an editor who sends a doubtful letter again: one of the two sees what the other did.
    """
    Edition.objects.select_for_update().get(pk=edition.pk)
    if Delivery.objects.filter(_unsettled(), edition=edition).exists():
        return Tally()
    edition.close(now)
    changed = Edition.objects.filter(pk=edition.pk, state="sending").update(state=edition.state, closed_at=now)
    return Tally(made=changed)
