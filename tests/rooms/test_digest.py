"""The digest room: what an edition holds, who gets it, and that nothing is told twice or missed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from corante import digest as room
from corante import stories
from corante.catalog import archive
from corante.catalog.dates import Almanac
from corante.core.lifecycles import NotAllowed
from corante.core.work import Clock, Impossible
from corante.digest.accounts import check
from corante.models import (
    Act,
    Change,
    Choice,
    Delivery,
    Digest,
    Dirty,
    Edition,
    Filing,
    Hiding,
    Item,
    Pin,
    Scope,
    Story,
    Subscriber,
    Subscription,
    Topic,
    Variant,
)
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def at(moment: datetime) -> Clock:
    return lambda: moment


def act() -> Act:
    return Act.objects.create(verb="try", subject="story", subject_id=1, label="", at=NOW)


def frozen(letter: Digest, now: datetime) -> Edition:
    edition = room.freeze_now(letter, now)
    assert edition is not None
    assert check(edition) == []
    return edition


def got(reader: Subscriber, edition: Edition) -> list[int]:
    """The stories in a reader's letter of an edition."""
    row = Delivery.objects.filter(subscriber=reader, edition=edition).select_related("variant").first()
    return list(row.variant.stories) if row and row.variant else []


def grow(story: Story, count: int, now: datetime) -> None:
    """So many more outlets tell it."""
    story.outlets += count
    story.last_at = now
    story.save()


# Slots


def test_a_slot_that_passed_becomes_one_edition_and_never_a_second() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.told(3, topic)
    reader = world.subscriber(of=letter)
    assert room.due(NOW, 10) == [letter.pk]
    assert room.work([letter.pk], at(NOW)).made == 1
    assert room.due(NOW, 10) == []
    room.work([letter.pk], at(NOW))
    edition = Edition.objects.get()
    assert (edition.state, edition.recipients, edition.number) == ("frozen", 1, 1)
    delivery = Delivery.objects.get()
    assert (delivery.subscriber_id, delivery.state, delivery.due_at) == (reader.pk, "pending", edition.slot_at)
    assert Dirty.objects.filter(kind="edition", ref=edition.pk).exists()


def test_with_nothing_new_the_slot_passes_and_no_letter_is_made() -> None:
    letter = world.digest(world.topic())
    world.subscriber(of=letter)
    room.work([letter.pk], at(NOW))
    assert not Edition.objects.exists()
    assert Digest.objects.get().last_slot_at == NOW.replace(hour=7, minute=0)


def test_a_slot_missed_by_more_than_twelve_hours_goes_into_the_next() -> None:
    topic = world.topic()
    letter = world.digest(topic, last_slot_at=NOW.replace(hour=7, minute=0) - DAY)
    world.told(2, topic)
    room.work([letter.pk], at(NOW.replace(hour=20)))
    assert not Edition.objects.exists()
    room.work([letter.pk], at(NOW.replace(hour=7) + DAY))
    assert Item.objects.count() == 2


def test_after_days_away_the_edition_is_held_and_says_so() -> None:
    topic = world.topic()
    letter = world.digest(topic, last_slot_at=NOW - 4 * DAY)
    world.told(1, topic)
    world.subscriber(of=letter)
    room.work([letter.pk], at(NOW))
    edition = Edition.objects.get()
    assert edition.state == "held"
    assert "clock" in edition.state_why


def test_a_clock_that_ran_ahead_and_came_back_costs_no_letter() -> None:
    topic = world.topic()
    letter = world.digest(topic, last_slot_at=NOW - DAY)
    world.subscriber(of=letter)
    world.told(1, topic)
    room.work([letter.pk], at(NOW + 300 * DAY))
    assert Edition.objects.get().state == "held"
    assert room.due(NOW, 10) == [letter.pk]
    room.work([letter.pk], at(NOW))
    room.work([letter.pk], at(NOW + DAY))
    assert list(Edition.objects.order_by("pk").values_list("state", flat=True)) == ["folded", "frozen"]


def test_one_digest_in_trouble_does_not_stop_the_others() -> None:
    topic = world.topic()
    bad = world.digest(topic, name="Bad", time_zone="Nowhere/Atlantis")
    good = world.digest(topic, name="Good")
    world.told(1, topic)
    tally = room.work([bad.pk, good.pk], at(NOW))
    assert tally.failed == 1
    assert Edition.objects.get().digest == good
    assert room.due(NOW, 10) == [bad.pk]


