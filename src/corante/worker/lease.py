"""Who may work: one worker a site's folder (SQLite), any number on PostgreSQL, each known to be alive.

A PostgreSQL worker holds a session advisory lock under its name for as long as it is connected. A peer that can
take that lock has proof that the connection is gone: no heartbeat, no guessed timeout.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Any, Protocol

import psycopg
import xxhash


class AlreadyRunning(Exception):
    """Another process works for this site; the message says which."""


class Lease(Protocol):
    """A claim others can test."""

    def take(self, name: str) -> None: ...
    def keep(self) -> None: ...
    def is_free(self, name: str) -> bool: ...
    def drop(self) -> None: ...


class PostgresLease:
    """An advisory lock on a connection of its own."""

    def __init__(self, address: str) -> None:
        self.address, self.name = address, ""
        self.connection = self._connected()

    def take(self, name: str) -> None:
        """Hold the lock of this name. Raises AlreadyRunning."""
        if not self._try(name):
            raise AlreadyRunning(f"another worker holds the name {name}")
        self.name = name

    def keep(self) -> None:
        """Hold the lock still, on a new connection where the old one broke. Raises AlreadyRunning, OperationalError."""
        if self._stands():
            return
        self.connection.close()
        self.connection = self._connected()
        try:
            self.take(self.name)
        except AlreadyRunning:
            self.connection.close()  # so that the next look tries again
            raise

    def is_free(self, name: str) -> bool:
        """Whether nobody holds that name any more."""
        if not self._try(name):
            return False
        self.connection.execute("SELECT pg_advisory_unlock(%s)", [_number(name)])
        return True

    def drop(self) -> None:
        """Let go of everything."""
        self.connection.close()

    def _connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.address, autocommit=True, keepalives_idle=10, keepalives_interval=5)

    def _stands(self) -> bool:
        try:
            self.connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _try(self, name: str) -> bool:
        row = self.connection.execute("SELECT pg_try_advisory_lock(%s)", [_number(name)]).fetchone()
        return bool(row and row[0])


class FolderLock:
    """An flock on `worker.lock` in the site's folder: the kernel drops it with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "worker.lock"
        self.file: IO[str] | None = None

    def take(self) -> None:
        """Hold the folder. Raises AlreadyRunning with the holder's process number."""
        self.file = open(self.path, "a+")  # noqa: SIM115 - held open for as long as we live
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.file.seek(0)
            holder = self.file.read().strip() or "unknown"
            raise AlreadyRunning(
                f"process {holder} already works for {self.path.parent}; stop it first, or use that one"
            ) from None
        self.file.truncate(0)
        self.file.write(str(os.getpid()))
        self.file.flush()


def _number(name: str) -> int:
    return int(xxhash.xxh64_intdigest(f"corante/{name}".encode())) - 2**63
