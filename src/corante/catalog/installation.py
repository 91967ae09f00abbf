"""Is this the installation its database belongs to? A restored backup or a copied folder is not, until told so.

Rule: the folder's half of the identity is what `instance.id` holds *and* the number the file system gave that file: a
copy has the same words in another file, so it is known even when folder and database were copied together. On PostgreSQL
the number is the database's. (A snapshot of a whole disk keeps both; there the edition's deadline of 12 hours is the
guard.)
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import connection

from corante.mail.routes import Route
from corante.models import Instance

from . import signing

FILE = "instance.id"


def silence(route: Route) -> str:
    """Why letters may not leave by this route, with the way out; empty when they may.

    The outbox always may. A mail server on loopback needs no doctor first, but it may relay to the world: a copy
    of a site must not use it unasked either.
    """
    if why := signing.trouble():
        return why
    if route.outbox:
        return ""
    if route.loopback and not _is_elsewhere():
        return _held()
    return Instance.silence(found_key())


def _held() -> str:
    """Why an operator's word is awaited: too many readers complained."""
    row = Instance.objects.order_by("pk").first()
    return row.held_why if row else ""


def is_copy() -> bool:
    """It may have mailed once, in another place: letters wait for the operator's word."""
    row = Instance.objects.order_by("pk").first()
    return bool(row and row.sending_ok_at and row.key != found_key())


def _is_elsewhere() -> bool:
    row = Instance.objects.order_by("pk").first()
    return bool(row and row.key != found_key())


def found_key() -> str:
    """The folder's half of the identity; empty when there is none."""
    file = _file()
    try:
        return f"{file.read_text().strip()}/{_place(file)}"
    except OSError:
        return ""


def _place(file: Path) -> int:
    """What a copy of the database can't have: on SQLite the file's number beside it, on PostgreSQL the database's own.

    So workers on several machines share one identity: they have one database, and a copy of the folder's three files.
    """
    if connection.vendor == "sqlite":
        return file.stat().st_ino
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def made_key() -> str:
    """The folder's half, made now if there is none."""
    if not found_key():
        draft = _file().with_name(f".{FILE}.part")
        draft.write_text(secrets.token_hex(16))
        os.replace(draft, _file())
    return found_key()


def _file() -> Path:
    return Path(settings.CORANTE_DIR or ".") / FILE
