"""kill -9 at any moment of a delivery, then start: nobody is missed, and nobody is written to twice where there is
evidence; without it, at most one letter per connection and kill is repeated, and each is on record.

20 kills here; CORANTE_KILLS=200 in `make faults`. CORANTE_SEED chooses other moments.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corante.mail.outbox import OutboxServer
from tests.fakes import postfix
from tests.fakes.lacking import leave_out
from tests.fakes.smtp import SmtpServer

from .killing import CONNECTIONS, Site

KILLS = int(os.environ.get("CORANTE_KILLS", "20"))
SEED = int(os.environ.get("CORANTE_SEED", "7"))
SHARE = KILLS // 5
WORKERS = pytest.mark.parametrize("workers", [1, 2])
pytestmark = pytest.mark.timeout(900 + KILLS * 10)


class Killer:
    """Kills a sender when so many letters were accepted, at the very moment of an acceptance or shortly after."""

    def __init__(self, kills: int) -> None:
        self.random = random.Random(SEED)
        self.left, self.next = kills, self.random.randint(1, 12)
        self.running: list[subprocess.Popen[bytes]] = []
        self.doomed: list[subprocess.Popen[bytes]] = []

    def accepted(self, count: int) -> None:
        alive = [process for process in self.running if process not in self.doomed and process.poll() is None]
        if self.left and alive and count >= self.next:
            self.next = count + self.random.randint(4, 16)
            self.left -= 1
            after = self.random.choice((0, 0, 0.001, 0.004, 0.02))
            victim = self.random.choice(alive)
            self.doomed.append(victim)
            threading.Timer(after, victim.send_signal, [signal.SIGKILL]).start()


def kill_until_done(site: Site, killer: Killer, workers: int) -> int:
    """Start senders again and again until they end by themselves. Returns how often one was killed."""
    killed, last = 0, time.monotonic() + 400 + 5 * KILLS
    killer.running = [site.start() for _ in range(workers)]
    while killer.running:
        assert time.monotonic() < last, "they never ended"
        time.sleep(0.01)
        for process in list(killer.running):
            if process.poll() is None:
                continue
            killer.running.remove(process)
            assert process.returncode in (0, -signal.SIGKILL)
            if process.returncode:
                killed += 1
                killer.running.append(site.start())
    return killed


def tell(killed: int, report: dict[str, Any], twice: int) -> None:
    """For the record: `pytest -rP` prints it."""
    rows = report["deliveries"]
    accepted = sum(row["state"] == "accepted" for row in rows)
    repeated = sum(row["repeated"] for row in rows)
    print(f"{killed} kills, {len(rows)} letters, {accepted} accepted, {twice} twice, {repeated} repeated on record")


def enough_for(kills: int) -> str:
    return str(40 + kills * 18)


@WORKERS
def test_without_evidence_nobody_is_missed_and_what_is_repeated_is_on_record(
    tmp_path: Path, own_database: None, workers: int
) -> None:
    killer = Killer(SHARE // 2)
    with SmtpServer(slow=0.008, seed=SEED, on_accept=killer.accepted) as server:
        site = Site(tmp_path, server.address)
        site.run("make", enough_for(SHARE // 2))
        killed = kill_until_done(site, killer, workers)
    report = site.report()
    tell(killed, report, len(server.twice()))
    assert report["failing"] == []
    assert {row["state"] for row in report["deliveries"]} == {"accepted"}
    assert {row["message_id"] for row in report["deliveries"]} == set(server.accepted), "somebody was missed"
    repeated = {row["message_id"] for row in report["deliveries"] if row["repeated"]}
    assert set(server.twice()) <= repeated, "somebody got it twice and nobody knows"
    assert sum(row["repeated"] for row in report["deliveries"]) <= killed * CONNECTIONS
    by_name: dict[str, bytes] = {}
    for letter, name in zip(server.letters, server.accepted, strict=True):
        assert by_name.setdefault(name, letter) == letter, "a repeat is not byte-identical"
    assert killed >= SHARE // 2 - 1


@WORKERS
def test_a_postfix_of_this_machine_gets_every_letter_once_by_its_queue_and_log(
    tmp_path: Path, own_database: None, workers: int
) -> None:
    if why := postfix.why_not():
        leave_out(why)
    killer = Killer(SHARE)
    with postfix.Postfix(killer.accepted) as relay:
        evidence = {"smtp_log": str(relay.log), "smtp_queue": relay.queue_command, "doubt_wait": 2}
        site = Site(tmp_path / "site", relay.address, **evidence)
        site.run("make", enough_for(SHARE))
        killed = kill_until_done(site, killer, workers)
        report, deadline = site.report(), time.monotonic() + 120
        senders = {row["sender"] for row in report["deliveries"]}
        while set(relay.taken()) != senders and time.monotonic() < deadline:
            time.sleep(0.2)
        taken = relay.taken()
    tell(killed, report, sum(n > 1 for n in taken.values()))
    assert report["failing"] == []
    assert set(taken) == senders, "somebody was missed"
    assert [sender for sender, count in taken.items() if count > 1] == [], "somebody got it twice"
    assert {(row["state"], row["repeated"]) for row in report["deliveries"]} == {("accepted", 0)}
    assert killed >= SHARE - 1


@WORKERS
def test_our_outbox_gets_every_letter_once(tmp_path: Path, own_database: None, workers: int) -> None:
    killer = Killer(SHARE // 2)
    outbox = CountingOutbox(tmp_path / "outbox", killer.accepted)
    site = Site(tmp_path, "")
    outbox.start()
    try:
        site.run("make", enough_for(SHARE // 2))
        killed = kill_until_done(site, killer, workers)
    finally:
        outbox.stop()
    report = site.report()
    tell(killed, report, len(outbox.accepted) - len(set(outbox.accepted)))
    assert report["failing"] == []
    assert {row["message_id"] for row in report["deliveries"]} == set(outbox.accepted), "somebody was missed"
    assert [name for name, n in Counter(outbox.accepted).items() if n > 1] == [], "somebody got it twice"
    assert {(row["state"], row["repeated"]) for row in report["deliveries"]} == {("accepted", 0)}
    assert killed >= SHARE // 2 - 1


def test_a_server_that_knows_a_letter_by_its_key_passes_each_on_once(tmp_path: Path, own_database: None) -> None:
    killer = Killer(SHARE)
    key = "Resend-Idempotency-Key"
    with SmtpServer(slow=0.008, seed=SEED, on_accept=killer.accepted, idempotency=key) as server:
        site = Site(tmp_path, server.address, smtp_idempotency=key, doubt="hold")
        site.run("make", enough_for(SHARE))
        killed = kill_until_done(site, killer, 1)
    report = site.report()
    tell(killed, report, len(server.twice()))
    assert report["failing"] == []
    assert {row["state"] for row in report["deliveries"]} == {"accepted"}
    assert sorted(row["message_id"] for row in report["deliveries"]) == sorted(server.accepted)
    assert killed >= SHARE - 1


class CountingOutbox(OutboxServer):
    """The outbox, telling of each letter it keeps before it says 250."""

    def __init__(self, folder: Path, kept: Callable[[int], None]) -> None:
        super().__init__(folder)
        self.kept = kept

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        self.kept(len(self.accepted))
        return answer
