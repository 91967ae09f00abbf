"""Who may send, and how sure a commit is: one process for each edition, and on disk means on disk.

Rule: the lock dies with the process that holds it, so nothing has to be cleaned up after a kill.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

_SPACE = 0x5E4D  # of our advisory locks, apart from anybody else's
_SENDING = {"synchronous": 2, "cache_size": -4096, "mmap_size": 0}
"""SQLite while letters leave: FULL, 4 MB of pages in memory, and none of the file mapped."""


@contextmanager
def sole_sender(edition: int) -> Iterator[bool]:
    """Whether we are the one process that sends this edition."""
    if connection.vendor == "postgresql":
        yield from _advisory(edition)
    else:
        yield from _file_lock()


def _advisory(edition: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_SPACE, edition])
        got = bool(cursor.fetchone()[0])
    held_by = connection.connection
    try:
        yield got
    finally:
        if got and held_by is not None and connection.connection is held_by and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_SPACE, edition])


def _file_lock() -> Iterator[bool]:
    if not settings.CORANTE_DIR:  # no site: there is no folder that another process could send from
        yield True
        return
    with open(Path(settings.CORANTE_DIR) / "deliver.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def durable() -> Iterator[None]:
    """Commits within are on disk when they return (SQLite's NORMAL may lose the last ones with the power).

    And a long edition takes no more memory than a short one: each of its rows is looked at once or twice, in order, so
    that the cache and the mapped file, which serve other work, would only grow by it.
    """
    sqlite = connection.vendor == "sqlite" and not connection.in_atomic_block
    before = {name: _pragma(name) for name in _SENDING} if sqlite else {}
    for name in before:
        _pragma(name, _SENDING[name])
    try:
        yield
    finally:
        for name, value in before.items():
            _pragma(name, value)


def _pragma(name: str, value: int | None = None) -> int:
    """A setting of the connection, or its change."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}" if value is None else f"PRAGMA {name}={value}")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
