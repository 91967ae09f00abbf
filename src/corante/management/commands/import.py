"""`corante import`: take in what `corante export` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante.management.base import Command as Base
from corante.management.portable import NotPortable, read_all


class Command(Base):
    help = "Take a site in from the folder `corante export` wrote, into a new site; SQLite or PostgreSQL."
    example = "corante import ./news-export --dir ./news-on-postgresql"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="EXPORT", type=Path, help="the folder")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            counts = read_all(options["folder"].absolute(), self.clock())
        except NotPortable as error:
            raise CommandError(f"nothing was taken in: {error}") from None
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items() if count))
        self.stdout.write("Copy the old site's secret.key here, so that links in letters already sent go on working.")
        self.stdout.write("No letter leaves until you say so: corante doctor")
