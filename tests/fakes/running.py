"""A site in a folder of its own, with its commands and its processes, as an operator has it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from corante.demo.server import World

BELOW_EPHEMERAL = range(12_000, 32_000)


def free_port() -> int:
    """A port nobody listens on now, and which the system gives to no connection meanwhile, as it would one from bind(0)."""
    for port in random.SystemRandom().sample(BELOW_EPHEMERAL, 200):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


class RunningSite:
    """A site on disk, driven by `corante …` in processes of their own; looked at through its SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        """Where its web process listens."""
        return f"http://127.0.0.1:{self.port}"

    def init(self, *flags: str) -> None:
        """`corante init` without questions."""
        flags = ("--title", "The Estuary Sheet", "--base-url", self.address, "--contact", "desk@example.org", *flags)
        self.corante("init", str(self.folder), *flags, env={"CORANTE_PASSWORD": "a long password"}, at_site=False)

    def follow(self, world: World, readers: int, *flags: str) -> None:
        """A site that follows the pretend outlets of `world`, with so many confirmed readers."""
        self.init("--allow-network", f"127.0.0.0/8:{world.port}", *flags)
        opml, people = self.folder / "outlets.opml", self.folder / "readers.csv"
        opml.write_text(world.opml)
        self.corante("add", "--opml", str(opml))
        lines = "".join(f"reader{n}@example.org,2026-11-01T00:00:00+00:00\n" for n in range(readers))
        people.write_text(f"address,consent\n{lines}")
        self.corante("subscribers", "import", str(people))

    def corante(
        self, *arguments: str, env: dict[str, str] | None = None, at_site: bool = True, ok: Sequence[int] = (0,)
    ) -> str:
        """Run a command to its end and return what it printed; any other exit status than `ok` fails the test."""
        where = ["--dir", str(self.folder)] if at_site else []
        done = subprocess.run(
            [sys.executable, "-m", "corante.cli", *where, *arguments],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            env=self._environment(env),
        )
        assert done.returncode in ok, f"corante {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a long-running command; its words go to a file in the folder."""
        log = open(self.folder / f"{arguments[0]}.log", "ab")  # noqa: SIM115 - the child's from here on
        command = [sys.executable, "-m", "corante.cli", "--dir", str(self.folder), *arguments]
        process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment(), start_new_session=True)
        log.close()
        self.processes.append(process)
        return process

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the database, reading only; while its last user leaves or its next one recovers it, a little later."""
        last = time.monotonic() + 60
        while True:
            try:
                return self._rows(sql, values)
            except sqlite3.OperationalError:
                if time.monotonic() > last:
                    raise
                time.sleep(0.2)

    def _rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with closing(
            sqlite3.connect(f"file:{self.folder / 'corante.sqlite'}?mode=ro", uri=True, timeout=20)
        ) as connection:
            return connection.execute(sql, values).fetchall()

    def count(self, sql: str, *values: Any) -> int:
        """The one number a query gives."""
        return int(self.rows(sql, *values)[0][0])

    def wait(self, until: Callable[[], bool], seconds: float = 240, what: str = "it") -> None:
        """Wait until something holds; fails the test with the end of the worker's log when it never does."""
        last = time.monotonic() + seconds
        while time.monotonic() < last:
            if until():
                return
            time.sleep(0.2)
        log = self.folder / "worker.log"
        tail = log.read_text(errors="replace")[-3000:] if log.exists() else ""
        raise AssertionError(f"{what} did not happen within {seconds:.0f} s\n{tail}")

    def settled(self) -> bool:
        """Everything gathered is read, grouped, filed and published, and every active feed was asked."""
        waiting = (
            "SELECT (SELECT count(*) FROM corante_feed WHERE state = 'active' AND last_checked_at IS NULL)"
            " + (SELECT count(*) FROM corante_article WHERE reading = 'pending' AND reading_tries = 0)"
            " + (SELECT count(*) FROM corante_article WHERE story_id IS NULL AND reading <> 'pending')"
            " + (SELECT count(*) FROM corante_story WHERE unfiled) + (SELECT count(*) FROM corante_dirty)"
        )
        return self.count("SELECT count(*) FROM corante_article") > 0 and self.count(waiting) == 0

    def end(self) -> None:
        """Stop everything that still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _environment(self, more: dict[str, str] | None = None) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("CORANTE_", "DJANGO_"))}
        return kept | (more or {})
