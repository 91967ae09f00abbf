"""`corante run`: web and worker, one command."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from corante.management.base import Command as Base
from corante.management.founding import Refused, prepare
from corante.management.ports import require_free
from corante.management.supervisor import Supervisor, corante


class Command(Base):
    help = "Run the site: web server and worker. If one dies both stop; SIGTERM lets both finish what they do."
    example = "corante run --dir ./news --port 8000"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on [127.0.0.1]")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on [8000]")

    def handle(self, *_: Any, **options: Any) -> None:
        require_free(options["host"], options["port"], "name another, as in: corante run --port 8080")
        try:
            prepare(self.clock())
        except Refused as refused:
            raise CommandError(str(refused)) from None
        connection.close()
        folder = str(self.folder)
        listen = ["--host", options["host"], "--port", str(options["port"])]
        children = {
            "web": corante("--dir", folder, "web", *listen),
            "worker": corante("--dir", folder, "worker"),
        }
        if not settings.CORANTE.smtp:
            self.stderr.write("No mail server is set: letters go to the outbox, at /outbox/ behind the desk's login.")
        here = f"http://{options['host']}:{options['port']}/"
        self.stderr.write(f"{settings.CORANTE.title}: {here}  desk: {here}desk/  (Ctrl-C ends it)")
        status = Supervisor(children).run()
        if not status:
            self.stderr.write("Ended. Nothing is lost: the next start goes on where this one was.")
        sys.exit(status)
