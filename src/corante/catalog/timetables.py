"""When a letter comes next, for whoever has to say so."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from corante.core.timetable import Timetable, next_slot
from corante.models import Digest


def timetable(digest: Digest) -> Timetable:
    """A digest's timetable as the core knows it. Raises KeyError or ValueError for a zone that is none."""
    return Timetable(digest.cadence, digest.slot, ZoneInfo(digest.time_zone), digest.weekday)


def next_at(digest: Digest, now: datetime) -> datetime:
    """When its next edition freezes, in the digest's own zone."""
    table = timetable(digest)
    return next_slot(table, now).at.astimezone(table.zone)
