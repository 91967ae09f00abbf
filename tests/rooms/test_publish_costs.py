"""What publishing asks of the database: rows an index hands over in order, however large the archive."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from corante import publish
from corante.catalog import archive, days, feeds, frames, outlets, pages
from corante.catalog.templating import almanac
from corante.models import Dirty, Page
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db
HERE = almanac("en", "UTC")


def plans(asked: CaptureQueriesContext) -> dict[str, str]:
    """How SQLite means to answer each captured query."""
    found = {}
    for query in asked.captured_queries:
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
                found[query["sql"]] = " | ".join(str(row[-1]) for row in cursor.fetchall())
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize("page", ["front", "topic", "day", "feed", "outlet", "corrections", "editions", "due"])
def test_no_list_page_sorts_the_archive(site: Path, settings: object, page: str) -> None:
    topic = world.topic("Floods")
    stories = world.told(12, topic)
    line = frames.frame().topics[0]
    outlet = stories[0].lead.outlet_id if stories[0].lead else 0
    ask = {
        "front": lambda: pages.front(frames.frame(), NOW),
        "topic": lambda: pages.topic_page(line, HERE, NOW),
        "day": lambda: days.day_page(line, date(2026, 11, 22), HERE),
        "feed": lambda: feeds.topic_feed(line, settings.CORANTE),  # type: ignore[attr-defined]  # pytest-django's
        "outlet": lambda: outlets.outlet_page(outlet),
        "corrections": archive.corrections,
        "editions": archive.editions,
        "due": lambda: publish.due(NOW, 10),
    }[page]
    with CaptureQueriesContext(connection) as asked:
        assert ask() is not None
    small = ('FROM "corante_topic"', 'FROM "corante_pin"', 'FROM "corante_edition"')
    for sql, plan in plans(asked).items():
        if not any(table in sql for table in small):
            assert "TEMP B-TREE" not in plan, f"{sql}\n{plan}"
            assert "SCAN corante_article" not in plan.replace("USING", ""), f"{sql}\n{plan}"


def test_a_new_story_costs_as_many_queries_in_a_large_archive_as_in_a_small_one(site: Path) -> None:
    topic = world.topic("Floods")
    world.told(15, topic)
    world.told(15, world.topic("Ports"))

    def cost() -> int:
        one = world.story(world.article(world.outlet(f"Outlet {Page.objects.count()}"), "High water"))
        world.filed(one, topic)
        Dirty.mark("story", [one.pk], "filed", NOW)
        with CaptureQueriesContext(connection) as asked:
            publish.work(publish.due(NOW, 10), lambda: NOW)
        return len(asked)

    publish.rebuild(lambda: NOW)
    cost()
    small = cost()
    for n, story in enumerate(world.told(60)):
        world.filed(story, topic, told_at=NOW - timedelta(days=n))
    publish.rebuild(lambda: NOW)
    assert cost() == small