def test_a_readers_own_hour_sets_only_when_the_letter_is_due() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.told(1, topic)
    world.subscriber(of=letter, hour=9, time_zone="America/New_York")
    room.work([letter.pk], at(NOW))
    assert Delivery.objects.get().due_at == NOW.replace(hour=14, minute=0)


def test_two_editions_of_one_date_have_two_pages_in_the_archive() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.subscriber(of=letter)
    pages = []
    for n in range(2):
        world.told(1, topic)
        edition = frozen(letter, NOW + timedelta(hours=n))
        text = edition.variants.get().text
        page = archive.edition_page(edition.pk, Almanac("en", "UTC"))
        assert page is not None
        assert page.page.path in text
        pages.append(page.page.path)
    assert pages == ["/editions/daily-letter/2026-11-22/", "/editions/daily-letter/2026-11-22-2/"]
    assert [line.path for line in archive.editions()] == pages[::-1]


# Who gets what


def test_only_confirmed_readers_of_a_standing_subscription_get_a_letter() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.told(1, topic)
    reader = world.subscriber(of=letter)
    for state in ("pending", "left", "paused", "suppressed"):
        world.subscriber(of=letter, state=state)
    gone = world.subscriber(of=letter)
    Subscription.objects.filter(subscriber=gone).update(ended_at=NOW)
    edition = frozen(letter, NOW)
    assert [d.subscriber for d in edition.deliveries.all()] == [reader]
    assert edition.recipients == 1


def test_readers_with_the_same_letter_share_one_and_who_has_nothing_gets_none() -> None:
    rivers, ports = world.topic("Rivers", "river"), world.topic("Ports", "port")
    letter = world.digest(rivers, ports)
    world.told(2, rivers)
    for _ in range(3):
        world.subscriber(of=letter)
    only_ports = choosing(letter, ports)
    edition = frozen(letter, NOW)
    assert edition.variants.count() == 1
    assert edition.recipients == 3
    assert not edition.deliveries.filter(subscriber=only_ports).exists()


def test_an_edition_nobody_gets_by_mail_stands_in_the_archive_at_once() -> None:
    topic = world.topic()
    world.told(1, topic)
    assert frozen(world.digest(topic), NOW).state == "closed"


def test_what_was_told_under_other_topics_alone_makes_no_edition_unless_a_reader_gets_it() -> None:
    sea, town = world.topic(), world.topic(name="Town")
    letter = world.digest(sea, town)
    stories = world.told(2, sea)
    had = world.subscriber(of=letter)
    first = frozen(letter, NOW)
    assert got(had, first)
    for story in stories:
        world.filed(story, town)
    assert room.freeze_now(letter, NOW + DAY) is None
    assert Edition.objects.count() == 1
    other = world.subscriber(of=letter)
    row = Subscription.objects.get(subscriber=other)
    row.all_topics = False
    row.save()
    Choice.objects.create(subscription=row, topic=town, since=NOW)
    second = frozen(letter, NOW + 2 * DAY)
    assert sorted(got(other, second)) == sorted(story.pk for story in stories)
    assert got(had, second) == []


def test_a_story_filed_later_under_a_readers_other_topic_is_not_told_again() -> None:
    rivers, ports = world.topic("Rivers", "river"), world.topic("Ports", "port")
    letter = world.digest(rivers, ports)
    both, other = world.subscriber(of=letter), choosing(letter, ports)
    story, newer = world.told(2, rivers)
    first = frozen(letter, NOW)
    world.filed(story, ports)
    second = frozen(letter, NOW + DAY)
    assert got(both, first) == sorted([story.pk, newer.pk])
    assert got(both, second) == []
    assert got(other, second) == [story.pk]


def test_a_reader_who_changes_topics_is_told_nothing_twice_and_misses_nothing() -> None:
    rivers, ports = world.topic("Rivers", "river"), world.topic("Ports", "port")
    letter = world.digest(rivers, ports)
    reader = choosing(letter, rivers)
    had, unseen = world.told(1, rivers)[0], world.told(1, ports)[0]
    assert got(reader, frozen(letter, NOW)) == [had.pk]
    choose(reader, NOW, ports)
    world.filed(had, ports)
    world.filed(unseen, rivers)
    fresh = world.told(1, ports)[0]
    assert got(reader, frozen(letter, NOW + DAY)) == [fresh.pk]


