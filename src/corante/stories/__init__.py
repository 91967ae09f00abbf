"""The stories room: one event once. Its door.

    article (read or unread, in no story) ─► core.clustering decides ─► Story, Join with its reason ─► topics

Rule: strictly one worker, strictly in order. Editors' doors write an Act and the row of their own kind.
"""

from __future__ import annotations

from corante.models.deeds import Conflict

from .acts import approve, choose_lead, edit, hide, pin, retell, unhide, unpin
from .boundaries import answer, merge, split
from .grouping import due, work
from .keeping import thin
from .memory import forget
from .undoing import UNDOABLE, undo

__all__ = [
    "UNDOABLE",
    "Conflict",
    "answer",
    "approve",
    "choose_lead",
    "due",
    "edit",
    "forget",
    "hide",
    "merge",
    "pin",
    "retell",
    "split",
    "thin",
    "undo",
    "unhide",
    "unpin",
    "work",
]
