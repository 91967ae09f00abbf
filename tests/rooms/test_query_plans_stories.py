"""Lists that are read in order come in order from an index: no sorting of everything on the way."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from corante import stories, topics
from corante.catalog import search
from corante.stories.memory import read_seal, stream_time
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db


def plans_of(run: object) -> str:
    """The plans of all queries of a call, joined."""
    with CaptureQueriesContext(connection) as seen:
        run()  # type: ignore[operator]
    lines = []
    with connection.cursor() as cursor:
        for query in seen.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
                lines += [row[3] for row in cursor.fetchall()]
    return "\n".join(lines)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize(
    ("what", "run"),
    [
        ("articles in no story", lambda: stories.due(NOW, 100)),
        ("stories owed a look", lambda: topics.due(NOW, 100)),
        ("the newest live story", stream_time),
        ("what tells that rows moved on", read_seal),
        ("newest search hits", lambda: search.find("wall")),
    ],
)
def test_no_list_is_sorted_on_the_way(what: str, run: object) -> None:
    world.told(3, world.topic())
    plan = plans_of(run)
    assert plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan, f"{what}: {plan}"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL what it counts")
@pytest.mark.parametrize("table", ["corante_search", "corante_recent"])
def test_postgresql_knows_how_often_many_words_stand_so_that_a_rare_one_reads_no_archive(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstattarget FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'words'", [table]
        )
        assert cursor.fetchone() == (500,)
