"""The publish room: what changed becomes pages, whole, in order, and no more than that."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from corante import publish
from corante.models import Dirty
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db


def clock() -> datetime:
    return NOW


def drain() -> None:
    while ids := publish.due(NOW, 100):
        publish.work(ids, clock)


def test_a_filed_story_stands_on_its_page_its_topic_its_day_the_front_and_in_the_feeds(site: Path) -> None:
    floods = world.topic("Floods", "flood*")
    one = world.story(world.article(world.outlet(), "Harbour wall to rise"))
    world.filed(one, floods)
    publish.rebuild(clock)
    for path in (
        f"stories/{one.pk}.html",
        "topics/floods/index.html",
        "topics/floods/2026/11/22/index.html",
        "topics/floods/2026/11/index.html",
        "index.html",
        "topics/floods/atom.xml",
        "topics/floods/rss.xml",
        "topics/floods/feed.json",
        "outlets/harbour-post/index.html",
    ):
        assert "Harbour wall to rise" in (site / "public" / path).read_text(), path
    assert not Dirty.objects.exists()
