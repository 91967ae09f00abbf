"""A site whose processes can be killed, with a database of its own also on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

CONNECTIONS = 4


class Site:
    """A site in a folder and a database of its own, with senders that can be killed."""

    def __init__(self, folder: Path, smtp: str, program: str = "sender", **settings: str | int) -> None:
        self.folder, self.program = folder, program
        (folder / "outbox").mkdir(parents=True, exist_ok=True)
        values: dict[str, str | int] = {
            "title": "Harbour Digest",
            "base_url": "http://127.0.0.1:8000",
            "smtp_connections": CONNECTIONS,
            "smtp": smtp,
            "sender": "news@example.org",
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in (values | settings).items()]
        (folder / "corante.toml").write_text("\n".join(lines))
        self.environment = os.environ | {
            "CORANTE_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "corante.project.settings",
        }

    def run(self, *words: str) -> str:
        done = subprocess.run(self._command(*words), env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command(*(words or ("send",))), env=self.environment)

    def report(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.run("report"))
        return answer

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", f"tests.faults.{self.program}", *words]


@pytest.fixture
def own_database() -> Iterator[None]:
    """On PostgreSQL, a database of its own for the killed senders."""
    address = os.environ.get("CORANTE_DATABASE", "")
    if not address:
        yield
        return
    name = f"kills_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
        os.environ["CORANTE_DATABASE"] = urlsplit(address)._replace(path=f"/{name}").geturl()
        yield
        os.environ["CORANTE_DATABASE"] = address
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
