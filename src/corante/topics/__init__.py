"""The topics room: stories under standing subjects, by rule or by hand, and why. Its door.

    story (unfiled) ─► every standing topic's rule ─► Filing with its clause ─► held? public? ─► search, pages

Rule: what an editor withdrew no rule puts back. `due` gives story numbers, and for a topic whose history is being
filed again its number as a negative: `work` takes both.
"""

from __future__ import annotations

from corante.models.deeds import Conflict

from .acts import add, change, file_by_hand, retire, withdraw
from .answering import Word, accept, dismiss, words_to_add
from .filing import due, work
from .keeping import thin
from .previewing import Hit, Preview, preview
from .suggesting import suggest
from .undoing import UNDOABLE, undo

__all__ = [
    "UNDOABLE",
    "Conflict",
    "Hit",
    "Preview",
    "Word",
    "accept",
    "add",
    "change",
    "dismiss",
    "due",
    "file_by_hand",
    "preview",
    "retire",
    "suggest",
    "thin",
    "undo",
    "withdraw",
    "words_to_add",
    "work",
]
