"""Bringing a site's folder into being, and up to date: schema, instance, first topic, first digest.

Rule: everything here may be run again and changes nothing that stands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from corante.catalog import installation
from corante.catalog.templating import standing_environment
from corante.core import paths
from corante.core.config import Config, read_config
from corante.models import Account, Digest, Dirty, Instance, Topic

from .secrecy import keep_private, write_private
from .soundness import Damaged, require_whole

EVERYTHING = "everything"


class Refused(Exception):
    """The folder can't be used as it is; the message says why and the way out."""


def write_config(folder: Path, values: Mapping[str, object]) -> None:
    """Write `corante.toml` with these values. Raises Refused when the folder has one already."""
    file = folder / "corante.toml"
    if file.exists():
        raise Refused(f"{file} exists already: this folder is a site. Start it with: corante run --dir {folder}")
    text = "# Settings of this site. All of them: docs/reference/settings.md\n"
    text += "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
    read_config(tomllib.loads(text))
    (folder / "public").mkdir(parents=True, exist_ok=True)
    (folder / "outbox").mkdir(mode=0o700, exist_ok=True)
    write_private(file, text)
    keep_private(folder, sqlite=False)


def prepare(now: datetime) -> None:
    """Migrate the database and make what every site has.

    Raises Refused when the database is damaged, gone, or newer than this code.
    """
    _require_whole()
    _keep_private()
    migrate()
    _instance(now)
    topic, _ = Topic.objects.get_or_create(
        slug=EVERYTHING,
        defaults={"name": "Everything", "rule": "*", "position": 1000, "created_at": now},
    )
    if not Digest.objects.exists():
        config: Config = settings.CORANTE
        digest = Digest.objects.create(
            name="Daily letter",
            slug="daily",
            slot=time(7),
            time_zone=config.time_zone,
            created_at=now,
            last_slot_at=now,
        )
        digest.topics.add(topic)
    if not _wears_this_sheet():
        Dirty.mark("site", [0], "prepared: the pages are missing, or were made by another version", now)


def _wears_this_sheet() -> bool:
    """The front page stands, with the very style sheet that this version's policy lets browsers apply."""
    try:
        front = (settings.PUBLIC_TREE / paths.file_of(paths.FRONT)).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return standing_environment().get_template("site/sheet.css").render() in front


def migrate() -> None:
    """Bring the schema up to this code. Raises Refused when it is newer."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    newer = [name for app, name in executor.loader.applied_migrations if app == "corante" and (app, name) not in known]
    if newer:
        raise Refused(
            f"the database has the migration {newer[0]}, which this version of Corante does not know: "
            "it was used by a newer version. Install that version again, or restore a backup."
        )
    call_command("migrate", interactive=False, verbosity=0)


def first_account(name: str, password: str) -> Account | None:
    """Make the first account, an admin; None when there is one already."""
    if Account.objects.exists():
        return None
    return Account.objects.create_user(name, password=password, role="admin")


def _require_whole() -> None:
    file = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or not file.is_absolute():
        return
    try:
        require_whole(file, founded=(file.parent / installation.FILE).is_file())
    except Damaged as damaged:
        raise Refused(str(damaged)) from None


def _keep_private() -> None:
    if settings.CORANTE_DIR is not None:
        own = Path(str(connection.settings_dict["NAME"])).parent == settings.CORANTE_DIR
        keep_private(settings.CORANTE_DIR, sqlite=connection.vendor == "sqlite" and own)


def _instance(now: datetime) -> None:
    """One identity, half in the folder and half in the database: a copy of either may not mail."""
    if not Instance.objects.exists():
        Instance.objects.create(key=installation.made_key(), created_at=now)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'
