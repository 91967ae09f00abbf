"""kill -9 while a topic's history is filed again: the next run goes on where it was, and every story ends in its place."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

FILL = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from corante import topics
from tests.fakes import world
sea, who, by = world.topic("Sea", "flood"), world.outlet(), world.account()
for n in range(24):
    story = world.story(world.article(who, f"{'Flood' if n % 2 else 'Storm'} at the harbour, part {n}"))
    if n % 2:
        world.filed(story, sea, clause="flood")
    if n == 4:
        topics.withdraw(world.filed(story, sea), by, world.NOW, "off the subject")
topics.change(sea, by, "", world.NOW, 1, rule="storm*")
"""
REFILE = """
import os, signal, sys
import django; django.setup()
from django.db import connection
from tests.fakes.world import NOW
from corante import topics
from corante.topics import refiling
refiling.PIECE = 5
left = int(sys.argv[1])
def count(execute, sql, *rest):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, *rest)
with connection.execute_wrapper(count):
    while ids := topics.due(NOW, 100):
        topics.work(ids, lambda: NOW)
"""


def run(folder: Path, script: str, *arguments: str) -> int:
    environment = os.environ | {
        "CORANTE_DIR": str(folder),
        "CORANTE_DATABASE": "",
        "DJANGO_SETTINGS_MODULE": "corante.project.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run([sys.executable, "-c", script, *arguments], env=environment, timeout=240).returncode


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "corante.sqlite") as database:
        return database.execute(sql).fetchall()


@pytest.mark.parametrize("kill_at", [4, 9, 17, 33, 60])
def test_a_kill_in_the_middle_of_refiling_loses_and_doubles_nothing(tmp_path: Path, kill_at: int) -> None:
    (tmp_path / "corante.toml").write_text('title = "Killed"\nbase_url = "http://127.0.0.1:8000"\n')
    assert run(tmp_path, FILL) == 0
    assert run(tmp_path, REFILE, str(kill_at)) == -signal.SIGKILL
    assert run(tmp_path, REFILE, "0") == 0
    filed = rows(tmp_path, "SELECT story_id, clause, withdrawn_at IS NULL FROM corante_filing ORDER BY story_id")
    assert [(story, clause) for story, clause, stands in filed if stands] == [
        (n + 1, "storm*") for n in range(0, 24, 2) if n != 4
    ]
    assert [story for story, _, stands in filed if not stands] == [5]
    assert rows(tmp_path, "SELECT refile_from, refile_changed FROM corante_topic") == [(None, 23)]
    assert rows(tmp_path, "SELECT count(*) FROM corante_story WHERE unfiled") == [(0,)]
