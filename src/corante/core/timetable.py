"""When a letter is due: slots from a cadence, a local time and a zone.

Rule: due is found by comparing the ledger (the last slot) with now, never by sleeping. A local time that does not
exist or exists twice is PEP 495's fold 0; the next slot is strictly later than the last, so neither a repeated hour
nor a missing date (Apia, 30 December 2011) makes a second edition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

GRACE = timedelta(hours=12)
"""So long after its slot an edition may still start; later it folds into the next."""

JUMP = timedelta(days=1)
"""More than this past a slot nobody served: the clock jumped or the server was away, and a person should look."""


@dataclass(frozen=True)
class Timetable:
    """A digest's cadence: daily, weekdays or weekly (on `weekday`, 0 = Monday), at a local time."""

    cadence: str
    slot: time
    zone: ZoneInfo
    weekday: int = 0

    def runs_on(self, day: date) -> bool:
        """There is a slot on this local date."""
        if self.cadence == "weekdays":
            return day.weekday() < 5
        return self.cadence == "daily" or day.weekday() == self.weekday


@dataclass(frozen=True)
class Slot:
    """One slot: its instant in UTC, and the local date it is named after."""

    at: datetime
    date: date


@dataclass(frozen=True)
class Due:
    """What to do about the newest slot that passed: serve it, or let it go and take its stories into the next."""

    slot: Slot
    serve: bool
    hold_why: str = ""


def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time, PEP 495 fold 0: in a gap by the offset before it, of two the first."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def next_slot(table: Timetable, after: datetime) -> Slot:
    """The first slot strictly later than `after`."""
    return next(_slots(table, after))


def due(table: Timetable, last: datetime, now: datetime) -> Due | None:
    """What is due at `now` when `last` was the last slot served (or the digest's beginning); None: nothing.

    Of several slots missed only the newest counts, since an edition takes its stories from the ledger.
    """
    first = next_slot(table, last)
    if first.at > now:
        return None
    newest = _newest(table, first, now)
    serve = now - newest.at <= GRACE
    return Due(newest, serve, _away(first, newest, now) if serve else "")


def own_hour(slot_at: datetime, hour: int | None, zone: ZoneInfo) -> datetime:
    """When a reader's letter is due: at the slot, or the next time after it that the reader's clock shows `hour`."""
    if hour is None:
        return slot_at
    day = slot_at.astimezone(zone).date()
    at = (local_instant(day + timedelta(days=n), time(hour), zone) for n in range(-1, 3))
    return next(instant for instant in at if instant >= slot_at)


def _slots(table: Timetable, after: datetime) -> Iterator[Slot]:
    day, last = after.astimezone(table.zone).date() - timedelta(days=2), after
    while True:
        at = local_instant(day, table.slot, table.zone)
        if table.runs_on(day) and at > last:
            yield Slot(at, at.astimezone(table.zone).date())
            last = at
        day += timedelta(days=1)


def _newest(table: Timetable, first: Slot, now: datetime) -> Slot:
    """The last slot not later than now; looks only at the last fortnight, however long we were away."""
    newest = first
    for slot in _slots(table, max(first.at, now - timedelta(days=14))):
        if slot.at > now:
            return newest
        newest = slot
    raise AssertionError("slots never end")


def _away(first: Slot, newest: Slot, now: datetime) -> str:
    if newest == first or now - first.at <= JUMP:
        return ""
    days = (now - first.at).days
    return (
        f"The slot of {first.date:%d %B %Y} passed {days} day{'s' * (days > 1)} ago and nothing was sent then: the"
        " server was away, or its clock jumped. Check the date, then release this edition; else its stories go into"
        " the next one."
    )