def test_a_story_merged_into_one_not_mailed_is_not_news_again_to_those_who_had_it() -> None:
    rivers, ports = world.topic("Rivers", "river"), world.topic("Ports", "port")
    letter = world.digest(rivers, ports)
    both, other = world.subscriber(of=letter), choosing(letter, ports)
    mailed = world.told(1, rivers)[0]
    frozen(letter, NOW)
    survivor = world.told(1, rivers)[0]
    world.filed(survivor, ports)
    Story.objects.filter(pk=mailed.pk).update(merged_into=survivor)
    second = frozen(letter, NOW + DAY)
    assert got(both, second) == []
    assert got(other, second) == [survivor.pk]
    assert set(second.items.values_list("topic__slug", flat=True)) == {"ports"}


def test_who_moves_from_daily_to_weekly_is_not_told_again_what_the_daily_told() -> None:
    topic = world.topic()
    daily, weekly = world.digest(topic), world.digest(topic, name="Weekly", cadence="weekly")
    mover, reads_both = world.subscriber(of=daily), world.subscriber(of=daily)
    old = world.told(1, topic)[0]
    frozen(daily, NOW)
    Subscription.objects.filter(subscriber=mover).update(ended_at=NOW)
    for reader in (mover, reads_both):
        Subscription.objects.create(subscriber=reader, digest=weekly, since=NOW)
    new = world.told(1, topic)[0]
    edition = frozen(weekly, NOW + DAY)
    assert got(mover, edition) == [new.pk]
    assert got(reads_both, edition) == sorted([old.pk, new.pk])


def test_what_was_public_before_a_topic_joined_the_digest_is_archive() -> None:
    rivers, ports = world.topic("Rivers", "river"), world.topic("Ports", "port")
    letter = world.digest(rivers)
    world.told(1, rivers)
    for story in world.told(3, ports):
        Story.objects.filter(pk=story.pk).update(public_at=NOW - 3 * DAY)
    room.work([letter.pk], at(NOW))
    letter.topics.add(ports)
    fresh = world.told(1, ports)[0]
    edition = frozen(letter, NOW + DAY)
    assert list(edition.items.values_list("story_id", flat=True)) == [fresh.pk]


def test_a_hidden_story_is_in_no_letter_and_in_the_next_when_it_is_shown_again() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    hidden, shown = world.told(2, topic)
    hiding = Hiding.objects.create(story=hidden, act=act(), at=NOW)
    first = frozen(letter, NOW)
    assert list(first.items.values_list("story_id", flat=True)) == [shown.pk]
    hiding.ended_at = NOW + timedelta(hours=1)
    hiding.save()
    assert check(first) == []
    second = frozen(letter, NOW + DAY)
    assert list(second.items.values_list("story_id", flat=True)) == [hidden.pk]


def test_a_pin_leads_the_letter() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    first, second = world.told(2, topic)
    Pin.objects.create(story=second, act=act(), at=NOW - DAY, expires_at=NOW + DAY)
    assert room.preview(letter, NOW).subject.startswith(second.lead.title if second.lead else "?")
    assert first.pk != second.pk


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_every_reader_gets_every_story_of_their_topics_once(seed: int) -> None:
    """A random life of a site, checked against a diary kept apart from the ledger."""
    Life(random.Random(seed)).live(45)


