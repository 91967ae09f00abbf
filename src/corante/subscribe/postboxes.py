"""Looking into the mailbox of returns: every five minutes, each message once.

    1. sign in, go on after the last UID    2. what is a return of ours is taken in, then moved away
    3. what is not stays where it is        4. keep how far we got; a mailbox that is away is tried again later

What can still go wrong: a stop between taking in and moving reads a message again; its key makes that count once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from corante.core.delivering import mark
from corante.core.work import Clock, Tally
from corante.mail.postbox import Place, PostboxError, opened
from corante.models import Postbox

from .returns import receive

EVERY = timedelta(minutes=5)


def boxes_due(now: datetime, limit: int) -> list[int]:
    """The mailbox, when it is time to look; none without the setting `returns`."""
    address = settings.CORANTE.returns
    if not address:
        return []
    row, _ = Postbox.objects.get_or_create(name=_name(address), defaults={"next_look_at": now})
    return [row.pk] if row.next_look_at <= now else []


def look(ids: list[int], clock: Clock) -> Tally:
    """Look into it."""
    tally = Tally()
    for row in Postbox.objects.filter(pk__in=ids):
        Postbox.objects.filter(pk=row.pk).update(next_look_at=clock() + EVERY)
        tally += _read(row, clock)
    return tally


def _read(row: Postbox, clock: Clock) -> Tally:
    address = settings.CORANTE.returns
    if row.name != _name(address):
        return Tally()
    place, taken, others = Place(row.uid_validity, row.last_uid), 0, 0
    try:
        with opened(address, place) as box:
            for number, raw in box.letters():
                ours = bool(receive(raw, "mailbox", clock()))
                taken, others = taken + ours, others + (not ours)
                if ours:
                    box.done(number)
                _keep(row, box.place, clock())
            _keep(row, box.place, clock())
    except PostboxError as error:
        Postbox.objects.filter(pk=row.pk).update(trouble=str(error)[:500])
        return Tally(done=taken, failed=1, note=str(error))
    return Tally(done=taken, note=f"{others} letters there are not for us" if others else "")


def _keep(row: Postbox, place: Place, now: datetime) -> None:
    values = {"uid_validity": place.validity, "last_uid": place.last}
    Postbox.objects.filter(pk=row.pk).update(looked_at=now, trouble="", **values)


def _name(address: str) -> str:
    return mark(settings.SECRET_KEY, "postbox", address)
