"""A pin ends by itself, on the minute, also where nothing else happens; and on time, whatever was printed before."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from corante import publish, stories
from corante.models import Dirty, Story, Topic
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
OLD, NEW = "Ferry line suspended for the winter", "Council votes to raise the sea wall"


@pytest.fixture
def tree(tmp_path: Path):
    with override_settings(PUBLIC_TREE=tmp_path):
        yield tmp_path


def told(topic: Topic, name: str, title: str, hours_ago: float) -> Story:
    at = NOW - hours_ago * HOUR
    story = world.story(world.article(world.outlet(name), title, published_at=at, seen_at=at), first_at=at, last_at=at)
    world.filed(story, topic)
    return story


def printed(tree: Path, at: datetime) -> str:
    """The front page after everything due by then was printed."""
    publish.work(publish.due(at, 500), lambda: at)
    return (tree / "index.html").read_text("utf-8")


def leads(page: str) -> bool:
    return page.index(OLD) < page.index(NEW)


def test_a_pin_holds_a_story_at_the_top_until_it_expires_and_no_longer(tree: Path) -> None:
    topic = world.topic()
    old, _new = told(topic, "Ferry News", OLD, 20), told(topic, "Harbour Post", NEW, 1)
    publish.rebuild(lambda: NOW)
    assert not leads(printed(tree, NOW))
    stories.pin(old, None, NOW + 3 * HOUR, world.account(), "people ask", NOW)
    assert leads(printed(tree, NOW))
    assert leads(printed(tree, NOW + 2 * HOUR))
    assert not leads(printed(tree, NOW + 3 * HOUR))
    assert not Dirty.objects.exists()


def test_what_is_printed_before_does_not_answer_the_end_of_a_pin(tree: Path) -> None:
    topic = world.topic()
    old, _new = told(topic, "Ferry News", OLD, 20), told(topic, "Harbour Post", NEW, 1)
    publish.rebuild(lambda: NOW)
    stories.pin(old, None, NOW + 3 * HOUR, world.account(), "", NOW)
    printed(tree, NOW)
    Dirty.mark("story", [old.pk], "an article joined", NOW + HOUR)
    assert leads(printed(tree, NOW + HOUR))
    assert not leads(printed(tree, NOW + 3 * HOUR))
