"""What every test shares: a clock that stands still, a site's folder, and the database asked for.

`pytest` runs on SQLite; `python -m tests.fakes.postgres pytest` runs the same tests on a real PostgreSQL.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from corante.mail.outbox import OutboxServer

# playwright's synchronous API keeps a loop running in the thread; Django would take every later test for a coroutine.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The same examples each time, however slow the machine: a change is judged by what it changes. Other examples are looked
# for by `pytest --hypothesis-profile=explore`.
hypothesis_settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "explore", hypothesis_settings.get_profile("steady"), derandomize=False, print_blob=True
)
hypothesis_settings.load_profile("steady")

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """A database for each process; on SQLite a file, as users have it, because in memory all of a browser's requests
    would share the test's one connection."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "corante.sqlite")


@pytest.fixture
def now() -> datetime:
    """Sunday 22 November 2026, 08:12 UTC."""
    return NOW


@pytest.fixture
def site(tmp_path: Path, settings: object) -> Path:
    """A site's folder on disk, set as the current one."""
    folder = tmp_path / "site"
    for part in ("public", "outbox"):
        (folder / part).mkdir(parents=True)
    settings.CORANTE_DIR = folder  # type: ignore[attr-defined]
    settings.PUBLIC_TREE = folder / "public"  # type: ignore[attr-defined]
    settings.OUTBOX = folder / "outbox"  # type: ignore[attr-defined]
    return folder


@pytest.fixture
def outbox(site: Path) -> Iterator[OutboxServer]:
    """The site's outbox, open."""
    server = OutboxServer(django_settings.OUTBOX)
    server.start()
    yield server
    server.stop()
