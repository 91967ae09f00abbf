"""What an export of an earlier version of Corante could not have yet: tables and columns of later migrations.

Rule: what was in the first release must be there; what a later migration brought may be missing and takes the value
that migration gave to the rows it found. The migrations themselves say which is which, so no list is kept here.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.db import models
from django.db.migrations.loader import MigrationLoader

_FIRST: Final = ("corante", "0002_search")


def came_later(model: type[models.Model]) -> bool:
    """The first release had no such table."""
    return _columns().get(model._meta.model_name or "") is None


def completed(model: type[models.Model], said: dict[str, Any]) -> dict[str, Any]:
    """A row with every column its table has now. Raises ValueError naming a column that is unknown or had to be there."""
    known = {field.name: field for field in model._meta.concrete_fields}
    if unknown := sorted(said.keys() - known.keys()):
        raise ValueError(
            f"the column {unknown[0]!r} is unknown here: a newer Corante wrote this, update this one first"
        )
    missing = {name: field for name, field in known.items() if name not in said}
    first = _columns().get(model._meta.model_name or "", frozenset())
    if needed := sorted(name for name, field in missing.items() if name in first or not _optional(field)):
        raise ValueError(f"the column {needed[0]!r} is missing")
    return said | {name: field.get_default() for name, field in missing.items()}


def _optional(field: Any) -> bool:
    """A migration could add it to a table that has rows."""
    return bool(field.null or field.has_default() or (field.blank and field.empty_strings_allowed))


@cache
def _columns() -> dict[str, frozenset[str]]:
    state = MigrationLoader(None).project_state(_FIRST)
    return {name: frozenset(made.fields) for (app, name), made in state.models.items() if app == "corante"}
