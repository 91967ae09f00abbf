"""Limits hold over all workers together, where more than one may send: on PostgreSQL."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from corante.core.pacing import Limits, Pace
from corante.deliver.turns import Turns
from corante.models import Turn
from tests.fakes.clock import Clock
from tests.fakes.smtp import SmtpServer
from tests.faults.killing import Site, own_database

__all__ = ["own_database"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("CORANTE_DATABASE"), reason="SQLite has one sender at a time"),
]


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


def asked(worker: Turns, domain: str, clock: Clock, busy: dict[str, int] | None = None) -> bool:
    return worker.take(domain, busy or {}, clock().timestamp())


def test_two_workers_together_send_no_faster_than_one_may(clock: Clock) -> None:
    limits = Limits(a_minute=90, domain_a_minute=60)
    workers = [Turns(Pace(limits), clock) for _ in range(2)]
    left: dict[str, list[float]] = {"a.example": [], "b.example": []}
    for step in range(600):
        for worker in workers if step % 2 else reversed(workers):
            for domain, moments in left.items():
                if asked(worker, domain, clock):
                    moments.append(clock().timestamp())
        clock.go(seconds=0.25)
    every = sorted(moment for moments in left.values() for moment in moments)
    assert all(later - earlier >= 1 for moments in left.values() for earlier, later in pairwise(moments))
    assert all(later - earlier >= 60 / 90 for earlier, later in pairwise(every))
    assert len(every) > 150, "and not much slower"


def test_what_another_worker_took_is_waited_for_and_said(clock: Clock) -> None:
    one, other = (Turns(Pace(Limits(domain_a_minute=6)), clock) for _ in range(2))
    assert asked(one, "a.example", clock)
    assert not asked(other, "a.example", clock)
    assert other.wait(["a.example"], clock().timestamp()) == pytest.approx(10)
    assert asked(other, "b.example", clock), "no other domain waits for it"
    clock.go(seconds=10)
    assert asked(other, "a.example", clock)


def test_a_clock_that_was_wrong_delays_a_letter_by_one_turn_at_most(clock: Clock) -> None:
    Turn.objects.create(domain="a.example", free_at=clock() + timedelta(days=365))
    worker = Turns(Pace(Limits(domain_a_minute=6)), clock)
    assert not asked(worker, "a.example", clock)
    assert worker.wait(["a.example"], clock().timestamp()) == pytest.approx(10)


def test_a_domain_sees_no_more_connections_than_allowed_and_gets_them_back_from_who_is_done(clock: Clock) -> None:
    limits = Limits(domain_at_once=2)
    one, other = Turns(Pace(limits), clock), Turns(Pace(limits), clock)
    assert asked(one, "two.example", clock)
    assert asked(one, "two.example", clock, {"two.example": 1})
    elsewhere(lambda: _no(asked(other, "two.example", clock)))
    one.part()
    clock.go(seconds=1)
    elsewhere(lambda: _yes(asked(other, "two.example", clock)))


def test_a_process_that_is_gone_holds_no_connection(clock: Clock) -> None:
    limits = Limits(domain_at_once=1)
    elsewhere(lambda: _yes(asked(Turns(Pace(limits), clock), "gone.example", clock)))
    worker, last = Turns(Pace(limits), clock), time.monotonic() + 120
    while not asked(worker, "gone.example", clock):  # the server notices in its own time
        assert time.monotonic() < last
        clock.go(seconds=1)


def _yes(got: bool) -> None:
    assert got


def _no(got: bool) -> None:
    assert not got


def elsewhere(act: Callable[[], None]) -> None:
    """On a connection of its own, as another process has it, closed after."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(120)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


@pytest.mark.timeout(600)
def test_two_processes_with_an_edition_each_keep_to_one_connection_a_domain(tmp_path: Path, own_database: Any) -> None:
    with SmtpServer(slow=0.02) as server:
        site = Site(tmp_path, server.address, domain_connections=1)
        site.run("make", "40", "2")
        senders = [site.start(), site.start()]
        assert [sender.wait(300) for sender in senders] == [0, 0]
    assert len(server.accepted) == len(set(server.accepted)) == 80
    assert server.most_at_once == 1
    assert site.report()["failing"] == []
