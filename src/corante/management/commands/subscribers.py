"""`corante subscribers import|export|suppress|suppressed|calm`: the list is the operator's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from django.core.management.base import CommandError, CommandParser

from corante import subscribe
from corante.management.base import Command as Base
from corante.management.listfiles import list_files
from corante.models import Digest


class Command(Base):
    """Takes lists in and out."""

    help = (
        "Import or export the list of subscribers as CSV (- is standard input or output). Exports of listmonk, Mailchimp "
        "(the ZIP as it comes), Ghost and Substack are understood, with those who left, bounced or complained there."
    )
    example = """corante subscribers export readers.csv
  corante subscribers import members.csv --consent 'asked on paper at the fair, May 2026'
  corante subscribers import mailchimp_export.zip
  corante subscribers suppress bounced-elsewhere.csv     nobody in it is ever written to
  corante subscribers suppressed never-again.csv         those we never write to, to take along
  corante subscribers calm                               sign-ups came in a storm and you know why: let letters go"""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which way, which file."""
        parser.add_argument("way", choices=("import", "export", "suppress", "suppressed", "calm"))
        parser.add_argument(
            "file", nargs="?", default="-", help="a CSV file, to import also a ZIP or folder of them; or -"
        )
        parser.add_argument(
            "--digest", default="", help="the letter they get, by its slug; the site's first if not given"
        )
        parser.add_argument("--consent", default="", help="how they asked, where the file has no column that says so")

    def handle(self, *_: Any, way: str, file: str, digest: str, consent: str, **__: Any) -> None:
        """Do it and say what came of it."""
        if way == "calm":
            subscribe.calm(self.clock())
            self.stdout.write("For a day, letters that ask back leave however many sign up.")
        elif way in ("export", "suppressed"):
            self._write(file, subscribe.write_list if way == "export" else subscribe.write_suppressed)
        else:
            self._read(file, self._letter(digest), consent, way == "suppress")

    def _write(self, file: str, write: Callable[[TextIO], int]) -> None:
        if file == "-":
            write(sys.stdout)
            return
        os.umask(0o077)  # it holds the addresses of readers
        with open(file, "w", newline="", encoding="utf-8") as out:
            count = write(out)
        self.stdout.write(f"{count} subscribers written to {file}")

    def _letter(self, slug: str) -> Digest:
        digests = Digest.objects.filter(retired_at__isnull=True).order_by("pk")
        digest = (digests.filter(slug=slug) if slug else digests).first()
        if digest is None:
            raise CommandError(f"there is no letter {slug!r}: see `corante digest --help`")
        return digest

    def _read(self, file: str, digest: Digest, consent: str, keep_out: bool) -> None:
        try:
            for name, lines in list_files(file):
                result = subscribe.read_list(lines, digest, self.clock(), consent, name, keep_out)
                self._say(name, digest, result)
        except ValueError as error:
            raise CommandError(str(error)) from None

    def _say(self, name: str, digest: Digest, result: subscribe.Imported) -> None:
        for why in result.refused:
            self.stdout.write(f"  not taken, {why}")
        whose = f"{name} ({result.house}): " if result.house else f"{name}: " if name else ""
        self.stdout.write(
            f"{whose}{result.added} get “{digest.name}”; kept out: {result.suppressed} who left, bounced or complained "
            f"there, {result.kept_out} who did here; {len(result.refused)} not taken."
        )
