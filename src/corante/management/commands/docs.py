"""`corante docs`: write the reference pages from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante.management.base import Command as Base
from corante.management.reference import pages


class Command(Base):
    help = "Write the reference pages (settings, lifecycles, commands) from the code."
    example = "corante docs docs/reference"
    needs_site = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", nargs="?", default="docs/reference", help="[docs/reference]")
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if a page is not what it would be"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        folder = Path(options["folder"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder: run this at the top of the repository, or name one")
        if options["check"]:
            self._compare(folder)
            return
        for name, text in pages().items():
            (folder / name).write_text(text, encoding="utf-8")
            self.stdout.write(str(folder / name))

    def _compare(self, folder: Path) -> None:
        """Raises CommandError with the pages that the code has left behind."""
        stale = [name for name, text in pages().items() if _read(folder / name) != text]
        if stale:
            raise CommandError(f"{', '.join(stale)} in {folder} lag behind the code: run `corante docs`")


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8") if page.is_file() else ""
