"""The log of acts: who did what, when and why, and whether it can still be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from corante.models import Act

PAGE = 60
_NUMBERS = frozenset({"article", "topic", "topics", "feed", "weekday"})
"""Row numbers say nothing to a reader of the log."""


@dataclass(frozen=True)
class Done:
    """One act, in words."""

    id: int
    by: str
    verb: str
    subject: str
    subject_id: int
    label: str
    why: str
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    undone: bool
    undoes: int | None

    @property
    def changed(self) -> list[tuple[str, str, str]]:
        """(what, before, after) of each text that differs, for a reader's eyes."""
        both = [key for key in self.after if key in self.before and self.before[key] != self.after[key]]
        both = [key for key in both if key not in _NUMBERS]
        return [(key.replace("_", " "), _said(self.before[key]), _said(self.after[key])) for key in both]


def activity(before: int | None = None, subject: str = "", who: str = "") -> tuple[list[Done], int | None]:
    """A page of the log, the newest first, and the number to go on from."""
    found = Act.objects.order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    if subject:
        found = found.filter(subject=subject)
    if who:
        found = found.filter(by__username=who)
    listed = _done(found[: PAGE + 1])
    return listed[:PAGE], listed[PAGE - 1].id if len(listed) > PAGE else None


def history(subject: str, number: int) -> list[Done]:
    """What was done to one thing, the newest first."""
    return _done(Act.objects.filter(subject=subject, subject_id=number).order_by("-id")[:PAGE])


def done(number: int) -> Done | None:
    """One act."""
    found = _done(Act.objects.filter(pk=number))
    return found[0] if found else None


def _done(acts: QuerySet[Act]) -> list[Done]:
    return [
        Done(
            id=act.pk,
            by=act.by.get_username() if act.by else "someone without an account here",
            verb=act.verb,
            subject=act.subject,
            subject_id=act.subject_id,
            label=act.label,
            why=act.why,
            at=act.at,
            before=act.before,
            after=act.after,
            undone=hasattr(act, "undone_by"),
            undoes=act.undoes_id,
        )
        for act in acts.select_related("by", "undone_by")
    ]


def _said(value: object) -> str:
    if value is None or value == "":
        return "(nothing)"
    return str(value)[:300]
