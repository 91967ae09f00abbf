"""The suite runs on the database it was asked to run on."""

from __future__ import annotations

import os

from django.db import connection


def test_the_database_is_the_one_asked_for() -> None:
    assert connection.vendor == ("postgresql" if "CORANTE_DATABASE" in os.environ else "sqlite")
