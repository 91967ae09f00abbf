"""How long the database may think for a stranger: a query that takes longer is broken off there, not only given up.

Rule: SQLite asks us between its steps, PostgreSQL keeps the time itself; both end with TooLong, and neither leaves a
limit behind for whoever uses the connection next.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError, connection, transaction

STEPS: Final = 2_000  # of SQLite's machine, between two looks at the time: well under a millisecond


class TooLong(Exception):
    """The query took longer than it may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Queries of this block together on SQLite, each on PostgreSQL, may take so long. Raises TooLong."""
    try:
        with _postgres(seconds) if connection.vendor == "postgresql" else _sqlite(seconds):
            yield
    except OperationalError as error:
        if "interrupted" in str(error) or "statement timeout" in str(error):
            raise TooLong(f"longer than {seconds} s") from error
        raise


@contextmanager
def _sqlite(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    end, raw = time.monotonic() + seconds, connection.connection
    raw.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, STEPS)


@contextmanager
def _postgres(seconds: float) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{max(1, round(seconds * 1000))}"])
        yield
