"""The register of the public tree: what is printed goes to disk and, in batches, into the rows that tell of it.

Rule: disk first, rows after: a row says what stands. What may not be seen any more is taken away last of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from corante.catalog.frames import Head
from corante.catalog.visibility import standing
from corante.core import paths
from corante.models import Page

from .printer import Printer
from .tree import Tree


@dataclass(frozen=True)
class Sheet:
    """A page to be printed: where, of what, and what the archive above it says of it."""

    path: str
    kind: str
    ref: int = 0
    on: date | None = None
    stories: int = 0
    headline: str = ""
    language: str = ""


class Register:
    """Puts sheets into one tree and keeps their rows."""

    def __init__(self, tree: Tree, printer: Printer, now: datetime) -> None:
        self.tree, self.printer, self.now = tree, printer, now
        self.made = 0
        self._written: list[Page] = []
        self._equal: list[Page] = []
        self._gone: list[tuple[str, int]] = []  # paths that answer 410 from now on, or lead to another story

    def put(self, sheet: Sheet, content: bytes) -> None:
        """A page, written if it changed. Raises OSError when the disk refuses."""
        changed = self.tree.put(sheet.path, content)
        self.made += changed
        digest = sha256(content).hexdigest()
        row = Page(**vars(sheet), sha256=digest, written_at=self.now, changed_at=self.now, gone=False)
        (self._written if changed else self._equal).append(row)

    def keep(self) -> None:
        """Bring the rows up to what stands on disk."""
        told = ["kind", "ref", "on", "stories", "headline", "language", "sha256", "written_at", "gone"]
        for rows, columns in ((self._written, [*told, "changed_at"]), (self._equal, told)):
            unique = list({row.path: row for row in rows}.values())
            if unique:
                Page.objects.bulk_create(
                    unique, update_conflicts=True, unique_fields=["path"], update_fields=columns, batch_size=500
                )
            rows.clear()

    def gone(self, path: str, story: int = 0) -> None:
        """What stood here may not be seen any more; a story's path may lead to another."""
        self._gone.append((path, story))

    def empty(self, sheet: Sheet) -> None:
        """A day, month or sitemap with nothing in it (any more)."""
        if self.tree.has(sheet.path):
            self.gone(sheet.path)
        Page.objects.filter(path=sheet.path).update(gone=True, stories=0)

    def take_away(self) -> None:
        """Answer 410, or the way to the story it went into, for all that is gone."""
        for path, story in self._gone:
            into = standing(story).moved_to if story else None
            if into is not None:
                self.made += self.tree.moved(path, paths.story(into))
            else:
                self.made += self.tree.gone(path, self.printer.page("410", Head(path, _("Taken from view"))))
        paths_gone = [path for path, _story in self._gone]
        Page.objects.filter(path__in=paths_gone).update(gone=True, changed_at=self.now)
        self._gone.clear()
