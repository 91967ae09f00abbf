"""`corante prepare`: bring a site's folder up to date."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante.management.base import Command as Base
from corante.management.founding import Refused, first_account, prepare


class Command(Base):
    help = "Bring the site's database up to date and make what every site has. `corante run` does this by itself."
    example = "corante prepare --dir ./news"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", metavar="NAME", help="make this first account (password in $CORANTE_PASSWORD)")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            prepare(self.clock())
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if options["account"] and first_account(options["account"], os.environ["CORANTE_PASSWORD"]):
            self.stdout.write(f"made the account {options['account']} (admin)")
