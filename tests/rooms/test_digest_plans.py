"""A site has several letters: each is founded, changed and retired by an editor, and no reader or story is lost by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from corante import digest as room
from corante import topics
from corante.core.work import Impossible
from corante.models import (
    Account,
    Act,
    Choice,
    Delivery,
    Digest,
    Edition,
    Scope,
    Subscriber,
    Subscription,
    Topic,
    deeds,
)
from tests.fakes import world
from tests.fakes.clock import Clock

pytestmark = pytest.mark.django_db

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def editor() -> Account:
    return world.account()


def plan(*under: Topic, **changes: Any) -> room.Plan:
    """A letter on Fridays at eight, in Lisbon."""
    about = frozenset(topic.pk for topic in under)
    return replace(room.Plan("Weekly letter", about, "weekly", time(8), 4, "Europe/Lisbon"), **changes)


def turn(at: datetime) -> None:
    room.work(room.due(at, 10), Clock(at))


def carried(reader: Subscriber) -> list[int]:
    """The stories of all letters this reader is owed or got."""
    rows = Delivery.objects.filter(subscriber=reader).exclude(state="withdrawn").select_related("variant")
    return [story for row in rows if row.variant for story in row.variant.stories]


def test_a_letter_that_is_founded_comes_at_its_next_slot_with_what_is_new_since() -> None:
    rivers = world.topic("Rivers", "river*")
    world.told(1, rivers)[0]
    made = room.found(plan(rivers), SUNDAY)
    assert made.slug == "weekly-letter"
    reader = world.subscriber(of=made)
    later = world.told(1, rivers)[0]
    type(later).objects.filter(pk=later.pk).update(public_at=SUNDAY + timedelta(hours=1))
    turn(datetime(2026, 11, 27, 7, 59, tzinfo=UTC))
    assert not Edition.objects.exists()
    turn(datetime(2026, 11, 27, 8, 0, tzinfo=UTC))
    assert carried(reader) == [later.pk], "and what stood on the site before is its archive"


def test_a_letter_named_in_a_script_without_transcription_has_an_address_all_the_same() -> None:
    everything = world.topic()
    first = room.found(plan(everything, name="週刊"), SUNDAY)
    second = room.found(plan(everything, name="WEEKLY LETTER"), SUNDAY)
    assert first.slug == f"letter-{first.pk}"
    assert second.slug == "weekly-letter"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "   "}, "1 to 120"),
        ({"name": "daily  LETTER"}, "already"),
        ({"cadence": "hourly"}, "daily or weekdays or weekly"),
        ({"weekday": 7}, "6, Sunday"),
        ({"time_zone": "Atlantis"}, "Europe/Berlin"),
        ({"topics": frozenset()}, "at least one topic"),
        ({"topics": frozenset({4711})}, "not there any more"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_the_way_out(changes: dict[str, Any], words: str) -> None:
    everything = world.topic()
    world.digest(everything)
    with pytest.raises(Impossible, match=words):
        room.found(plan(everything, **changes), SUNDAY)
    assert Digest.objects.count() == 1


def test_an_hour_that_passed_today_is_not_served_when_a_letter_is_moved_to_it(editor: Account) -> None:
    everything = world.topic()
    letter = world.digest(everything, last_slot_at=SUNDAY.replace(hour=7))
    world.subscriber(of=letter)
    story = world.told(1, everything)[0]
    room.change(letter, replace(room.plan_of(letter), slot=time(9)), letter.version, SUNDAY, editor)
    turn(SUNDAY + timedelta(minutes=1))
    assert not Edition.objects.exists()
    turn(SUNDAY + timedelta(hours=21))
    assert Edition.objects.get().items.get().story_id == story.pk, "the next day it is in the letter, not lost"


def test_a_change_is_undone_and_two_editors_do_not_overwrite_each_other(editor: Account) -> None:
    rivers, ports = world.topic("Rivers", "river*"), world.topic("Ports", "port*")
    letter = world.digest(rivers)
    was = room.plan_of(letter)
    act = room.change(letter, replace(was, hold=True, topics=frozenset({ports.pk})), 1, SUNDAY, editor)
    with pytest.raises(deeds.Conflict):
        room.change(letter, replace(was, name="Other"), 1, SUNDAY, editor)
    letter.refresh_from_db()
    assert letter.hold
    assert list(letter.topics.all()) == [ports]
    room.undo(act, SUNDAY, editor)
    letter.refresh_from_db()
    assert room.plan_of(letter) == was
    assert [a.verb for a in Act.objects.order_by("id")] == ["change_digest", "change_digest"]
    with pytest.raises(Impossible, match="undone already"):
        room.undo(act, SUNDAY, editor)


def test_what_was_changed_again_since_is_not_undone_over_it(editor: Account) -> None:
    letter = world.digest(world.topic())
    act = room.change(letter, replace(room.plan_of(letter), slot=time(9)), 1, SUNDAY, editor)
    room.change(letter, replace(room.plan_of(letter), slot=time(10)), 2, SUNDAY, editor)
    with pytest.raises(Impossible, match="changed again"):
        room.undo(act, SUNDAY, editor)


def test_what_changes_nothing_is_said_so() -> None:
    letter = world.digest(world.topic())
    with pytest.raises(Impossible, match="nothing was changed"):
        room.change(letter, room.plan_of(letter), letter.version, SUNDAY)


def test_the_readers_of_a_retired_letter_get_another_and_are_told_nothing_twice() -> None:
    rivers, ports, schools = (world.topic(name, name.lower()) for name in ("Rivers", "Ports", "Schools"))
    daily, weekly = world.digest(rivers, ports, schools), room.found(plan(rivers, ports, cadence="daily"), world.NOW)
    all_of_it, some, none_there, both = (world.subscriber(of=daily) for _ in range(4))
    Subscription.objects.create(subscriber=both, digest=weekly, since=world.NOW)
    for reader, topic in ((some, ports), (none_there, schools)):
        mine = reader.subscriptions.get()
        Subscription.objects.filter(pk=mine.pk).update(all_topics=False)
        Choice.objects.create(subscription=mine, topic=topic, since=world.NOW)
    had = world.told(1, rivers)[0]
    edition = room.freeze_now(daily, SUNDAY)
    assert edition
    with pytest.raises(Impossible, match="waits or is on its way"):
        room.retire(daily, weekly, daily.version, SUNDAY)
    Edition.objects.filter(pk=edition.pk).update(state="closed")
    Delivery.objects.update(state="accepted")
    with pytest.raises(Impossible, match="4 get it"):
        room.retire(daily, None, daily.version, SUNDAY)
    assert room.retire(daily, weekly, daily.version, SUNDAY) == 4
    assert not daily.subscriptions.filter(ended_at=None).exists()
    theirs = {s.subscriber_id: s for s in weekly.subscriptions.filter(ended_at=None)}
    assert theirs[all_of_it.pk].all_topics
    assert set(theirs[some.pk].choices.filter(until=None).values_list("topic_id", flat=True)) == {ports.pk}
    assert theirs[none_there.pk].all_topics, "a letter without any topic would never come"
    fresh = world.told(1, rivers)[0]
    room.freeze_now(weekly, SUNDAY + timedelta(hours=1))
    assert carried(all_of_it) == [had.pk, fresh.pk]


def test_a_slot_that_passes_while_a_letter_is_retired_makes_no_edition_of_it() -> None:
    rivers = world.topic()
    daily, other = world.digest(rivers), room.found(plan(rivers), world.NOW)
    world.told(1, rivers)
    assert daily.pk in room.due(SUNDAY, 10), "a worker has this in hand"
    room.retire(daily, other, daily.version, SUNDAY)
    room.work([daily.pk], Clock(SUNDAY))
    assert not Edition.objects.filter(digest=daily).exists()


def test_a_long_list_moves_in_as_few_statements_as_a_short_one() -> None:
    ports, rivers = world.topic("Ports", "ports"), world.topic("Rivers", "rivers")
    heir, asked = room.found(plan(ports, rivers), world.NOW), []
    for count in (2, 40):
        letter = room.found(plan(ports, rivers, name=f"For {count}"), world.NOW)
        for reader in [world.subscriber(of=letter) for _ in range(count)][::2]:
            mine = reader.subscriptions.get()
            Subscription.objects.filter(pk=mine.pk).update(all_topics=False)
            Choice.objects.create(subscription=mine, topic=ports, since=world.NOW)
            Subscription.objects.create(subscriber=reader, digest=heir, since=world.NOW, ended_at=world.NOW)
        with CaptureQueriesContext(connection) as statements:
            assert room.retire(letter, heir, letter.version, SUNDAY) == count
        asked.append(len(statements))
    assert asked[0] == asked[1]
    assert heir.subscriptions.filter(ended_at=None, all_topics=False, since=SUNDAY).count() == 21
    assert Choice.objects.filter(subscription__digest=heir, topic=ports, until=None).count() == 21
    assert heir.subscriptions.filter(ended_at=None, all_topics=True).count() == 21


def test_the_only_letter_is_not_retired() -> None:
    letter = world.digest(world.topic())
    with pytest.raises(Impossible, match="only letter"):
        room.retire(letter, None, letter.version, SUNDAY)


def test_a_new_topic_stands_in_the_letter_that_takes_everything_and_in_no_other() -> None:
    """Else its stories stand under "Everything" for ever, and readers can't choose it."""
    everything, rivers = world.topic(), world.topic("Rivers", "river*")
    whole, narrow = world.digest(everything), world.digest(rivers, name="Rivers only")
    made = topics.add("Ports", "port*", SUNDAY)
    assert set(whole.topics.all()) == {everything, made}
    assert set(narrow.topics.all()) == {rivers}
    assert Scope.objects.get(topic=made).since is None, "it begins with the next edition"


