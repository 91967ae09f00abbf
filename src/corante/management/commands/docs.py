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

    def handle(self, *_: Any, **options: Any) -> None:
        folder = Path(options["folder"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder: run this at the top of the repository, or name one")
        for name, text in pages().items():
            (folder / name).write_text(text, encoding="utf-8")
            self.stdout.write(str(folder / name))
