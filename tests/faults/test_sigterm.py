"""SIGTERM in the middle of an edition: the worker stops within 10 s, holds nothing back, and goes on when started."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from corante.demo import server as outlets
from tests.fakes.running import RunningSite
from tests.fakes.smtp import Fault, SmtpServer

READERS = 60


@pytest.mark.timeout(900)
def test_sigterm_in_the_middle_of_an_edition_stops_in_time_and_the_edition_goes_on(tmp_path: Path) -> None:
    world, site = outlets.start(), RunningSite(tmp_path / "site")
    with SmtpServer(slow=1.0) as mail:
        try:
            site.follow(world, READERS, "--sender", "a@example.org", "--smtp", mail.address)
            worker = site.start("worker")
            site.wait(site.settled, what="everything published")
            site.corante("digest", "send")
            site.wait(lambda: len(mail.accepted) >= 5, what="the first letters leaving")
            asked = time.monotonic()
            worker.terminate()
            assert worker.wait(30) == 0
            assert time.monotonic() - asked < 10, "the promise is 10 s"
            assert len(mail.accepted) < READERS
            held = "SELECT count(*) FROM corante_delivery WHERE state IN ('leased', 'armed', 'in_doubt')"
            assert site.count(held) == 0
            site.start("worker")
            site.wait(
                lambda: site.count("SELECT count(*) FROM corante_edition WHERE state = 'closed'") == 1,
                what="the edition closing",
            )
            assert len(mail.accepted) == READERS
            assert mail.twice() == []
            site.corante("verify")
        finally:
            site.end()
            world.stop()


@pytest.mark.timeout(900)
def test_sigterm_while_the_mail_server_is_silent_after_the_dot_ends_all_the_same_and_the_doubt_is_settled_later(
    tmp_path: Path,
) -> None:
    world, site = outlets.start(), RunningSite(tmp_path / "site")
    with SmtpServer(faults=[Fault("stored", "hang")]) as mail:
        try:
            site.follow(world, 12, "--sender", "a@example.org", "--smtp", mail.address)
            worker = site.start("worker")
            site.wait(site.settled, what="everything published")
            site.corante("digest", "send")
            site.wait(lambda: len(mail.hanging) >= 4, what="a letter hanging on each connection")
            worker.terminate()
            assert worker.wait(60) == 0
            assert _rows(site, "state IN ('leased', 'armed')") == 0
            assert _rows(site, "state = 'in_doubt'") == 4
            mail.faults.clear()
            site.start("worker")
            site.wait(
                lambda: site.count("SELECT count(*) FROM corante_edition WHERE state = 'closed'") == 1,
                what="the edition closing",
            )
            assert _rows(site, "state = 'accepted'") == 12
            assert _rows(site, "repeated = 1") == len(mail.twice()) == 4
            assert len(set(mail.accepted)) == len(set(mail.letters)) == 12, "a repeat is not byte-identical"
            site.corante("verify")
        finally:
            site.end()
            world.stop()


def _rows(site: RunningSite, which: str) -> int:
    return site.count(f"SELECT count(*) FROM corante_delivery WHERE {which}")
