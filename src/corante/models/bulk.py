"""Many rows at once, as prepared statements: what rooms write for every article, where building queries would cost more
than all deciding.

Rule: the same columns and values as the models' own, through the same fields; both databases speak these statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, CharField, ForeignKey, IntegerField, Model, TextField

_AS_THEY_ARE = (CharField, TextField, IntegerField, BooleanField, ForeignKey)
"""Columns whose values need no preparing: preparing costs more than all else of a first import."""


def update_each(rows: Iterable[Model], fields: Sequence[str]) -> None:
    """Write these fields of each row to its own row."""
    listed = list(rows)
    if not listed:
        return
    meta = listed[0]._meta
    columns = [meta.get_field(name) for name in fields]
    parts = ", ".join(f'"{column.column}" = %s' for column in columns)  # type: ignore[union-attr]  # plain columns only
    key = meta.pk
    assert key is not None
    sql = f'UPDATE "{meta.db_table}" SET {parts} WHERE "{key.column}" = %s'  # noqa: S608 - our own names
    _many(sql, [[*_values(row, columns), row.pk] for row in listed])


def insert_one(row: Model) -> None:
    """Insert a row and give it its number."""
    columns = [column for column in row._meta.concrete_fields if not column.primary_key]
    names, marks = ", ".join(f'"{column.column}"' for column in columns), ", ".join(["%s"] * len(columns))
    sql = f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"{sql} RETURNING id", _values(row, columns))
            row.pk = cursor.fetchone()[0]
        else:
            cursor.execute(sql, _values(row, columns))
            row.pk = cursor.lastrowid
    row._state.adding = False


def insert_each(rows: Iterable[Model], *, known: bool = False) -> None:
    """Insert rows whose numbers nobody asks for afterwards; with `known`, those that break a unique constraint are left out."""
    listed = list(rows)
    if not listed:
        return
    meta = listed[0]._meta
    given = [column for column in meta.concrete_fields if not (column.primary_key and listed[0].pk is None)]
    names, marks = ", ".join(f'"{column.column}"' for column in given), ", ".join(["%s"] * len(given))
    sql = f'INSERT INTO "{meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
    _many(sql + " ON CONFLICT DO NOTHING" * known, [_values(row, given) for row in listed])


def insert_lines(
    model: type[Model], columns: Sequence[str], lines: Sequence[Sequence[Any]], *, known: bool = False
) -> None:
    """Insert lines of plain or prepared values under these columns; `known` as with `insert_each`."""
    if not lines:
        return
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
    _many(sql + " ON CONFLICT DO NOTHING" * known, lines)


def prepared(row: Model) -> dict[str, Any]:
    """What a row's columns hold, its number apart, as `insert_lines` takes them."""
    columns = [column for column in row._meta.concrete_fields if not column.primary_key]
    return dict(zip((str(column.column) for column in columns), _values(row, columns), strict=True))


def _values(row: Model, columns: Iterable[Any]) -> list[Any]:
    return [
        value if isinstance(column, _AS_THEY_ARE) else column.get_db_prep_save(value, connection)
        for column, value in ((column, getattr(row, column.attname)) for column in columns)
    ]


def _many(sql: str, lines: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, lines)
