"""`corante web`: the public tree, sign-up and the desk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes

from corante.core.config import is_loopback
from corante.management.base import Command as Base
from corante.management.logs import set_up
from corante.management.ports import require_free


class Command(Base):
    help = "Serve the site. Usually started by `corante run`; by itself where web and worker live on several machines."
    example = "corante web --dir ./news --host 127.0.0.1 --port 8000"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on [127.0.0.1]")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on [8000]")

    def handle(self, *_: Any, **options: Any) -> None:
        if settings.CORANTE.outbox_public and not is_loopback(options["host"]):
            raise CommandError(
                f"outbox_public is set, and on {options['host']} others could read the letters and the links in them: "
                "take it out of corante.toml, or listen on 127.0.0.1"
            )
        require_free(options["host"], options["port"], "name another, as in: corante web --port 8080")
        set_up("web")
        Granian(
            "corante.project.asgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.ASGI,
            workers=1,
            loop=Loops.uvloop,
            http=HTTPModes.http1,  # a proxy in front speaks HTTP/1.1 to us
            runtime_mode=RuntimeModes.st,
            log_enabled=False,
            websockets=False,
            workers_kill_timeout=20,
        ).serve()
