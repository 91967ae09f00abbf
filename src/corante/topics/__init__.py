"""The topics room: stories under standing subjects, by rule or by hand, and why. Its door.

    story (unfiled) ─► every standing topic's rule ─► Filing with its clause ─► held? public? ─► search, pages

Rule: what an editor withdrew no rule puts back. `due` gives story numbers, and for a topic whose history is being
filed again its number as a negative: `work` takes both.
"""

from __future__ import annotations

from .acts import UNDOABLE, Conflict, add, change, file_by_hand, retire, undo, withdraw
from .filing import due, work
from .previewing import Hit, Preview, preview

__all__ = [
    "UNDOABLE",
    "Conflict",
    "Hit",
    "Preview",
    "add",
    "change",
    "due",
    "file_by_hand",
    "preview",
    "retire",
    "undo",
    "withdraw",
    "work",
]
