"""What is forgotten by rule once an hour, and that one chore in trouble stops no other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from corante.models import Attempt, Bucket, Fetch
from corante.worker import housekeeping
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db


def _old_and_new(old: timedelta) -> tuple[datetime, datetime]:
    return NOW - old - timedelta(minutes=1), NOW - old + timedelta(minutes=1)


def test_fetches_go_after_two_weeks_counters_and_failed_logins_after_a_day() -> None:
    feed = world.feed(world.outlet())
    for at in _old_and_new(timedelta(days=14)):
        Fetch.objects.create(feed=feed, at=at, outcome="unchanged")
    for number, at in enumerate(_old_and_new(timedelta(days=1))):
        Attempt.objects.create(key="k", at=at)
        Bucket.objects.create(key=str(number), tokens=1, at=at)
    housekeeping.keep_house(NOW)
    assert [rows.objects.count() for rows in (Fetch, Attempt, Bucket)] == [1, 1, 1]
    assert Fetch.objects.get().at > NOW - timedelta(days=14)


def test_a_chore_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: datetime) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(housekeeping, "CHORES", (broken, *housekeeping.CHORES))
    Attempt.objects.create(key="k", at=NOW - timedelta(days=2))
    housekeeping.keep_house(NOW)
    assert not Attempt.objects.exists()
