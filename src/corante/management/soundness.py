"""Is an SQLite file whole? Asked before a site starts, of every backup as it is made, and of every one restored.

Rule: a damaged database is never worked with, and never copied over a good one.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

WAY_OUT = (
    "Nothing was started and nothing was changed. Restore the last backup into a new folder: "
    "corante restore BACKUP.tar.gz NEWFOLDER  (docs/operate/backup.md)"
)


class Damaged(Exception):
    """A database file can't be used; the message says what is wrong and the way out."""


def damage(file: Path) -> str:
    """What is wrong with this SQLite file, in SQLite's words; empty when it is whole. Reads all of it once."""
    try:
        with closing(sqlite3.connect(file, timeout=20)) as connection:
            said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if said == "ok" else " ".join(said.split())


def require_whole(file: Path, founded: bool) -> None:
    """Go on only with a whole database, or where there was never one (`founded` says whether there was).

    Raises Damaged.
    """
    if not file.is_file() or not file.stat().st_size:
        if founded:
            raise Damaged(
                f"{file} is missing or empty, but this folder had a site. {WAY_OUT}. "
                "Only if you want to begin with nothing: delete instance.id too."
            )
        return
    if said := damage(file):
        raise Damaged(f"{file} is damaged ({said}). {WAY_OUT}")


def set_aside(jobs: Path) -> Path | None:
    """Move a damaged file of jobs out of the way and return where to: it holds no truth, the rows know what is due."""
    if not jobs.is_file() or not damage(jobs):
        return None
    aside = jobs.with_name(f"{jobs.name}.damaged")
    for end in ("", "-wal", "-shm"):
        part = jobs.with_name(jobs.name + end)
        if part.exists():
            part.replace(aside.with_name(aside.name + end))
    return aside
