"""kill -9 between any two statements of gathering: what is stored is whole, and starting again finishes it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.outlets import Outlets, item, rss

WORK = """
import os, sys
import django
django.setup()
from datetime import UTC, datetime, timedelta
from django.db import connection
from corante import gather
from corante.models import Feed

left = int(sys.argv[1])

def count(execute, sql, params, many, context):
    global left
    if left == 0:
        os.kill(os.getpid(), 9)
    left -= 1
    return execute(sql, params, many, context)

if __name__ == "__main__":
    now = datetime(2026, 11, 22, 8, 12, tzinfo=UTC) + timedelta(minutes=int(sys.argv[2]))
    with connection.execute_wrapper(count):
        gather.work(gather.due(now, 10), lambda: now)
"""


def prepare(folder: Path, addresses: list[str]) -> dict[str, str]:
    folder.mkdir()
    (folder / "corante.toml").write_text(
        'title = "T"\nbase_url = "http://127.0.0.1:8000"\nallow_network = ["127.0.0.0/8"]\n'
    )
    env = os.environ | {"CORANTE_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "corante.project.settings"}
    env["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    env.pop("CORANTE_DATABASE", None)
    subprocess.run([sys.executable, "-m", "corante.cli", "migrate", "-v0"], env=env, check=True, cwd=folder)
    (folder / "work.py").write_text(WORK)
    rows = "".join(f'<outline type="rss" text="O{n}" xmlUrl="{url}"/>' for n, url in enumerate(addresses))
    (folder / "list.opml").write_text(f'<opml version="2.0"><body>{rows}</body></opml>')
    subprocess.run([sys.executable, "-m", "corante.cli", "add", "--opml", "list.opml"], env=env, check=True, cwd=folder)
    with sqlite3.connect(folder / "corante.sqlite") as database:
        database.execute("UPDATE corante_feed SET next_check_at = '2026-11-22 08:00:00'")
    return env


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "corante.sqlite") as database:
        return database.execute(query).fetchall()


@pytest.mark.parametrize("statement", [1, 5, 9, 13, 20])
def test_killed_at_any_statement_nothing_is_half_stored_lost_or_stored_twice(tmp_path: Path, statement: int) -> None:
    with Outlets() as outlets:
        for n in range(3):
            outlets[f"/{n}"] = rss(
                *(item(f"Piece {n}.{m}", f"https://h.example/{n}/{m}", f"{n}.{m}") for m in range(5))
            )
        env = prepare(tmp_path / "site", [outlets.url(f"/{n}") for n in range(3)])
        killed = subprocess.run(
            [sys.executable, "work.py", str(statement), "0"],
            env=env,
            cwd=tmp_path / "site",
            capture_output=True,
            timeout=240,
        )
        assert killed.returncode in (-signal.SIGKILL, 0), killed.stderr.decode()
        half = "SELECT f.id, f.body_hash, count(a.id) FROM corante_feed f LEFT JOIN corante_article a ON a.feed_id = f.id GROUP BY f.id"
        assert all((body == "") == (count == 0) and count in (0, 5) for _, body, count in rows(tmp_path / "site", half))
        for minutes in ("15", "30"):
            subprocess.run(
                [sys.executable, "work.py", "-1", minutes], env=env, cwd=tmp_path / "site", check=True, timeout=240
            )
    assert rows(tmp_path / "site", "SELECT count(*), count(DISTINCT url) FROM corante_article") == [(15, 15)]
    assert rows(tmp_path / "site", "SELECT count(*) FROM corante_sighting WHERE article_id IS NULL") == [(0,)]


PUSHED = """
import os, sys, zlib
import django
django.setup()
from datetime import UTC, datetime, timedelta
from django.db import connection
from corante.gather import pushes
from corante.models import Feed, Push, Wire

left, now = int(sys.argv[1]), datetime(2026, 11, 22, 9, 12, tzinfo=UTC)

def count(execute, sql, params, many, context):
    global left
    if left == 0:
        os.kill(os.getpid(), 9)
    left -= 1
    return execute(sql, params, many, context)

if __name__ == "__main__":
    if not Wire.objects.exists():
        Feed.objects.update(imported_at=now - timedelta(days=9), last_ok_at=now - timedelta(hours=1))
        for feed in Feed.objects.all():
            wire = Wire.objects.create(
                feed=feed, hub="https://hub.example/", topic=feed.url, token=f"{feed.pk:032}", secret="s",
                state="live", next_ask_at=now, until=now + timedelta(days=1))
            body = zlib.compress(open(f"{feed.pk}.xml", "rb").read())
            Push.objects.create(wire=wire, body=body, at=now)
    with connection.execute_wrapper(count):
        pushes.take(pushes.due(now, 10), lambda: now)
"""


@pytest.mark.parametrize("statement", [1, 4, 8, 14, 22])
def test_a_push_that_was_taken_when_we_were_killed_is_read_once(tmp_path: Path, statement: int) -> None:
    env = prepare(tmp_path / "site", [f"http://127.0.0.1:1/{n}" for n in range(3)])
    (tmp_path / "site" / "push.py").write_text(PUSHED)
    for n in range(1, 4):
        pieces = (item(f"Pushed {n}.{m}", f"https://h.example/{n}/{m}", f"{n}.{m}") for m in range(5))
        (tmp_path / "site" / f"{n}.xml").write_bytes(rss(*pieces))
    for left in (str(statement), "-1", "-1"):
        command = [sys.executable, "push.py", left]
        ended = subprocess.run(command, env=env, cwd=tmp_path / "site", capture_output=True, timeout=240)
        assert ended.returncode in (-signal.SIGKILL, 0), ended.stderr.decode()
    assert rows(tmp_path / "site", "SELECT count(*), count(DISTINCT url) FROM corante_article") == [(15, 15)]
    assert rows(tmp_path / "site", "SELECT count(*) FROM corante_push") == [(0,)]
    assert rows(tmp_path / "site", "SELECT sum(pushes) FROM corante_wire") == [(3,)]
