"""`corante doctor`: what is wrong, and the way out."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from corante import deliver
from corante.management.base import Command as Base
from corante.management.checkup import Finding, examine

SIGNS = {"good": "ok  ", "note": "note", "bad": "BAD "}


class Command(Base):
    help = "Look the site over: database, disk, worker, outlets, mail server, DNS. When nothing is bad, sending is switched on."
    example = "corante doctor --dir ./news"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--send-anyway", action="store_true", help="switch sending on although something is bad")

    def handle(self, *_: Any, **options: Any) -> None:
        now = self.clock()
        findings = list(self._shown(now))
        bad = [finding for finding in findings if finding.level == "bad"]
        if not bad or options["send_anyway"]:
            deliver.mark_ok(now)
            self.stdout.write(
                "\nNothing is bad." if not bad else f"\n{len(bad)} bad; sending is on because you said so."
            )
            return
        self.stdout.write(
            f"\n{len(bad)} bad. Letters stay here until that is mended, or until: corante doctor --send-anyway"
        )
        sys.exit(1)

    def _shown(self, now: Any) -> Any:
        for finding in examine(settings.CORANTE, self.folder, now):
            self._print(finding)
            yield finding

    def _print(self, finding: Finding) -> None:
        self.stdout.write(f"{SIGNS[finding.level]}  {finding.room:<9} {finding.words}")
        if finding.way_out:
            self.stdout.write(f"{'':16}{finding.way_out}")
