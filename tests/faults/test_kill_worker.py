"""kill -9 at any moment, then start: it goes on where it was. The whole flow, a real worker, real HTTP and SMTP."""

from __future__ import annotations

import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from corante.demo import server
from tests.fakes.running import RunningSite

KILLS = max(8, int(os.environ.get("CORANTE_KILLS", "20")) // 5)  # the rest is killed in delivery
READERS = 40
SEED = 1621


@pytest.fixture
def world() -> Iterator[server.World]:
    running = server.start()
    yield running
    running.stop()


@pytest.fixture
def running(tmp_path: Path, world: server.World) -> Iterator[RunningSite]:
    site = RunningSite(tmp_path / "site")
    site.follow(world, READERS)
    yield site
    site.end()


def _kill_while_it_works(site: RunningSite, times: int, longest: float, dice: random.Random) -> None:
    for _ in range(times):
        worker = site.start("worker")
        try:
            worker.wait(dice.uniform(0.8, longest))
        except subprocess.TimeoutExpired:  # it is still working, which is the point
            worker.kill()
        worker.wait()


@pytest.mark.timeout(900)
def test_kill_9_at_any_moment_then_start_goes_on_where_it_was(running: RunningSite) -> None:
    dice = random.Random(SEED)

    _kill_while_it_works(running, KILLS, 6.0, dice)
    worker = running.start("worker")
    running.wait(running.settled, what="everything gathered, read, grouped, filed and published")
    worker.kill()
    worker.wait()

    twice = "SELECT outlet_id, title, count(*) FROM corante_article GROUP BY 1, 2 HAVING count(*) > 1"
    assert running.rows(twice) == []
    missing = [
        path for (path,) in running.rows("SELECT path FROM corante_page WHERE NOT gone") if not _stands(running, path)
    ]
    assert missing == []

    running.corante("digest", "send")
    _kill_while_it_works(running, KILLS // 2, 5.0, dice)
    running.start("worker")
    running.wait(
        lambda: running.count("SELECT count(*) FROM corante_edition WHERE state = 'closed'") == 1,
        what="the edition closing",
    )

    assert running.count("SELECT count(*) FROM corante_delivery WHERE state = 'accepted'") == READERS
    got = Counter(str(letter["To"]) for letter in _letters(running))
    assert len(got) == READERS
    assert set(got.values()) == {1}
    running.corante("verify")


def _stands(site: RunningSite, path: str) -> bool:
    at = site.folder / "public" / path.lstrip("/")
    return at.is_file() or at.with_name(at.name + ".html").is_file() or (at / "index.html").is_file()


def _letters(site: RunningSite) -> list[object]:
    read = BytesParser(policy=policy.default)
    return [read.parsebytes(file.read_bytes()) for file in (site.folder / "outbox").rglob("*.eml")]