class Life:
    """Acts at random, and after each edition asks the diary who was told twice or left out."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.now = NOW
        self.topics = [world.topic(name, name.lower()) for name in ("Rivers", "Ports", "Courts")]
        self.letter = world.digest(*self.topics)
        self.readers = [choosing(self.letter, topic) for topic in self.topics] + [world.subscriber(of=self.letter)]
        self.diary: dict[int, set[int]] = {reader.pk: set() for reader in self.readers}
        self.stories: list[Story] = []

    def live(self, steps: int) -> None:
        acts = [self.publish, self.publish, self.refile, self.merge, self.choose, self.hide, self.freeze, self.fold]
        for _ in range(steps):
            self.now += timedelta(hours=self.chance.randint(1, 9))
            self.chance.choice(acts)()
        self.freeze()

    def publish(self) -> None:
        made = world.told(1)[0]
        Story.objects.filter(pk=made.pk).update(public_at=self.now)
        for topic in self.chance.sample(self.topics, self.chance.randint(1, 2)):
            world.filed(made, topic, at=self.now)
        self.stories.append(made)

    def refile(self) -> None:
        story = self.chance.choice(self.stories or [None])
        if story:
            topic = self.chance.choice(self.topics)
            Filing.objects.get_or_create(
                story=story, topic=topic, defaults={"told_at": self.now, "at": self.now, "clause": ""}
            )

    def merge(self) -> None:
        if len(self.stories) > 1:
            survivor, other = self.chance.sample(self.stories, 2)
            Story.objects.filter(pk=other.pk).update(merged_into=survivor)
            self.stories.remove(other)

    def choose(self) -> None:
        reader = self.chance.choice(self.readers)
        choose(reader, self.now, *self.chance.sample(self.topics, self.chance.randint(1, 3)))

    def hide(self) -> None:
        story = self.chance.choice(self.stories or [None])
        if story and not Hiding.objects.filter(story=story, ended_at__isnull=True).update(ended_at=self.now):
            Hiding.objects.create(story=story, act=act(), at=self.now)

    def fold(self) -> None:
        edition = Edition.objects.order_by("-pk").first()
        if edition is None or edition.state != "frozen":
            return
        before = {d.subscriber_id: set(d.variant.stories) for d in edition.deliveries.all() if d.variant}
        Edition.objects.filter(pk=edition.pk).update(deadline_at=self.now - DAY)
        Digest.objects.update(last_slot_at=self.now - timedelta(minutes=1))
        room.work([self.letter.pk], at(self.now))
        edition.refresh_from_db()
        assert edition.state == "folded"
        for reader, carried in before.items():
            self.diary[reader] -= carried

    def freeze(self) -> None:
        held = self.held()
        Edition.objects.filter(state="frozen").update(state="sending")
        edition = room.freeze_now(self.letter, self.now)
        if edition is None:
            return
        assert check(edition) == []
        for reader in self.readers:
            self.told(reader, edition, held[reader.pk])

    def told(self, reader: Subscriber, edition: Edition, topics: set[int]) -> None:
        letter = set(got(reader, edition))
        had = {survivor(story) for story in self.diary[reader.pk]}
        assert not letter & had, "told twice"
        stand = set(edition.items.filter(kind="story", topic__in=topics).values_list("story_id", flat=True))
        assert stand <= letter | had, "missed"
        assert letter <= stand, "told what was not asked for"
        self.diary[reader.pk] |= letter

    def held(self) -> dict[int, set[int]]:
        everything = {topic.pk for topic in self.topics}
        chosen: dict[int, set[int]] = {}
        for one in Subscription.objects.filter(digest=self.letter):
            standing = one.choices.filter(until__isnull=True).values_list("topic_id", flat=True)
            chosen[one.subscriber_id] = everything if one.all_topics else set(standing)
        return chosen


def survivor(number: int) -> int:
    merged = Story.objects.values_list("merged_into_id", flat=True).get(pk=number)
    return survivor(merged) if merged else number


def choosing(letter: Digest, *topics: Topic) -> Subscriber:
    """A reader of some topics of a digest."""
    reader = world.subscriber(of=letter)
    choose(reader, reader.asked_at, *topics)
    return reader


def choose(reader: Subscriber, now: datetime, *topics: Topic) -> None:
    subscription = Subscription.objects.get(subscriber=reader, ended_at__isnull=True)
    subscription.choices.filter(until__isnull=True).update(until=now)
    subscription.all_topics = False
    subscription.save()
    for topic in topics:
        Choice.objects.create(subscription=subscription, topic=topic, since=now)


# Day two


def test_two_more_outlets_make_a_development_told_once_to_those_who_had_the_story() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    reader = world.subscriber(of=letter)
    story = world.told(1, topic)[0]
    frozen(letter, NOW)
    newcomer = world.subscriber(of=letter)
    grow(story, 2, NOW + timedelta(hours=2))
    world.told(1, topic)
    second = frozen(letter, NOW + DAY)
    assert list(second.items.filter(kind="development").values_list("story_id", flat=True)) == [story.pk]
    variant = second.deliveries.get(subscriber=reader).variant
    assert variant is not None
    assert "Now told by 3 outlets" in variant.text
    other = second.deliveries.get(subscriber=newcomer).variant
    assert other is not None
    assert "Now told by" not in other.text
    world.told(1, topic)
    assert not frozen(letter, NOW + 2 * DAY).items.filter(kind="development").exists()


def test_one_more_outlet_is_no_development_and_a_development_alone_is_no_letter() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.subscriber(of=letter)
    story = world.told(1, topic)[0]
    frozen(letter, NOW)
    grow(story, 1, NOW + timedelta(hours=1))
    assert room.preview(letter, NOW + DAY).text.find("Developments") == -1
    grow(story, 1, NOW + timedelta(hours=2))
    assert room.freeze_now(letter, NOW + DAY) is None


def test_on_an_editors_word_a_story_gets_one_line_again_once() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.subscriber(of=letter)
    story = world.told(1, topic)[0]
    editor = world.account()
    with pytest.raises(Impossible):
        stories.retell(story, "Too early", editor, "", NOW, story.version)
    frozen(letter, NOW)
    taken_back = stories.retell(story, "Never said", editor, "", NOW + timedelta(hours=1), story.version)
    stories.undo(taken_back, editor, NOW + timedelta(hours=2))
    stories.retell(story, "The wall now has a builder.", editor, "", NOW + timedelta(hours=3), story.version)
    world.told(1, topic)
    variant = frozen(letter, NOW + DAY).deliveries.get().variant
    assert variant is not None
    assert "The wall now has a builder." in variant.text
    assert "Never said" not in variant.text
    world.told(1, topic)
    assert not frozen(letter, NOW + 2 * DAY).items.filter(kind="development").exists()


def test_a_reader_gets_our_words_in_the_language_they_chose() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    here = world.subscriber(of=letter)
    there = world.subscriber(of=letter, language="de")
    story = world.told(1, topic)[0]
    frozen(letter, NOW)
    grow(story, 2, NOW + timedelta(hours=2))
    world.told(1, topic)
    second = frozen(letter, NOW + DAY)
    said = {row.subscriber_id: row.variant.text for row in second.deliveries.select_related("variant") if row.variant}
    assert "Now told by 3 outlets" in said[here.pk]
    assert "Nun von 3 Medien berichtet" in said[there.pk]
    assert "Now told by" not in said[there.pk]


def test_what_an_outlet_corrected_is_told_once_to_those_who_had_the_story() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    reader = world.subscriber(of=letter)
    story = world.told(1, topic)[0]
    early = Change.objects.create(article=story.lead, kind="corrected", after="Too early.", at=NOW - timedelta(hours=1))
    frozen(letter, NOW)
    world.subscriber(of=letter)
    change = Change.objects.create(
        article=story.lead, kind="corrected", after="It was nine metres, not ten.", at=NOW + timedelta(hours=1)
    )
    edition = frozen(letter, NOW + DAY)
    item = edition.items.get()
    assert item.kind == "correction"
    assert item.content["changes"] == [change.pk] != [early.pk]
    delivery = edition.deliveries.get()
    assert delivery.subscriber == reader
    assert delivery.variant is not None
    assert "has corrected this piece: It was nine metres, not ten." in " ".join(delivery.variant.text.split())
    assert room.freeze_now(letter, NOW + 2 * DAY) is None


def test_a_hidden_storys_correction_is_not_told() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.subscriber(of=letter)
    story = world.told(1, topic)[0]
    frozen(letter, NOW)
    Change.objects.create(article=story.lead, kind="withdrawn", at=NOW + timedelta(hours=1))
    Hiding.objects.create(story=story, act=act(), at=NOW)
    assert room.freeze_now(letter, NOW + DAY) is None


# Holding, releasing, folding


def test_a_digest_on_hold_waits_for_an_editor_and_then_goes() -> None:
    topic = world.topic()
    letter = world.digest(topic, hold=True)
    world.subscriber(of=letter)
    world.told(1, topic)
    edition = frozen(letter, NOW)
    assert edition.state == "held"
    assert room.release(edition.pk, NOW).state == "frozen"
    assert room.hold(edition.pk, "wrong lead", NOW).state_why == "wrong lead"
    with pytest.raises(NotAllowed, match="next edition"):
        room.release(edition.pk, NOW + DAY)


def test_an_edition_that_never_started_folds_and_its_stories_go_into_the_next() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    reader = world.subscriber(of=letter)
    stories = world.told(2, topic)
    room.work([letter.pk], at(NOW))
    first = Edition.objects.get()
    later = first.deadline_at + timedelta(minutes=1)
    assert room.due(first.deadline_at, 10) == []
    assert room.due(later, 10) == [letter.pk]
    room.work([letter.pk], at(later))
    first.refresh_from_db()
    assert first.state == "folded"
    assert check(first) == []
    assert [d.state for d in first.deliveries.all()] == ["expired"]
    room.work([letter.pk], at(NOW + DAY))
    second = Edition.objects.get(state="frozen")
    assert got(reader, second) == sorted(story.pk for story in stories)


def test_an_edition_that_started_is_not_folded() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.subscriber(of=letter)
    world.told(1, topic)
    edition = frozen(letter, NOW)
    edition.start(NOW)
    edition.save()
    assert room.due(NOW + timedelta(hours=13), 10) == []


def test_the_accounts_name_a_story_that_was_missed() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.told(2, topic)
    edition = frozen(letter, NOW)
    lost = edition.items.first()
    assert lost is not None
    lost.delete()
    assert check(edition) == [], "it may have been committed after the freeze: the next edition has it"
    before = NOW - timedelta(hours=1)
    Story.objects.filter(pk=lost.story_id).update(public_at=before)
    Filing.objects.filter(story=lost.story_id).update(at=before)
    Scope.objects.update(since=NOW - timedelta(days=1))
    assert f"story {lost.story_id} was public" in check(edition)[0]
    Edition.objects.filter(pk=edition.pk).update(recipients=5)
    edition.refresh_from_db()
    assert "5 recipients" in check(edition)[-1]


# Commands


@pytest.fixture
def _at_a_site(site: Path) -> None:
    (site / "corante.toml").touch()


def test_a_preview_shows_no_reader_what_all_of_them_had() -> None:
    one, other = world.topic("One"), world.topic("Other")
    letter = world.digest(one, other)
    world.subscriber(of=letter)
    story = world.told(1, one)[0]
    frozen(letter, NOW)
    world.filed(story, other)
    assert room.preview(letter, NOW + DAY).stories == 0
    world.told(1, other)
    assert room.preview(letter, NOW + DAY).stories == 1


@pytest.mark.usefixtures("_at_a_site")
def test_a_preview_writes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    topic = world.topic()
    world.digest(topic)
    world.told(2, topic)
    call_command("digest", "preview", "--html", str(tmp_path / "letter.html"))
    assert "Subject: Story number 1, and 1 more" in capsys.readouterr().out
    assert (tmp_path / "letter.html").read_text().startswith("<!DOCTYPE html>")
    assert not Edition.objects.exists()
    assert Digest.objects.get().last_slot_at is None


@pytest.mark.usefixtures("_at_a_site")
def test_editions_are_sent_listed_held_and_released_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.subscriber(of=letter)
    world.told(2, topic)
    call_command("digest", "send")
    edition = Edition.objects.get()
    assert "2 stories for 1 reader," in capsys.readouterr().out
    call_command("digest", "hold", str(edition.pk), "--why", "a typo")
    call_command("digest", "list")
    assert "a typo" in capsys.readouterr().out
    call_command("digest", "release", str(edition.pk))
    edition.refresh_from_db()
    assert edition.state == "frozen"
    call_command("digest", "send")
    assert "Nothing is new" in capsys.readouterr().out


@pytest.mark.usefixtures("_at_a_site")
def test_a_wrong_name_or_number_is_answered_with_the_way_out() -> None:
    with pytest.raises(CommandError, match="corante init"):
        call_command("digest", "preview")
    world.digest(world.topic())
    with pytest.raises(CommandError, match="daily-letter"):
        call_command("digest", "preview", "--digest", "weekly")
    with pytest.raises(CommandError, match="digest list"):
        call_command("digest", "hold", "99")


def test_variants_are_told_apart_by_topics_zone_and_what_was_had() -> None:
    rivers, ports = world.topic("Rivers", "river"), world.topic("Ports", "port")
    letter = world.digest(rivers, ports)
    world.told(2, rivers)
    world.told(1, ports)
    world.subscriber(of=letter)
    world.subscriber(of=letter, time_zone="Asia/Tokyo")
    choosing(letter, ports)
    frozen(letter, NOW)
    assert Variant.objects.count() == 3
