"""Peers answer over a pipe, and none of them can stop an evaluation."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import peers
from bench.intervals import difference
from bench.peers import ROOT, Missing, Peer, company

PROGRAM = "tests.fakes.peers"


@pytest.fixture
def echo() -> Iterator[Peer]:
    one = Peer(PROGRAM, "echo", Path(sys.executable))
    yield one
    one.close()


def test_a_peer_answers_with_its_time_and_memory(echo: Peer) -> None:
    answer = echo.ask({"html": "<p>żółw\n"})
    assert answer.value == {"heard": {"html": "<p>żółw\n"}}
    assert answer.peak_mb > 0


def test_a_peer_that_fails_or_dies_costs_itself_one_answer(echo: Peer) -> None:
    assert "ValueError" in echo.ask("fail").error
    assert echo.ask("die").error == "died with 9"
    assert echo.ask("again").value == {"heard": "again"}


def test_a_peer_that_cannot_be_had_is_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers.Peer.__init__, "__defaults__", (Path(sys.executable),))
    told: list[str] = []
    with company(PROGRAM, told.append) as found:
        assert list(found) == ["echo"]
    assert told == ["missing: missing (ImportError: no such package)"]


def test_without_their_environment_peers_are_missing() -> None:
    with pytest.raises(Missing, match="make setup-eval"):
        Peer(PROGRAM, "echo", ROOT / "nowhere" / "python")


def test_peers_are_pinned_by_version_and_hash_and_name_no_host() -> None:
    pinned = (ROOT / "requirements-eval.txt").read_text()
    assert "--hash=sha256:" in pinned
    assert "://" not in pinned
    ours = next(
        line.split()[0]
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line.startswith("trafilatura==")
    )
    assert ours in pinned  # the peer is the version we build on


def test_an_interval_holds_its_mean_and_is_the_same_each_time() -> None:
    mean, low, high = difference([0.9, 0.8, 1.0, 0.7], [0.8, 0.8, 0.9, 0.8])
    assert low <= mean <= high
    assert (mean, low, high) == difference([0.9, 0.8, 1.0, 0.7], [0.8, 0.8, 0.9, 0.8])