def test_who_changes_letters_while_one_waits_for_their_hour_gets_its_stories_by_the_other() -> None:
    everything = world.topic()
    daily, weekly = world.digest(everything), world.digest(everything, name="Weekly letter")
    reader = world.subscriber(of=daily, hour=20)
    story = world.told(1, everything)[0]
    room.freeze_now(daily, SUNDAY)
    Subscription.objects.filter(subscriber=reader).update(ended_at=SUNDAY)
    Subscription.objects.create(subscriber=reader, digest=weekly, since=SUNDAY)
    Delivery.objects.filter(subscriber=reader).update(state="withdrawn", settled_at=SUNDAY)
    room.freeze_now(weekly, SUNDAY + timedelta(hours=1))
    assert carried(reader) == [story.pk]


def test_letters_are_made_changed_and_retired_by_command(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "corante.toml").touch()
    world.topic("Rivers", "river*")
    world.digest(world.topic())

    def said(*words: str) -> str:
        call_command("digest", *words)
        return capsys.readouterr().out

    made = said(
        "add", "Ports weekly", "--cadence", "weekly", "--weekday", "friday", "--at", "08:30", "--topic", "rivers"
    )
    assert "weekly on Friday at 08:30" in made
    assert "topics: rivers" in made
    changed = said("set", "ports-weekly", "--hold", "--topic", "all", "--zone", "Asia/Tokyo")
    assert "each edition waits for an editor" in changed
    assert "topics: rivers, everything" in changed
    assert "Asia/Tokyo" in said("letters")
    assert "Daily letter goes to 0 readers" in said("retire", "ports-weekly", "--readers-to", "daily-letter")
    for words, answer in (
        (["set", "daily-letter"], "nothing was changed"),
        (["set", "daily-letter", "--topic", "nope"], "there is no topic nope; there are:"),
        (["retire", "daily-letter"], "only letter"),
        (["set", "ports-weekly", "--hold"], "there are: daily-letter"),
    ):
        with pytest.raises(CommandError, match=answer):
            call_command("digest", *words)
