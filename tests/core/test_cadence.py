"""When a feed is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.cadence import CEILING_S, FLOOR_S, after, back_off, gone_quiet, next_interval, wait
from corante.core.feeds import Outcome

seconds = st.integers(0, 10**8)


@given(seconds, st.integers(0, 100), st.integers(0, 100), seconds, seconds)
def test_an_interval_lies_between_ten_minutes_and_a_day(
    interval: int, known: int, new: int, gap: int, silent: int
) -> None:
    assert FLOOR_S <= next_interval(interval, known, known + new, gap, silent) <= CEILING_S


@given(st.integers(600, 86_400), seconds, st.floats(0, 1, exclude_max=True))
def test_an_outlet_s_wish_is_heeded_up_to_a_day(interval: int, wish: int, jitter: float) -> None:
    assert wait(interval, wish, jitter).total_seconds() >= max(interval, min(wish, CEILING_S))


def test_news_brings_the_next_look_nearer_and_its_absence_puts_it_off() -> None:
    assert next_interval(3600, 0, 20, 0) < next_interval(3600, 18, 20, 0) < 3600 < next_interval(3600, 20, 20, 0)


def test_a_feed_with_twelve_entries_a_day_is_asked_every_ten_minutes() -> None:
    interval = 3600
    for _ in range(5):
        interval = next_interval(interval, 20, 20, 7200)
    assert interval == FLOOR_S


def test_a_feed_long_silent_is_asked_less_often_than_its_old_habit() -> None:
    assert next_interval(CEILING_S, 20, 20, 3600, 30 * 86_400) == CEILING_S


def test_a_night_is_no_silence_so_the_morning_s_first_piece_is_seen_within_the_floor() -> None:
    assert next_interval(FLOOR_S, 20, 20, 3600, 12 * 3600) == FLOOR_S
    assert next_interval(FLOOR_S, 20, 20, 7200, 12 * 3600) == FLOOR_S


@given(gap=st.integers(1, 10**6))
def test_a_little_less_news_is_never_asked_much_less_often(gap: int) -> None:
    one, other = (next_interval(CEILING_S, 20, 20, g) for g in (gap, gap + 60))
    assert one <= other <= one + 60


@pytest.mark.parametrize("outcome", [Outcome.NOT_FOUND, Outcome.SERVER_ERROR, Outcome.NO_SUCH_HOST, Outcome.TIMED_OUT])
def test_failures_are_answered_with_patience_that_ends_at_a_month(outcome: Outcome) -> None:
    waits = [back_off(outcome, n) for n in range(1, 200)]
    assert waits == sorted(waits)
    assert waits[-1] == 30 * CEILING_S


def test_our_own_troubles_do_not_count_against_a_feed() -> None:
    assert after(Outcome.POSTPONED, 1800, 0)[0] == 1800


def test_a_feed_is_quiet_after_three_usual_gaps_and_never_for_one_night() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    day = timedelta(days=1)
    assert gone_quiet(2 * 86_400, now - 7 * day, now)
    assert not gone_quiet(2 * 86_400, now - 5 * day, now)
    assert not gone_quiet(600, now - timedelta(hours=20), now)
    assert gone_quiet(600, now - timedelta(hours=25), now)
    assert not gone_quiet(0, now - 100 * day, now)
    assert not gone_quiet(600, None, now)
