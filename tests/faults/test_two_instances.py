"""Two instances at once: one works, the other says who holds the lock. A clone holds its letters."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.running import RunningSite


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSite]:
    site = RunningSite(tmp_path / "site")
    site.init("--sender", "letter@example.org", "--smtp", "smtp://mail.example.org:587")
    yield site
    site.end()


def test_a_second_worker_says_who_holds_the_folder_and_stops(running: RunningSite) -> None:
    first = running.start("worker")
    running.wait(lambda: "started" in (running.folder / "worker.log").read_text(), what="the first worker starting")
    said = running.corante("worker", ok=(1,))
    assert f"process {first.pid} already works" in said
    assert first.poll() is None


def test_after_kill_9_the_folder_is_free_again(running: RunningSite) -> None:
    first = running.start("worker")
    running.wait(lambda: "started" in (running.folder / "worker.log").read_text(), what="the first worker starting")
    first.kill()
    first.wait()
    (running.folder / "worker.log").write_text("")
    running.start("worker")
    running.wait(lambda: "started" in (running.folder / "worker.log").read_text(), what="the second worker starting")


def test_a_copied_folder_holds_its_letters_until_told_to_send(running: RunningSite, tmp_path: Path) -> None:
    running.corante("doctor", "--send-anyway")
    assert "restored or copied" not in running.corante("doctor", ok=(0, 1))
    shutil.copytree(running.folder, tmp_path / "copy")
    copy = RunningSite(tmp_path / "copy")
    assert "restored or copied" in copy.corante("doctor", ok=(0, 1))
