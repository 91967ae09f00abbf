"""SIGTERM in the middle of an edition: the worker stops within 10 s, holds nothing back, and goes on when started."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from corante.demo import server as outlets
from tests.fakes.running import RunningSite
from tests.fakes.smtp import SmtpServer

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
