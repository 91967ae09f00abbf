"""Writing an act down, where the room that acted keeps no log of its own. Call it in the transaction of the change."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from corante.models import Act

from .editor import editor, moment


def write(
    request: HttpRequest,
    verb: str,
    subject: tuple[str, int, str],
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    why: str = "",
    undoes: Act | None = None,
) -> Act:
    """One line of the log; `subject` is (kind, row number, its name now)."""
    return Act.record(subject, verb, editor(request), why, moment(), before, after, undoes)
