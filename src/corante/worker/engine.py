"""The job engine behind one small interface; the only file that knows DBOS.

A job is (step name, row ids): no payload, no pickles. Jobs are repeated after a crash, so every room's work may
be repeated; truth lives in the rows. What DBOS gives: jobs that survive the process, at most one job a lane over
all workers (deduplication), and take-over of a dead worker's jobs.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, error

from .lease import Lease, PostgresLease

# A constant: the default is a hash of the code, and then an upgrade would strand the jobs of the old version.
APPLICATION_VERSION = "1"
QUEUE = "work"
LIVE = ["ENQUEUED", "PENDING"]
SETTLED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
KEEP_JOBS_S = 24 * 3600
RETURN_S = 5.0
"""How long a worker may take to come back when its connection broke (PostgreSQL was restarted): it looks once a tick."""

Perform = Callable[[str, list[int], str], dict[str, Any]]
"""Does one job: step name, row ids, and the job's own name, which is the same when it is run again after a crash."""

_perform: Perform | None = None


@DBOS.step(name="perform")
def _perform_step(step: str, ids: list[int]) -> dict[str, Any]:
    assert _perform is not None, "the engine was not started"
    return _perform(step, ids, DBOS.workflow_id or "")


@DBOS.workflow(name="batch", max_recovery_attempts=1000)
def _batch(step: str, ids: list[int]) -> dict[str, Any]:
    return _perform_step(step, ids)


class Engine:
    """Runs jobs: `start`, then `submit`; `stop` waits for what is running."""

    def __init__(self, jobs: str, executor: str, lanes: dict[str, int], poll_s: float = 0.25) -> None:
        """`jobs` is the address of the engine's own database, `lanes` the jobs a step may have at once."""
        self.jobs, self.executor, self.lanes, self.poll_s = jobs, executor, lanes, poll_s
        self.lease: Lease | None = None
        self.gone: dict[str, float] = {}  # worker -> monotonic time since which its lease is free

    def start(self, perform: Perform) -> None:
        """Connect, take the executor's lease, resume what a crash left, and listen.

        Raises AlreadyRunning when another process holds the lease of this executor.
        """
        global _perform
        _perform = perform
        logging.getLogger("dbos").setLevel(logging.WARNING)
        config: DBOSConfig = {
            "name": "corante",
            "executor_id": self.executor,
            "application_version": APPLICATION_VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": 16,
            "sys_db_pool_size": 5,
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": 5.0,
            "system_database_url": self.jobs,
        }
        if self.jobs.startswith("sqlite"):
            config["system_database_engine"] = _sqlite(self.jobs)
        else:
            self.lease = PostgresLease(self.jobs)
            self.lease.take(self.executor)
        DBOS(config=config)
        DBOS.launch()
        # One queue, because each is asked four times a second; the lanes are kept by deduplication.
        DBOS.register_queue(QUEUE, worker_concurrency=sum(self.lanes.values()), polling_interval_sec=self.poll_s)

    def submit(self, step: str, lane: int, ids: list[int]) -> bool:
        """Queue a job; False when that lane has one already, here or at any other worker."""
        try:
            with SetEnqueueOptions(deduplication_id=f"{step}/{lane}"):
                DBOS.enqueue_workflow(QUEUE, _batch, step, ids)
        except error.DBOSQueueDeduplicatedError:
            return False
        return True

    def live(self) -> dict[str, set[int]]:
        """Row ids by step that wait or run in any job now."""
        found: dict[str, set[int]] = {}
        for job in DBOS.list_workflows(status=LIVE, load_output=False):
            if job.input:
                step, ids = job.input["args"]
                found.setdefault(step, set()).update(ids)
        return found

    def left_behind(self) -> list[str]:
        """Jobs of workers whose lease is free, and was a while ago: their connection is gone, and did not come back."""
        if self.lease is None:
            return []
        self.lease.keep()
        others: dict[str, list[str]] = {}
        for job in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False):
            if job.executor_id and job.executor_id != self.executor:
                others.setdefault(job.executor_id, []).append(job.workflow_id)
        now = time.monotonic()
        self.gone = {name: self.gone.get(name, now) for name in others if self.lease.is_free(name)}
        return [job for name, since in self.gone.items() if now - since >= RETURN_S for job in others[name]]

    def take_over(self, jobs: list[str]) -> None:
        """Run jobs of others again, under the names they have."""
        DBOS.resume_workflows(jobs)

    def forget(self, before_ms: int) -> int:
        """Delete settled jobs created before that instant (ms since the epoch). Returns how many."""
        settled = DBOS.list_workflows(status=SETTLED, load_input=False, load_output=False, limit=2000)
        old = [job.workflow_id for job in settled if (job.created_at or 0) < before_ms]
        if old:
            DBOS.delete_workflows(old)
        return len(old)

    def stop(self, wait_s: int) -> None:
        """Take no more jobs and give the running ones `wait_s` seconds."""
        DBOS.destroy(workflow_completion_timeout_sec=wait_s)
        if self.lease:
            self.lease.drop()


def jobs_address(folder: Path | None, database: str) -> str:
    """Where the engine keeps its jobs: a file of its own beside the content (measured: 3 times the writes), or PostgreSQL."""
    if database:
        return database.replace("postgres://", "postgresql://", 1)
    assert folder is not None, "a worker needs a site's folder"
    return f"sqlite:///{folder / 'jobs.sqlite'}"


def _sqlite(address: str) -> sa.Engine:
    engine = sa.create_engine(address, connect_args={"check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
