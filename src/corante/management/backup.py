"""One file that is the whole site at one moment, made while it runs.

    1  copy the jobs, then the content (SQLite's backup API), or dump PostgreSQL; a job that is newer than the rows
       would be a loss, an older one is repeated and changes nothing
    2  see that every copy is whole, count its rows, take its SHA-256
    3  write manifest and parts into FILE.part, readable by its owner only; see it on disk; rename

A kill before the rename leaves the last backup as it was.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction

from corante.catalog import signing

from . import pgtools
from .soundness import WAY_OUT, damage

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CONTENT, JOBS, DUMP, SETTINGS, SECRET = "corante.sqlite", "jobs.sqlite", "corante.pgdump", "corante.toml", "secret.key"
SIGNING: Final = tuple(f"{signing.FOLDER}/{selector}.pem" for selector in signing.SELECTORS.values())
PARTS: Final = (SETTINGS, SECRET, *SIGNING, JOBS, CONTENT, DUMP)
_COUNT: Final = 'SELECT count(*) FROM "{}"'  # of our own tables only
# Brackets in a key or a comment close no list.
_KEYS: Final = re.compile(r"""(?m)^[ \t]*webhook_keys\s*=\s*\[(?:"(?:\\.|[^"\\])*"|'[^']*'|#[^\n]*|[^]"'#])*\]""")
_PASSWORD: Final = re.compile(r"(://[^:/@\s\"']*:)[^@\s\"']+@")


class NoBackup(Exception):
    """It could not be made; the message says why and the way out."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; its first member."""

    format: int
    corante: str
    made_at: str
    engine: str
    secrets: bool
    parts: Mapping[str, Mapping[str, Any]]  # name -> sha256, bytes
    counts: Mapping[str, int]  # table -> rows


def back_up(folder: Path, database: str, target: Path, now: datetime, secrets: bool) -> Manifest:
    """Write a backup of the site in `folder` to `target`, over the one that may stand there. Raises NoBackup."""
    try:
        with tempfile.TemporaryDirectory(prefix=".corante-backup-", dir=target.parent) as scratch:
            parts = Path(scratch)
            counts = _dump(database, parts) if database else _copy_all(folder, parts)
            _settings(folder, parts, secrets)
            engine = "postgresql" if database else "sqlite"
            manifest = _manifest(parts, engine, counts, now, secrets)
            _pack(parts, manifest, target)
    except pgtools.ToolFailed as error:
        raise NoBackup(str(error)) from None
    except OSError as error:
        raise NoBackup(
            f"{target} can't be written ({error.strerror or error}); the last backup there still stands"
        ) from None
    return manifest


def tables() -> list[str]:
    """Our tables, in alphabetical order."""
    return sorted(model._meta.db_table for model in apps.get_app_config("corante").get_models())


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with open(file, "rb") as content:
        return file_digest(content, "sha256").hexdigest()


def _copy_all(folder: Path, parts: Path) -> dict[str, int]:
    for name in (JOBS, CONTENT):
        if (folder / name).is_file():
            _copy(folder / name, parts / name)
    with closing(sqlite3.connect(parts / CONTENT)) as copy:
        try:
            return {table: int(copy.execute(_COUNT.format(table)).fetchone()[0]) for table in tables()}
        except sqlite3.OperationalError as error:
            raise NoBackup(f"the database is not up to date ({error}): run `corante prepare` first") from None


def _copy(live: Path, to: Path) -> None:
    """Page by page in one read transaction: writers go on, the copy is of one moment."""
    try:
        with closing(sqlite3.connect(live, timeout=20)) as source, closing(sqlite3.connect(to)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
        said = damage(to)
    except sqlite3.Error as error:
        said = str(error)
    if said:
        raise NoBackup(f"{live.name} is damaged ({said}); no backup was written over the last one. {WAY_OUT}")


def _dump(database: str, parts: Path) -> dict[str, int]:
    """Dump and count in one snapshot, so that the counts are the dump's."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        pgtools.dump(database, cursor.fetchone()[0], parts / DUMP)
        return dict(_counted(cursor, tables()))


def _counted(cursor: Any, names: Sequence[str]) -> Iterator[tuple[str, int]]:
    for name in names:
        cursor.execute(_COUNT.format(name))
        yield name, int(cursor.fetchone()[0])


def _settings(folder: Path, parts: Path, secrets: bool) -> None:
    """`corante.toml`; only if secrets were asked for with passwords and keys in it, and with the files that are secret."""
    text = (folder / SETTINGS).read_text(encoding="utf-8")
    (parts / SETTINGS).write_text(text if secrets else _without_passwords(text), encoding="utf-8")
    for name in (SECRET, *SIGNING) if secrets else ():
        if (folder / name).is_file():
            (parts / name).parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(folder / name, parts / name)


def _without_passwords(text: str) -> str:
    """Passwords show where they stood; a key that everybody knows would be worse than none."""
    return _KEYS.sub("webhook_keys = []", _PASSWORD.sub(r"\1...@", text))


def _manifest(parts: Path, engine: str, counts: Mapping[str, int], now: datetime, secrets: bool) -> Manifest:
    described = {
        name: {"sha256": sha256_of(parts / name), "bytes": (parts / name).stat().st_size}
        for name in sorted(PARTS)
        if (parts / name).is_file()
    }
    return Manifest(FORMAT, version("corante"), now.isoformat(timespec="seconds"), engine, secrets, described, counts)


def _pack(parts: Path, manifest: Manifest, target: Path) -> None:
    (parts / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    draft = parts / "archive"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            for name in (MANIFEST, *manifest.parts):
                archive.add(parts / name, name, filter=_nobody)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, target)


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Owner and group are the business of where it is restored."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
