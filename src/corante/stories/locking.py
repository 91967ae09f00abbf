"""One writer at a time where stories change hands: the grouping of a batch and an editor's merge or split.

SQLite has one writer anyway (transactions begin IMMEDIATE); PostgreSQL is asked for an advisory lock.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

STORIES: Final = 0x57_0121E5


def one_at_a_time() -> None:
    """Wait for the others; held until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STORIES])
