"""A site from a backup, in a new folder: all of it or nothing.

    1  read the manifest, then each part, into NEW.part: only parts a backup has, of the size and SHA-256 it says
    2  see that the database is whole; on PostgreSQL load the dump into an empty database, and count
    3  the command lets `corante prepare` migrate it there and `corante verify` count it, then it is renamed

Sending starts held: `instance.id` is never part of a backup, so the database knows that the folder is not its own.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
import tomllib
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import psycopg

from corante.core.config import ConfigError, read_config

from . import pgtools
from .backup import CONTENT, DUMP, FORMAT, MANIFEST, PARTS, SETTINGS, Manifest
from .soundness import damage

_MANIFEST_MAX: Final = 2**20
_CHUNK: Final = 2**20
_BROKEN: Final = (tarfile.TarError, EOFError, zlib.error, OSError)


class NotRestored(Exception):
    """Nothing was restored; the message says which part is at fault, or the way out."""


def unpack(archive: Path, into: Path) -> Manifest:
    """Write the parts of a backup into the empty folder `into`. Raises NotRestored naming the part that is wrong."""
    reading = MANIFEST
    try:
        with tarfile.open(archive, "r|gz") as packed:
            members = iter(packed)
            manifest = _manifest(packed, next(members, None), archive)
            _room(manifest, into)
            left = dict(manifest.parts)
            for member in members:
                reading = member.name
                _take(member, packed.extractfile(member) if member.isreg() else None, left, into)
            if left:
                reading = min(left)
                raise NotRestored(f"{archive} is incomplete: {reading} is missing from it")
    except _BROKEN as error:
        raise NotRestored(f"{archive} is damaged at {reading}: {error or 'it ends too early'}") from None
    _sound(manifest, into)
    return manifest


def load(manifest: Manifest, folder: Path, database: str) -> None:
    """PostgreSQL: read the dump into an empty database, count, and name that database in the settings.

    Raises NotRestored.
    """
    _empty(database)
    try:
        pgtools.load(database, folder / DUMP)
    except pgtools.ToolFailed as error:
        raise NotRestored(str(error)) from None
    with psycopg.connect(database) as connection:
        for table, rows in manifest.counts.items():
            found = connection.execute(psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(table)))
            if (row := found.fetchone()) != (rows,):
                raise NotRestored(f"{table} has {row and row[0]} rows, the backup says {rows}")
    (folder / DUMP).unlink()
    _name_database(folder / SETTINGS, database)


def _manifest(packed: tarfile.TarFile, first: tarfile.TarInfo | None, archive: Path) -> Manifest:
    file = packed.extractfile(first) if first and first.isreg() and first.name == MANIFEST else None
    if file is None:
        raise NotRestored(f"{archive} is no backup of Corante: it does not begin with {MANIFEST}")
    try:
        said: dict[str, Any] = json.loads(file.read(_MANIFEST_MAX))
        manifest = Manifest(**said)
        sizes = [0 + part["bytes"] for part in manifest.parts.values() if "" + part["sha256"]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotRestored(f"{archive} is damaged at {MANIFEST}: {error}") from None
    if manifest.format != FORMAT:
        raise NotRestored(
            f"{archive} was made by Corante {manifest.corante}, in a form this version does not know: install that one"
        )
    strange = [name for name in manifest.parts if name not in PARTS]
    if strange or min(sizes, default=0) < 0:
        raise NotRestored(f"{archive} holds something that is no part of a backup: {strange or sizes}")
    return manifest


def _room(manifest: Manifest, into: Path) -> None:
    """Refuse before the disk is full, not after."""
    needed, free = sum(part["bytes"] for part in manifest.parts.values()), shutil.disk_usage(into).free
    if needed > free:
        raise NotRestored(
            f"it needs {needed / 2**20:.0f} MB, and there are {free / 2**20:.0f} MB free in {into.parent}"
        )


def _take(member: tarfile.TarInfo, content: IO[bytes] | None, left: dict[str, Mapping[str, Any]], into: Path) -> None:
    """Write one part. Its name is compared with those we know and never used as a path it could lead out by."""
    said = left.pop(member.name, None)
    if said is None or content is None:
        raise NotRestored(f"it holds something that is no part of this backup: {member.name!r}")
    if member.size != said["bytes"]:
        raise NotRestored(f"{member.name} is damaged: {member.size} bytes instead of {said['bytes']}")
    digest = hashlib.sha256()
    (into / member.name).parent.mkdir(mode=0o700, exist_ok=True)  # dkim/
    with open(into / member.name, "xb") as out:
        (into / member.name).chmod(0o600)
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != said["sha256"]:
        raise NotRestored(f"{member.name} is damaged: its SHA-256 is not the one it was packed with")


def _sound(manifest: Manifest, folder: Path) -> None:
    if SETTINGS not in manifest.parts or not {CONTENT, DUMP} & set(manifest.parts):
        raise NotRestored("it has no database or no settings: that is no whole backup")
    try:
        read_config(tomllib.loads((folder / SETTINGS).read_text(encoding="utf-8")))
    except (ConfigError, ValueError) as error:
        raise NotRestored(f"{SETTINGS} in it can't be used: {error}") from None
    if CONTENT in manifest.parts and (said := damage(folder / CONTENT)):
        raise NotRestored(f"{CONTENT} in it is damaged: {said}")


def _empty(database: str) -> None:
    try:
        with psycopg.connect(database) as connection:
            row = connection.execute("SELECT to_regclass('corante_instance')").fetchone()
    except psycopg.OperationalError as error:
        raise NotRestored(f"the database can't be reached: {' '.join(str(error).split())}") from None
    if row and row[0]:
        raise NotRestored(
            "that database holds a site already: make an empty one (createdb) and name it with --database"
        )


def _name_database(settings: Path, database: str) -> None:
    """Never the database the backup was taken from: that may be a site that runs."""
    text = re.sub(r"(?m)^\s*database\s*=.*\n?", "", settings.read_text(encoding="utf-8"))
    settings.write_text(f"{text.rstrip()}\ndatabase = {json.dumps(database)}\n", encoding="utf-8")
