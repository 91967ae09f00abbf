"""`corante doctor`: what is wrong, and the way out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from corante import deliver
from corante.catalog import signing
from corante.management.base import Command as Base
from corante.management.checkup import examine
from corante.management.findings import Finding
from corante.management.names import wanted_lines
from corante.net.dns import Resolver

SIGNS = {"good": "ok  ", "note": "note", "bad": "BAD "}


class Command(Base):
    help = "Look the site over: database, disk, worker, outlets, mail server, DNS. When nothing is bad, sending is switched on."
    example = "corante doctor --dir ./news"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--send-anyway", action="store_true", help="switch sending on although something is bad")
        parser.add_argument("--dns", action="store_true", help="only print the lines the DNS needs")
        parser.add_argument("--resolver", default="", metavar="ADDRESS", help="ask this name server, as in 9.9.9.9")

    def handle(self, *_: Any, **options: Any) -> None:
        now = self.clock()
        self._make_keys()
        if options["dns"]:
            self.stdout.write("\n".join(wanted_lines(settings.CORANTE)) or "set sender in corante.toml first")
            return
        findings = list(self._shown(now, Resolver(options["resolver"])))
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

    def _make_keys(self) -> None:
        for key in signing.make_missing():
            self.stdout.write(
                f"made the key {signing.FOLDER}/{key.selector}.pem; its line for the DNS: corante doctor --dns"
            )

    def _shown(self, now: datetime, resolver: Resolver) -> Iterator[Finding]:
        for finding in examine(settings.CORANTE, self.folder, now, resolver):
            self._print(finding)
            yield finding

    def _print(self, finding: Finding) -> None:
        self.stdout.write(f"{SIGNS[finding.level]}  {finding.room:<9} {finding.words}")
        if finding.way_out:
            self.stdout.write(f"{'':16}{finding.way_out}")
