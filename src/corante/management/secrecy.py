"""What in a site's folder is for its owner's eyes: passwords, readers' addresses, and links that act for a reader.

Rule: such files are made with no rights for anybody else. Of those that stand, only what everybody could do is taken
away: an operator who lets a group of theirs read them meant it. The public tree stays open for the web server.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

DATABASES: Final = ("corante.sqlite", "jobs.sqlite")
PRIVATE: Final = ("corante.toml", "secret.key", *(name + end for name in DATABASES for end in ("", "-wal", "-shm")))
OUTBOX: Final = "outbox"


def keep_private(folder: Path, sqlite: bool) -> None:
    """Close everything private in `folder`; with `sqlite`, make the databases' files first, as SQLite would leave them
    open to all (what it puts beside them later gets their rights)."""
    for name in DATABASES if sqlite else ():
        os.close(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600))
    for each in (*(folder / name for name in PRIVATE), folder / OUTBOX):
        _close_to_others(each)


def write_private(file: Path, text: str) -> None:
    """Write a new file that only its owner can read. Raises FileExistsError."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)


def open_to_others(folder: Path) -> list[str]:
    """Names of the private files in `folder` that everybody on this machine can read."""
    return [name for name in (*PRIVATE, OUTBOX) if _mode(folder / name) & 0o007]


def _close_to_others(file: Path) -> None:
    mode = _mode(file)
    if mode & 0o007:
        with suppress(PermissionError):  # somebody else's file: `corante doctor` says so
            file.chmod(mode & 0o770)


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0
