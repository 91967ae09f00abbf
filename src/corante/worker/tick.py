"""Turns the crank: asks every room what is due and hands it to the engine, once a second and at once after work.

Due work is found by comparing rows with the clock, never by sleeping until; a tick that comes late finds the same
rows, and a clock that jumps finds no slot twice, because the rows say what was done.
"""

from __future__ import annotations

import signal
import threading
import time
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.db import close_old_connections, connections

from corante import deliver
from corante.core.work import Tally
from corante.mail.outbox import OutboxServer
from corante.net.client import rest
from corante.net.politeness import SPACING_S

from .engine import KEEP_JOBS_S, Engine
from .housekeeping import keep_house
from .steps import FLOW, Job, Step, step

TICK_S = 1.0
HOUSEKEEPING_S = 3600
LEAST = 25
"""Rows of a job while there are enough: a job costs as much as several looks, and a lane that is stuck with slow
outlets must not keep the others' share."""
log = structlog.get_logger("worker")


def utc_now() -> datetime:
    """The worker's clock."""
    return datetime.now(UTC)


class Worker:
    """One worker process: an engine and a tick."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.stopping = threading.Event()
        self.woken = threading.Event()
        self.swept = float("-inf")  # so that house is kept at the first tick
        self.chores: threading.Thread | None = None
        self.failures: dict[str, int] = {}
        self.resting: dict[str, float] = {}  # step -> monotonic time before which it is left alone

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, then finish what runs (at most 25 s) and return."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        rest(settings.CORANTE, SPACING_S)  # whoever worked here until now may have asked a host a moment ago
        outbox = _open_outbox()
        left = deliver.recover(utc_now)
        self.engine.start(self.perform)
        log.info("started", steps=[one.name for one in FLOW], **_said(left))
        while not self.stopping.is_set():
            self._tick_safely()
            self.woken.wait(TICK_S)
            self.woken.clear()
        log.info("stopping")
        self.engine.stop(wait_s=25)
        if outbox:
            outbox.stop()
        connections.close_all()

    def perform(self, name: str, ids: list[int], job: str) -> dict[str, Any]:
        """One job: let the room work on these rows and say what came of it."""
        close_old_connections()
        began = time.monotonic()
        try:
            tally = step(name).work(ids, utc_now, Job(job, self.stopping.is_set))
            self.failures.pop(name, None)
        except Exception:
            log.exception("failed", step=name, rows=len(ids))
            tally = Tally(failed=len(ids))
            self._rest(name)
        finally:
            close_old_connections()
        log.info(name, rows=len(ids), **_said(tally), seconds=round(time.monotonic() - began, 2))
        self.woken.set()
        return _said(tally)

    def tick(self, now: datetime) -> None:
        """Hand out what is due now, step by step, in the order of the flow."""
        live = self.engine.live()
        for one in FLOW:
            self._hand_out(one, live.get(one.name, set()), now)
        if time.monotonic() - self.swept > HOUSEKEEPING_S:
            self.swept = time.monotonic()
            self.engine.forget(int((now.timestamp() - KEEP_JOBS_S) * 1000))
            self._keep_house(now)
        if jobs := self.engine.left_behind():
            rest(settings.CORANTE, SPACING_S)
            self.engine.take_over(jobs)

    def _keep_house(self, now: datetime) -> None:
        """Beside the flow: a hub that is slow to answer must not hold up what is due. Never two at once."""
        if self.chores is None or not self.chores.is_alive():
            self.chores = threading.Thread(target=_chores, args=(now,), name="chores", daemon=True)
            self.chores.start()

    def _rest(self, name: str) -> None:
        """A step that fails as a whole (disk full, database away) is left alone a little longer each time."""
        self.failures[name] = self.failures.get(name, 0) + 1
        self.resting[name] = time.monotonic() + min(60, 2 ** self.failures[name])

    def _hand_out(self, one: Step, busy: set[int], now: datetime) -> None:
        if time.monotonic() < self.resting.get(one.name, 0):
            return
        wanted = one.batch * one.lanes
        free = [row for row in one.due(now, wanted + len(busy)) if row not in busy][:wanted]
        size, lanes = max(LEAST, -(-len(free) // one.lanes)), iter(range(one.lanes))
        for at in range(0, len(free), size):
            if not any(self.engine.submit(one.name, lane, free[at : at + size]) for lane in lanes):
                return  # every lane has its job; what is left is due at the next tick too

    def _tick_safely(self) -> None:
        close_old_connections()
        try:
            self.tick(utc_now())
        except Exception:
            log.exception("tick failed; the next one comes in a second")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()
        self.woken.set()


def _open_outbox() -> OutboxServer | None:
    """With no mail server set, letters go by SMTP to an outbox of our own, where the desk shows them."""
    if settings.CORANTE.smtp:
        return None
    outbox = OutboxServer(settings.OUTBOX)
    outbox.start()
    return outbox


def _chores(now: datetime) -> None:
    try:
        keep_house(now)
    finally:
        connections.close_all()


def _said(tally: Tally) -> dict[str, Any]:
    return {key: value for key, value in vars(tally).items() if value}
