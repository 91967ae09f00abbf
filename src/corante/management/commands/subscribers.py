"""`corante subscribers import|export FILE.csv`: the list is the operator's own."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante import subscribe
from corante.management.base import Command as Base
from corante.models import Digest


class Command(Base):
    """Takes lists in and out."""

    help = "Import or export the list of subscribers as CSV (- is standard input or output)."
    example = """corante subscribers export readers.csv
  corante subscribers import members.csv --consent 'asked on paper at the fair, May 2026'"""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which way, which file."""
        parser.add_argument("way", choices=("import", "export"))
        parser.add_argument("file", help="a CSV file, or -")
        parser.add_argument(
            "--digest", default="", help="the letter they get, by its slug; the site's first if not given"
        )
        parser.add_argument("--consent", default="", help="how they asked, where the file has no column that says so")

    def handle(self, *_: Any, way: str, file: str, digest: str, consent: str, **__: Any) -> None:
        """Do it and say what came of it."""
        if way == "export":
            self._export(file)
        else:
            self._import(file, digest, consent)

    def _export(self, file: str) -> None:
        if file == "-":
            subscribe.write_list(sys.stdout)
            return
        os.umask(0o077)  # it holds the addresses of readers
        with open(file, "w", newline="", encoding="utf-8") as out:
            count = subscribe.write_list(out)
        self.stdout.write(f"{count} subscribers written to {file}")

    def _import(self, file: str, slug: str, consent: str) -> None:
        digests = Digest.objects.filter(retired_at__isnull=True).order_by("pk")
        digest = (digests.filter(slug=slug) if slug else digests).first()
        if digest is None:
            raise CommandError(f"there is no letter {slug!r}: see `corante digest --help`")
        try:
            with open(file if file != "-" else 0, newline="", encoding="utf-8-sig") as lines:
                result = subscribe.read_list(lines, digest, self.clock(), consent)
        except ValueError as error:
            raise CommandError(str(error)) from None
        for why in result.refused or ():
            self.stdout.write(f"  not taken, {why}")
        self.stdout.write(
            f"{result.added} get “{digest.name}”; {result.suppressed} are kept out because they had left; "
            f"{result.kept_out} had left here; {len(result.refused or ())} not taken."
        )
