"""kill -9 at any moment of a delivery, then start: nobody is missed, and nobody is written to twice where there is
evidence; without it, at most one letter per connection and kill is repeated, and each is on record.

20 kills here; CORANTE_KILLS=200 in `make faults`. The seed is printed when it fails.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from corante.mail.outbox import OutboxServer
from tests.fakes.smtp import SmtpServer

KILLS = int(os.environ.get("CORANTE_KILLS", "20"))
SEED = int(os.environ.get("CORANTE_SEED", "7"))
CONNECTIONS = 4


class Site:
    """A site in a folder and a database of its own, with a sender that can be killed."""

    def __init__(self, folder: Path, smtp: str) -> None:
        self.folder = folder
        (folder / "outbox").mkdir(exist_ok=True)
        config = ['title = "Harbour Digest"', 'base_url = "http://127.0.0.1:8000"', f"smtp_connections = {CONNECTIONS}"]
        config += [f'smtp = "{smtp}"', 'sender = "news@example.org"']
        (folder / "corante.toml").write_text("\n".join(config))
        self.environment = os.environ | {
            "CORANTE_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "corante.project.settings",
        }

    def run(self, *words: str) -> str:
        done = subprocess.run(self._command(*words), env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command("send"), env=self.environment)

    def report(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.run("report"))
        return answer

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.faults.sender", *words]


@pytest.fixture
def database() -> Iterator[None]:
    """On PostgreSQL, a database of its own for the killed sender."""
    address = os.environ.get("CORANTE_DATABASE", "")
    if not address:
        yield
        return
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS kills WITH (FORCE)")
        admin.execute("CREATE DATABASE kills")
        os.environ["CORANTE_DATABASE"] = urlsplit(address)._replace(path="/kills").geturl()
        yield
        os.environ["CORANTE_DATABASE"] = address
        admin.execute("DROP DATABASE kills WITH (FORCE)")


class Killer:
    """Kills the sender when so many letters were accepted, at the very moment of an acceptance or shortly after."""

    def __init__(self, kills: int) -> None:
        self.random = random.Random(SEED)
        self.left, self.next = kills, self.random.randint(1, 12)
        self.victim: subprocess.Popen[bytes] | None = None

    def accepted(self, count: int) -> None:
        if self.left and self.victim and count >= self.next:
            self.next = count + self.random.randint(4, 16)
            self.left -= 1
            victim, self.victim = self.victim, None
            threading.Timer(
                self.random.choice((0, 0, 0.001, 0.004, 0.02)), victim.send_signal, [signal.SIGKILL]
            ).start()


def kill_until_done(site: Site, killer: Killer) -> int:
    """Start the sender again and again until it ends by itself. Returns how often it was killed."""
    for starts in range(1000):
        process = site.start()
        killer.victim = process
        if process.wait(60) == 0:
            return starts
        assert process.returncode == -signal.SIGKILL
    raise AssertionError("it never ended")


def sent_enough(kills: int) -> int:
    return 40 + kills * 18


def test_without_evidence_nobody_is_missed_and_what_is_repeated_is_on_record(tmp_path: Path, database: None) -> None:
    killer = Killer(KILLS // 2)
    with SmtpServer(slow=0.008, seed=SEED, on_accept=killer.accepted) as server:
        site = Site(tmp_path, server.address)
        site.run("make", str(sent_enough(KILLS // 2)))
        killed = kill_until_done(site, killer)
    report = site.report()
    assert report["failing"] == []
    assert {row["state"] for row in report["deliveries"]} == {"accepted"}
    assert {row["message_id"] for row in report["deliveries"]} == set(server.accepted), "somebody was missed"
    repeated = {row["message_id"] for row in report["deliveries"] if row["repeated"]}
    assert set(server.twice()) <= repeated, "somebody got it twice and nobody knows"
    assert sum(row["repeated"] for row in report["deliveries"]) <= killed * CONNECTIONS
    by_name = {}
    for letter, name in zip(server.letters, server.accepted, strict=True):
        assert by_name.setdefault(name, letter) == letter, "a repeat is not byte-identical"
    assert killed >= KILLS // 2 - 1


def test_with_evidence_nobody_is_missed_and_nobody_gets_it_twice(tmp_path: Path, database: None) -> None:
    killer = Killer(KILLS - KILLS // 2)
    outbox = CountingOutbox(tmp_path / "outbox", killer.accepted)
    site = Site(tmp_path, "")
    outbox.start()
    try:
        site.run("make", str(sent_enough(KILLS - KILLS // 2)))
        killed = kill_until_done(site, killer)
    finally:
        outbox.stop()
    report = site.report()
    assert report["failing"] == []
    assert {row["message_id"] for row in report["deliveries"]} == set(outbox.accepted), "somebody was missed"
    assert [name for name, n in Counter(outbox.accepted).items() if n > 1] == [], "somebody got it twice"
    assert {(row["state"], row["repeated"]) for row in report["deliveries"]} == {("accepted", 0)}
    assert killed >= KILLS - KILLS // 2 - 1


class CountingOutbox(OutboxServer):
    """The outbox, telling of each letter it keeps before it says 250."""

    def __init__(self, folder: Path, kept: Callable[[int], None]) -> None:
        super().__init__(folder)
        self.kept = kept

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        self.kept(len(self.accepted))
        return answer
