"""`corante bounces`: returned letters: what came, take one in from a pipe, look into the mailbox, lift a standstill."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db.models import Count

from corante import subscribe
from corante.core import paths
from corante.mail.notices import SIZE
from corante.management.base import Command as Base
from corante.models import Bounce, Postbox, Standstill


class Command(Base):
    """Shows and takes in what comes back."""

    help = "Returned letters and complaints: show what came, take one in, look into the mailbox, lift a standstill."
    example = (
        "corante bounces                         what came back in the last 30 days\n"
        "  corante bounces --stdin                 one returned mail from a pipe (an alias of Postfix)\n"
        "  corante bounces --look                  look into the mailbox of the setting `returns` now\n"
        "  corante bounces --lift example.org      write to that domain's readers again\n"
        "  corante bounces --webhook               where a provider may report, and how it signs"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One thing at a time."""
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--stdin", action="store_true", help="take in one returned mail from standard input")
        one.add_argument("--look", action="store_true", help="look into the mailbox now")
        one.add_argument("--lift", metavar="DOMAIN", default="", help="end a domain's standstill")
        one.add_argument("--webhook", action="store_true", help="print the webhook's address and secret")
        parser.add_argument("--to", default="", help="with --stdin: the envelope's recipient ($recipient in Postfix)")

    def handle(self, *_: Any, stdin: bool, look: bool, lift: str, webhook: bool, to: str, **__: Any) -> None:
        """Do it."""
        if stdin:
            self._take(sys.stdin.buffer.read(SIZE), to)
        elif look:
            self._look()
        elif lift:
            self._lift(lift.lower().lstrip("@"))
        elif webhook:
            self._webhook()
        else:
            self._show()

    def _take(self, raw: bytes, to: str) -> None:
        """Silent, and 0 even for a stranger's mail: Postfix would send the words of a failing pipe to its writer."""
        subscribe.receive(raw, "pipe", self.clock(), to)

    def _look(self) -> None:
        if not settings.CORANTE.returns:
            raise CommandError("no mailbox is set: set returns in corante.toml, as in imaps://user:password@host/INBOX")
        subscribe.boxes_due(self.clock(), 1)
        tally = subscribe.look(list(Postbox.objects.values_list("pk", flat=True)), self.clock)
        if tally.failed:
            raise CommandError(tally.note)
        self.stdout.write(f"{tally.done} returns taken in. {tally.note}".strip())

    def _lift(self, domain: str) -> None:
        stood = subscribe.lift(domain, self.clock())
        self.stdout.write(f"{domain} is written to again" if stood else f"{domain} did not stand still")

    def _webhook(self) -> None:
        self.stdout.write(f"POST   {settings.CORANTE.absolute(paths.RETURNS)}")
        self.stdout.write(f"secret {subscribe.hook_secret()}")
        self.stdout.write(
            "Signed: Corante-Signature: t=UNIX,v1=HMAC-SHA256(secret, 't.' + body) in hex; see docs/operate/returns.md"
        )

    def _show(self) -> None:
        since = self.clock() - timedelta(days=30)
        kinds = Bounce.objects.filter(at__gt=since).order_by().values_list("kind").annotate(n=Count("pk"))
        said = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds)) or "nothing"
        self.stdout.write(f"In 30 days: {said}. {subscribe.complaints(self.clock())}.")
        for row in Standstill.objects.filter(until__gt=self.clock()).order_by("until"):
            self.stdout.write(f"  {row.domain} stands still until {row.until:%d %b %H:%M} UTC: {row.why}")
        for each in (
            Bounce.objects.filter(at__gt=since)
            .select_related("subscriber", "delivery__subscriber")
            .order_by("-at")[:20]
        ):
            reader = each.subscriber or (each.delivery.subscriber if each.delivery else None)
            who = reader.address if reader and reader.address else "(deleted)"
            self.stdout.write(f"  {each.at:%d %b %H:%M}  {each.kind:<9} {each.status:<6} {who}  {each.detail[:100]}")
