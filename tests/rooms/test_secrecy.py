"""Passwords, addresses and readers' links in a site's folder open for its owner only; the public tree for everybody."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corante.management.founding import write_config
from corante.management.secrecy import keep_private, open_to_others


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """The usual umask, under which new files are for all to read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_settings_and_outbox_of_a_new_site_are_their_owners_and_its_pages_everybodys(tmp_path: Path) -> None:
    write_config(tmp_path, {"title": "T", "base_url": "http://127.0.0.1", "smtp": "smtp://u:secret@mail.example.org"})
    assert (mode(tmp_path / "corante.toml"), mode(tmp_path / "outbox")) == (0o600, 0o700)
    assert mode(tmp_path / "public") & 0o005 == 0o005
    assert open_to_others(tmp_path) == []


def test_what_sqlite_puts_beside_a_database_is_private_too(tmp_path: Path) -> None:
    keep_private(tmp_path, sqlite=True)
    with closing(sqlite3.connect(tmp_path / "corante.sqlite")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE reader (address)")
        assert {file.name: mode(file) for file in tmp_path.iterdir()} == dict.fromkeys(
            ("corante.sqlite", "corante.sqlite-wal", "corante.sqlite-shm", "jobs.sqlite"), 0o600
        )


def test_an_older_site_is_closed_at_its_next_start_but_its_group_keeps_what_it_was_given(tmp_path: Path) -> None:
    for name, given in (("corante.toml", 0o644), ("corante.sqlite", 0o666), ("jobs.sqlite", 0o600)):
        (tmp_path / name).write_text("kept")
        (tmp_path / name).chmod(given)
    (tmp_path / "outbox").mkdir()
    assert open_to_others(tmp_path) == ["corante.toml", "corante.sqlite", "outbox"]
    keep_private(tmp_path, sqlite=True)
    assert open_to_others(tmp_path) == []
    assert (mode(tmp_path / "corante.toml"), mode(tmp_path / "corante.sqlite")) == (0o640, 0o660)
    assert (tmp_path / "corante.sqlite").read_text() == "kept"
