"""`corante export`: the whole site in open formats."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante import gather, subscribe
from corante.management.base import Command as Base
from corante.management.portable import write_all


class Command(Base):
    help = "Write the site in open formats: outlets.opml, subscribers.csv, suppressed.csv, and a file of JSON Lines for every table."
    example = "corante export ./news-export --dir ./news"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="EXPORT", type=Path, help="a folder that is empty or doesn't exist yet")

    def handle(self, *_: Any, **options: Any) -> None:
        folder: Path = options["folder"].absolute()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not empty: name a new folder")
        os.umask(0o077)  # it holds the addresses of readers
        draft = folder.with_name(f".{folder.name}.part")
        draft.mkdir(parents=True)
        counts = write_all(draft)
        (draft / "outlets.opml").write_bytes(gather.export_opml(self.clock()))
        with open(draft / "subscribers.csv", "w", newline="", encoding="utf-8") as out:
            subscribe.write_list(out)
        with open(draft / "suppressed.csv", "w", newline="", encoding="utf-8") as out:
            subscribe.write_suppressed(out)
        draft.replace(folder)
        self.stdout.write(f"{folder}: " + ", ".join(f"{count} {name}" for name, count in counts.items() if count))
