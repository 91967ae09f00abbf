"""When a letter is due, in every zone there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corante.core.timetable import GRACE, Slot, Timetable, due, local_instant, next_slot, own_hour

ZONES = sorted(available_timezones())
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(datetime(2005, 1, 1), datetime(2030, 12, 31)).map(lambda d: d.replace(tzinfo=UTC))
times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
tables = st.builds(Timetable, st.sampled_from(["daily", "weekdays", "weekly"]), times, zones, st.integers(0, 6))


def daily(zone: str, at: time = time(7)) -> Timetable:
    return Timetable("daily", at, ZoneInfo(zone))


def walk(table: Timetable, after: datetime, count: int) -> list[Slot]:
    slots = [next_slot(table, after)]
    while len(slots) < count:
        slots.append(next_slot(table, slots[-1].at))
    return slots


@settings(max_examples=400, deadline=None)
@given(tables, instants)
def test_slots_are_strictly_later_one_a_local_date_and_never_far_apart(table: Timetable, after: datetime) -> None:
    slots = walk(table, after, 12)
    assert slots[0].at > after
    gaps = [later.at - earlier.at for earlier, later in pairwise(slots)]
    longest = {"daily": 1, "weekdays": 3, "weekly": 7}[table.cadence]
    assert all(timedelta(0) < gap <= timedelta(days=longest + 1, hours=2) for gap in gaps)
    dates = [slot.date for slot in slots]
    assert len(set(dates)) == len(dates)


@pytest.mark.parametrize("zone", ZONES)
def test_over_four_years_a_daily_letter_has_one_slot_a_date_in_every_zone(zone: str) -> None:
    table, day = daily(zone, time(2, 30)), date(2010, 1, 1)
    instants = [local_instant(day + timedelta(days=n), table.slot, table.zone) for n in range(1461)]
    slots, at = [], instants[0] - timedelta(seconds=1)
    while at < instants[-1]:
        at = next_slot(table, at).at
        slots.append(at)
    assert slots == sorted(set(instants))


@settings(max_examples=300, deadline=None)
@given(tables, instants, st.lists(st.integers(1, 40), min_size=3, max_size=30))
def test_however_time_passes_no_slot_is_served_twice_and_none_late(
    table: Timetable, now: datetime, hours: list[int]
) -> None:
    last, served = now, []
    for step in hours:
        now += timedelta(hours=step)
        if found := due(table, last, now):
            assert last < found.slot.at <= now
            last = found.slot.at
            if found.serve:
                assert now - found.slot.at <= GRACE
                served.append(found.slot.at)
    assert served == sorted(set(served))


def test_a_time_that_does_not_exist_is_taken_by_the_offset_before_the_gap() -> None:
    # Berlin, 29 March 2026: 02:30 does not exist; by the winter offset it is 01:30 UTC, when clocks there show 03:30.
    assert next_slot(daily("Europe/Berlin", time(2, 30)), datetime(2026, 3, 28, 12, tzinfo=UTC)) == Slot(
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 3, 29)
    )


def test_a_time_that_comes_twice_is_served_the_first_time_only() -> None:
    # Berlin, 25 October 2026: 02:30 comes at 00:30 UTC and again at 01:30 UTC.
    table = daily("Europe/Berlin", time(2, 30))
    first, second = walk(table, datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert first.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second.at == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_date_that_never_was_makes_no_second_letter() -> None:
    # Apia went from 29 to 31 December 2011.
    dates = [slot.date for slot in walk(daily("Pacific/Apia"), datetime(2011, 12, 28, tzinfo=UTC), 4)]
    assert dates == [date(2011, 12, 28), date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1)]


def test_a_server_that_was_down_sends_late_within_twelve_hours_and_else_not_at_all() -> None:
    table, last = daily("UTC"), datetime(2026, 11, 21, 7, tzinfo=UTC)
    late = due(table, last, datetime(2026, 11, 22, 11, tzinfo=UTC))
    assert late is not None
    assert late.serve
    assert not late.hold_why
    too_late = due(table, last, datetime(2026, 11, 22, 19, 1, tzinfo=UTC))
    assert too_late is not None
    assert not too_late.serve


def test_after_a_jump_of_days_one_edition_is_held_and_says_why() -> None:
    found = due(daily("UTC"), datetime(2026, 11, 18, 7, tzinfo=UTC), datetime(2026, 11, 22, 8, tzinfo=UTC))
    assert found is not None
    assert found.slot.date == date(2026, 11, 22)
    assert "3 days ago" in found.hold_why


def test_a_clock_that_goes_back_finds_nothing_due() -> None:
    last = datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert due(daily("UTC"), last, last - timedelta(hours=1)) is None
    assert due(daily("UTC"), last, last) is None


@settings(max_examples=300, deadline=None)
@given(instants, st.integers(0, 23), zones)
def test_a_readers_own_hour_is_within_a_day_after_the_slot(slot: datetime, hour: int, zone: ZoneInfo) -> None:
    at = own_hour(slot, hour, zone)
    assert timedelta(0) <= at - slot <= timedelta(hours=49 if zone.key in ("Pacific/Apia", "Pacific/Fakaofo") else 25)


def test_who_names_no_hour_is_written_to_at_the_slot() -> None:
    slot = datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert own_hour(slot, None, ZoneInfo("Asia/Tokyo")) == slot
    assert own_hour(slot, 7, ZoneInfo("America/New_York")) == datetime(2026, 11, 22, 12, tzinfo=UTC)
