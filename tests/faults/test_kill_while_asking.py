"""kill -9 while a real worker asks: its job, run again by the next worker or a living one, takes up what it held.

The claim is pushed a day ahead meanwhile, so that nothing but the job itself can bring the feed back.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import psycopg
import pytest

from corante.worker.lease import PostgresLease
from tests.fakes import postgres
from tests.fakes.outlets import Asked, Outlets, item, rss
from tests.fakes.running import RunningSite

TODAY = format_datetime(datetime.now(UTC), usegmt=True)  # workers live by the real clock, and a day later it is no news
DOCUMENT = rss(item("The council votes on the wall", "https://h.example/wall", "1", TODAY))
HELD = "SELECT count(*) FROM corante_feed WHERE held_by <> ''"
HOLDER = "SELECT executor_id FROM dbos.workflow_status JOIN corante_feed ON workflow_uuid = held_by"


class Slow:
    """An outlet that does not answer before it is let."""

    def __init__(self) -> None:
        self.asked, self.free = 0, threading.Event()

    def __call__(self, _asked: Asked) -> bytes:
        self.asked += 1
        self.free.wait(300)
        return DOCUMENT


@pytest.fixture
def slow() -> Iterator[Slow]:
    outlet = Slow()
    yield outlet
    outlet.free.set()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSite]:
    site = RunningSite(tmp_path / "site")
    yield site
    site.end()


def follow(site: RunningSite, outlets: Outlets, *flags: str) -> None:
    site.init("--allow-network", f"127.0.0.0/8:{outlets.port}", *flags)
    (site.folder / "list.opml").write_text(
        f'<opml version="2.0"><body><outline type="rss" text="O" xmlUrl="{outlets.url("/feed.xml")}"/></body></opml>'
    )
    site.corante("add", "--opml", str(site.folder / "list.opml"))


@pytest.mark.timeout(900)
def test_after_kill_9_the_next_worker_takes_up_what_was_in_hand(running: RunningSite, slow: Slow) -> None:
    with Outlets() as outlets:
        outlets["/feed.xml"] = slow
        follow(running, outlets)
        first = running.start("worker")
        running.wait(lambda: slow.asked == 1, what="the first look")
        first.kill()
        first.wait()
        with sqlite3.connect(running.folder / "corante.sqlite", timeout=20) as database:
            database.execute("UPDATE corante_feed SET next_check_at = datetime(next_check_at, '+1 day')")
        assert running.count(HELD) == 1
        slow.free.set()
        running.start("worker")
        running.wait(lambda: running.count("SELECT count(*) FROM corante_article") == 1, what="the piece")
        assert running.count(HELD) == 0
    assert slow.asked == 2


@pytest.fixture
def database() -> Iterator[str]:
    with postgres.a_server() as server:
        yield str(server.get_uri())


@pytest.mark.timeout(900)
def test_a_living_worker_takes_up_what_a_dead_one_held(database: str, running: RunningSite, slow: Slow) -> None:
    with Outlets() as outlets, psycopg.connect(database, autocommit=True) as rows:
        outlets["/feed.xml"] = slow
        follow(running, outlets, "--database", database)
        log = running.folder / "worker.log"
        rows.execute("UPDATE corante_feed SET next_check_at = now() + interval '1 day'")
        for n in (1, 2):  # both are there before the look, which ends by itself after half a minute
            running.start("worker")
            running.wait(lambda n=n: log.read_text().count('"started"') == n, what=f"worker {n} starting")
        rows.execute("UPDATE corante_feed SET next_check_at = now()")
        running.wait(lambda: slow.asked == 1, what="the first look")
        rows.execute("UPDATE corante_feed SET next_check_at = now() + interval '1 day'")
        (name,) = rows.execute(HOLDER).fetchone() or ("",)
        (holder,) = (worker for worker in running.processes if name.endswith(f"-{worker.pid}"))
        holder.kill()
        holder.wait()
        slow.free.set()
        stored = "SELECT count(*) FROM corante_feed WHERE held_by = '' AND outcome = 'fresh'"
        running.wait(lambda: rows.execute(stored).fetchone() == (1,), what="the living one's look")
    assert slow.asked == 2


def test_a_worker_whose_connection_broke_holds_its_name_again(database: str) -> None:
    ours, peer = PostgresLease(database), PostgresLease(database)
    ours.take("one")
    assert not peer.is_free("one")
    with psycopg.connect(database, autocommit=True) as rows:
        rows.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
    peer.keep()  # the peer held nothing, so its connection stands
    assert _becomes(lambda: peer.is_free("one"))
    ours.keep()
    assert not peer.is_free("one")
    ours.drop()
    assert _becomes(lambda: peer.is_free("one"))
    peer.drop()


def _becomes(true: Callable[[], bool]) -> bool:
    """The server notices a moment later."""
    return any(true() or time.sleep(0.1) for _ in range(600))
