"""Many new rows in one statement, past the ORM: its compiler costs more than all else of a first import.

Rule: rows are built as model instances and inserted as they stand; keys are not read back, look them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def insert(rows: Sequence[models.Model], *, known: bool = False) -> None:
    """Insert the rows, all of one model; with `known`, those that break a unique constraint are left out."""
    if not rows:
        return
    meta, quoted = rows[0]._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quoted(meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names are our own
    with connection.cursor() as cursor:
        cursor.executemany(sql + " ON CONFLICT DO NOTHING" * known, [_values(row, fields) for row in rows])


def _values(row: models.Model, fields: Sequence[models.Field[Any, Any]]) -> list[Any]:
    return [
        value if isinstance(field, _AS_THEY_ARE) else field.get_db_prep_save(value, connection)
        for field, value in ((field, getattr(row, field.attname)) for field in fields)
    ]
