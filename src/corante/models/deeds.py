"""What every room's acts have in common: against the version the editor saw, and taken back at most once.

Rule: a row with a `version` is taken with `take`, which refuses what somebody else changed meanwhile; an undo asks
`may_undo` first. What an act does, and how it is taken back, is its room's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Model

from corante.core.work import Impossible

from .acts import Act

Row = TypeVar("Row", bound=Model)


class Conflict(Exception):
    """Somebody changed the row since this editor looked; `row` is as it is now."""

    def __init__(self, row: Any) -> None:
        super().__init__(f"“{row}” was changed meanwhile (it is at version {row.version}): look again")
        self.row = row


def take(row: Row, version: int | None = None) -> Row:
    """The row as it stands now, locked until the transaction ends. Raises Conflict.

    `version` is what the editor saw; None for acts that overwrite nobody's work.
    """
    fresh: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if version is not None and fresh.version != version:
        raise Conflict(fresh)
    return fresh  # type: ignore[no-any-return]  # the manager of a model that is only known when called


def differing(row: Model, to: Mapping[str, Any], changeable: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a change comes to, as before and after. Raises Impossible when it is none, or of what can't be changed."""
    if unknown := sorted(set(to).difference(changeable)):
        raise Impossible(f"{type(row).__name__.lower()}s have no {', '.join(unknown)} to change")
    after = {name: value for name, value in to.items() if getattr(row, name) != value}
    if not after:
        raise Impossible("nothing was changed")
    return {name: getattr(row, name) for name in after}, after


def may_undo(act: Act, undoable: Iterable[str]) -> None:
    """Raises Impossible for an act this room can't take back, or that was taken back already."""
    if act.verb not in undoable:
        raise Impossible(f"{act.verb} can't be undone here")
    if Act.objects.filter(undoes=act).exists():
        raise Impossible("this was undone already")


def unchanged_since(act: Act, row: Model) -> None:
    """Raises Impossible when what the act wrote was written over since."""
    if any(getattr(row, name) != value for name, value in act.after.items()):
        raise Impossible("this was changed again since: undo that first, or change it by hand")
