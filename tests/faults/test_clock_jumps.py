"""A clock that jumps, forwards by a day and two hours or back by three, in the middle of editions.

Freezing and delivering run hour by hour on one clock. Whenever it jumps, and wherever it ends up: each reader has each
story once, and who was to decide something was told so.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from corante import deliver
from corante import digest as room
from corante.deliver.accounts import check as letters_add_up
from corante.digest.accounts import check as stories_add_up
from corante.mail.outbox import OutboxServer
from corante.models import Delivery, Digest, Edition, Outlet, Story, Subscriber, Topic
from tests.fakes import world
from tests.fakes.clock import Clock

pytestmark = pytest.mark.django_db

SEEDS = range(int(os.environ.get("CORANTE_REPLAYS", "3")))
HOURS = range(0, 24, 1 if len(SEEDS) > 3 else 5)
AHEAD, BACK = timedelta(hours=26), timedelta(hours=-3)


class Newsroom:
    """A site with a daily letter at seven and readers who want it at hours of their own."""

    def __init__(self, now: datetime) -> None:
        self.clock = Clock(now)
        self.topic: Topic = world.topic()
        self.outlet: Outlet = world.outlet()
        self.digest: Digest = world.digest(self.topic, last_slot_at=now.replace(hour=7, minute=0))
        hours = ((None, ""), (20, "Europe/Lisbon"), (5, "Asia/Tokyo"), (6, "America/Los_Angeles"))
        self.readers = [world.subscriber(of=self.digest, hour=hour, time_zone=zone) for hour, zone in hours]

    def story(self) -> Story:
        """One more, public by the clock as it stands."""
        made = world.story(world.article(self.outlet))
        Story.objects.filter(pk=made.pk).update(public_at=self.clock())
        world.filed(made, self.topic, at=self.clock())
        return made

    def turn(self) -> None:
        """What the worker does in an hour."""
        room.work(room.due(self.clock(), 10), self.clock)
        deliver.work(deliver.due(self.clock(), 10), self.clock)

    def pass_hours(self, count: int) -> None:
        """So much time, as the clock has it."""
        for _ in range(count):
            self.clock.go(hours=1)
            self.turn()

    def release(self) -> None:
        """An editor lets go what waits."""
        for edition in Edition.objects.filter(state="held", deadline_at__gt=self.clock()):
            room.release(edition.pk, self.clock())

    def told(self, reader: Subscriber) -> Counter[int]:
        """How often this reader was sent each story, by the letters a server took."""
        rows = Delivery.objects.filter(subscriber=reader, state="accepted").select_related("variant")
        return Counter(story for row in rows if row.variant for story in row.variant.stories)

    def each_has_each_once(self, outbox: OutboxServer) -> None:
        """Never twice, never missed; and every account adds up."""
        stories = set(Story.objects.values_list("pk", flat=True))
        for reader in self.readers:
            assert self.told(reader) == Counter(stories), f"reader at {reader.hour} {reader.time_zone}"
        assert len(outbox.accepted) == Delivery.objects.filter(state="accepted").count()
        for edition in Edition.objects.all():
            assert stories_add_up(edition) == []
            assert letters_add_up(edition) == []


@pytest.fixture
def newsroom(outbox: OutboxServer, now: datetime) -> Newsroom:
    """Begun, with a first edition sent."""
    made = Newsroom(now)
    made.story()
    made.pass_hours(48)
    made.each_has_each_once(outbox)
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_wherever_the_clock_jumps_each_reader_has_each_story_once(
    newsroom: Newsroom, outbox: OutboxServer, seed: int
) -> None:
    dice = random.Random(seed)
    for _ in range(4):
        off = dice.choice((AHEAD, BACK, -AHEAD))
        for jump in (off, -off):  # wrong for a while, then right again
            for _ in range(dice.randint(1, 30)):
                if dice.random() < 0.3:
                    newsroom.story()
                newsroom.pass_hours(1)
                if dice.random() < 0.3:
                    newsroom.release()
            newsroom.clock.at += jump
    newsroom.story()
    for _ in range(6):
        newsroom.pass_hours(12)
        newsroom.release()
    newsroom.each_has_each_once(outbox)


@pytest.mark.parametrize("hour", HOURS)
def test_a_jump_ahead_at_any_hour_sends_or_holds_and_tells_and_coming_back_sends_nothing_again(
    newsroom: Newsroom, outbox: OutboxServer, hour: int
) -> None:
    newsroom.story()
    newsroom.pass_hours(hour)
    newsroom.clock.at += AHEAD
    newsroom.turn()
    for edition in Edition.objects.filter(state="held"):
        assert "its clock jumped" in edition.state_why
    sent = len(outbox.accepted)
    newsroom.clock.at -= AHEAD
    newsroom.turn()
    assert len(outbox.accepted) == sent
    newsroom.story()
    for _ in range(8):
        newsroom.pass_hours(12)
        newsroom.release()
    newsroom.each_has_each_once(outbox)


@pytest.mark.parametrize("hour", HOURS)
def test_a_jump_back_at_any_hour_serves_no_slot_a_second_time(
    newsroom: Newsroom, outbox: OutboxServer, hour: int
) -> None:
    newsroom.story()
    newsroom.pass_hours(hour)
    newsroom.clock.at += BACK
    newsroom.story()
    newsroom.pass_hours(72)
    dates = list(Edition.objects.values_list("date", flat=True))
    assert len(dates) == len(set(dates)), "one edition a date"
    newsroom.each_has_each_once(outbox)


def test_a_letter_founded_while_the_clock_was_ahead_brings_what_is_new_once_it_is_right(
    outbox: OutboxServer, now: datetime
) -> None:
    """Else all it could bring for a day and two hours would pass for its archive."""
    newsroom = Newsroom(now)
    newsroom.clock.at += AHEAD
    Digest.objects.filter(pk=newsroom.digest.pk).update(created_at=newsroom.clock(), last_slot_at=newsroom.clock())
    assert room.freeze_now(newsroom.digest, newsroom.clock.go(hours=1)) is None, "nothing is new yet"
    newsroom.clock.at -= AHEAD
    newsroom.turn()
    newsroom.clock.go(minutes=5)
    newsroom.story()
    newsroom.pass_hours(72)
    newsroom.each_has_each_once(outbox)
