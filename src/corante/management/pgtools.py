"""PostgreSQL's own tools: pg_dump and pg_restore, told where to connect by their environment (`ps` shows arguments)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from psycopg.conninfo import conninfo_to_dict

NAMES: Final[Mapping[str, str]] = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


class ToolFailed(Exception):
    """A tool is missing or could not do it; the message says why and the way out."""


def dump(address: str, snapshot: str, to: Path) -> None:
    """Write the whole database, as `snapshot` sees it, in PostgreSQL's custom format. Raises ToolFailed."""
    _run("pg_dump", address, f"--snapshot={snapshot}", "--format=custom", "--no-owner", f"--file={to}")


def load(address: str, dumped: Path) -> None:
    """Read a dump into an empty database, all of it or nothing. Raises ToolFailed."""
    name = str(conninfo_to_dict(address).get("dbname", "postgres"))
    settings = ("--no-owner", "--single-transaction", "--exit-on-error", f"--dbname={name}")
    _run("pg_restore", address, *settings, str(dumped))


def _run(tool: str, address: str, *arguments: str) -> None:
    found = shutil.which(tool)
    if not found:
        raise ToolFailed(
            f"{tool} is not installed: install PostgreSQL's client programs (Debian: apt install postgresql-client)"
        )
    done = subprocess.run([found, *arguments], env=_environment(address), capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"status {done.returncode}"
        older = "; install the client programs of the server's version" if "version mismatch" in said else ""
        raise ToolFailed(f"{tool} could not do it: {said}{older}")


def _environment(address: str) -> dict[str, str]:
    parts = conninfo_to_dict(address)
    return os.environ | {NAMES[key]: str(value) for key, value in parts.items() if key in NAMES}
