"""The digest room: what an edition holds, who gets it, and that nothing is told twice or missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from corante import digest as room
from corante.models import Delivery, Digest, Edition, Item, Variant
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db


def clock() -> datetime:
    return NOW


def test_a_slot_that_passed_becomes_one_edition_and_never_a_second() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.told(3, topic)
    reader = world.subscriber(of=letter)
    assert room.due(NOW, 10) == [letter.pk]
    assert room.work([letter.pk], clock).made == 1
    assert room.due(NOW, 10) == []
    room.work([letter.pk], clock)
    edition = Edition.objects.get()
    assert (edition.state, edition.recipients, edition.number) == ("frozen", 1, 1)
    delivery = Delivery.objects.get()
    assert (delivery.subscriber_id, delivery.state, delivery.due_at) == (reader.pk, "pending", edition.slot_at)
    assert Item.objects.filter(edition=edition).count() == 3
    assert len(Variant.objects.get().stories) == 3


def test_with_nothing_new_the_slot_passes_and_no_letter_is_made() -> None:
    letter = world.digest(world.topic())
    world.subscriber(of=letter)
    room.work([letter.pk], clock)
    assert not Edition.objects.exists()
    assert Digest.objects.get().last_slot_at == NOW.replace(hour=7, minute=0)


def test_a_story_is_news_to_a_digest_once() -> None:
    topic = world.topic()
    letter = world.digest(topic)
    world.told(2, topic)
    assert room.freeze_now(letter, NOW) is not None
    assert room.freeze_now(letter, NOW + timedelta(hours=1)) is None
