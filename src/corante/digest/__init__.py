"""The digest room: slots that passed become editions, frozen once; what never started folds into the next.

Its door: `due` and `work` for the worker; for the desk and the commands `preview`, `freeze_now`, `hold`, `release` of
editions, and `found`, `change`, `retire` of digests.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.db import DatabaseError

from corante.catalog.timetables import timetable
from corante.core.timetable import Slot
from corante.core.timetable import due as slot_due
from corante.core.work import Clock, Tally
from corante.models import Digest, Edition

from .freezing import freeze
from .holding import fold_late, hold, late, release
from .letters import Letter
from .plans import UNDOABLE, Plan, change, found, plan_of, retire, undo
from .preview import preview

__all__ = [
    "UNDOABLE",
    "Letter",
    "Plan",
    "change",
    "due",
    "found",
    "freeze_now",
    "hold",
    "plan_of",
    "preview",
    "release",
    "retire",
    "undo",
    "work",
]

log = structlog.get_logger()


def due(now: datetime, limit: int) -> list[int]:
    """Digests with a slot that passed or an edition that may no longer start, the longest waiting first."""
    waiting = set(late(now))
    standing = Digest.objects.filter(retired_at__isnull=True).order_by("last_slot_at", "pk")
    return [digest.pk for digest in standing if digest.pk in waiting or _due(digest, now)][:limit]


def work(ids: list[int], clock: Clock) -> Tally:
    """Fold what is too late, then freeze what is due; one digest's trouble never stops the others."""
    tally = Tally()
    for number in ids:
        try:
            tally += _serve(number, clock())
        except (DatabaseError, ValueError, KeyError, AssertionError) as error:
            log.error("digest.failed", digest=number, error=repr(error))
            tally += Tally(failed=1, note=f"digest {number}: {error}")
    return tally


def freeze_now(digest: Digest, now: datetime) -> Edition | None:
    """Freeze an edition at once, outside the timetable, for the worker to deliver; None when nothing is new."""
    zone = ZoneInfo(digest.time_zone)
    return freeze(digest.pk, Slot(now, now.astimezone(zone).date()), now)


def _due(digest: Digest, now: datetime) -> bool:
    try:
        return slot_due(timetable(digest), digest.last_slot_at or digest.created_at, now) is not None
    except (ValueError, KeyError):  # a zone that is none: `work` says so, and goes on with the others
        return True


def _serve(number: int, now: datetime) -> Tally:
    digest = Digest.objects.get(pk=number)
    folded = fold_late(digest, now)
    passed = slot_due(timetable(digest), digest.last_slot_at or digest.created_at, now)
    if passed is None:
        return Tally(done=folded)
    if not passed.serve:
        Digest.objects.filter(pk=number).update(last_slot_at=passed.slot.at)
        log.warning("digest.slot_missed", digest=digest.slug, slot=passed.slot.at.isoformat())
        return Tally(done=1, note=f"{digest.slug}: the slot of {passed.slot.date} passed more than 12 h ago")
    # A digest that never ran has missed nothing.
    edition = freeze(number, passed.slot, now, passed.hold_why if digest.last_slot_at else "")
    if edition is None:
        return Tally(done=1, note=f"{digest.slug}: nothing new, no letter")
    log.info("digest.frozen", edition=edition.pk, recipients=edition.recipients, state=edition.state)
    return Tally(done=1, made=edition.recipients, note=edition.state_why)
