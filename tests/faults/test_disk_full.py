"""The disk is full for the database, the public tree, the outbox and the log at once: a file system of 40 MB, filled up.

The old site stays whole, no letter leaves that the ledger can't hold, and with room again it heals by itself.
"""

from __future__ import annotations

import errno
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from corante.demo import server
from tests.fakes.running import RunningSite

READERS = 30


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, small enough to be filled."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "none", str(folder)], stderr=subprocess.DEVNULL
    )
    if not mounted:
        pytest.skip("a small file system can be mounted by root only, and not in every container")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def running(small_disk: Path) -> Iterator[RunningSite]:
    world = server.start()
    site = RunningSite(small_disk / "site")
    site.follow(world, READERS)
    yield site
    site.end()
    world.stop()


def fill(disk: Path) -> Path:
    """Take all the room there is."""
    filler = disk / "filler"
    with open(filler, "wb", buffering=0) as out:
        for size in (65536, 512):
            try:
                while True:
                    out.write(b"\0" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    return filler


def pages(site: RunningSite) -> dict[Path, bytes]:
    """The public site as a web server would find it."""
    return {file: file.read_bytes() for file in (site.folder / "public").rglob("*.html")}


@pytest.mark.timeout(900)
def test_with_the_disk_full_the_old_site_stays_whole_no_letter_leaves_and_it_heals_by_itself(
    running: RunningSite, small_disk: Path
) -> None:
    worker = running.start("worker")
    running.wait(running.settled, what="everything gathered, read and published")
    before = pages(running)
    assert before

    filler = fill(small_disk)
    said = running.corante("digest", "send", ok=(0, 1))
    time.sleep(6)  # several ticks and tries
    assert worker.poll() is None, "the worker lives on"
    assert "Traceback" not in said
    after = pages(running)
    assert {file for file in before if file not in after} == set(), "no page is lost"
    torn = [file for file, text in after.items() if not text.rstrip().endswith(b"</html>")]
    assert torn == []
    assert running.corante("doctor", ok=(0, 1)).count("Traceback") == 0

    filler.unlink()
    if not running.count("SELECT count(*) FROM corante_edition"):
        running.corante("digest", "send")
    closed = "SELECT count(*) FROM corante_edition WHERE state = 'closed'"
    running.wait(lambda: running.count(closed) == 1, what="the edition closing")
    read = BytesParser(policy=policy.default)
    got = Counter(str(read.parsebytes(f.read_bytes())["To"]) for f in (running.folder / "outbox").glob("*.eml"))
    assert len(got) == READERS
    assert set(got.values()) == {1}
    running.wait(running.settled, what="what waited while there was no room")
    running.corante("verify")
