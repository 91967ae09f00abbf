"""Readers leave while their edition is being sent, from another process: nothing is sent to them after the answer."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.fakes.smtp import SmtpServer

from .killing import CONNECTIONS, Site

LETTERS = 140
LEAVERS = 40
SOME = 60


@pytest.mark.timeout(900)
def test_nothing_is_sent_to_who_was_told_that_they_left(tmp_path: Path, own_database: None) -> None:
    left = threading.Event()
    with SmtpServer(slow=0.1, after=(SOME, left)) as server:
        site = Site(tmp_path, server.address)
        site.run("make", str(LETTERS))
        sender = site.start()
        last = time.monotonic() + 120
        while len(server.accepted) < 10 and time.monotonic() < last:
            time.sleep(0.01)
        told = site.run("leave", str(LEAVERS)).split()
        by_then = len(server.recipients)  # the leavers are the last in line
        left.set()
        assert sender.wait(300) == 0
    report = site.report()
    assert len(told) == LEAVERS
    assert by_then < LETTERS - LEAVERS, "the send was over before they left"
    assert set(told) & set(server.recipients[by_then + CONNECTIONS :]) == set()
    assert set(told) & set(server.recipients) == set()
    states = [row["state"] for row in report["deliveries"]]
    assert (states.count("accepted"), states.count("withdrawn")) == (LETTERS - LEAVERS, LEAVERS)
    assert report["failing"] == []
