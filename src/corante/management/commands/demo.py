"""`corante demo`: the whole product on one machine, with a small world of pretend outlets.

Rule: everything runs as it does for real (own processes, HTTP, SMTP); only the outlets and the subscribers are made up.
A second start goes on with the same world.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from corante import digest, gather, subscribe, topics
from corante.demo import server, setup
from corante.management.base import Command as Base
from corante.management.founding import first_account, prepare, write_config
from corante.management.ports import free_port, require_free
from corante.management.progress import Progress
from corante.management.supervisor import Supervisor, corante
from corante.models import Digest, Feed, Subscriber, Topic

LOGIN = ("editor", "estuary-sheet")
POLL_S = 20  # the pretend outlets have news every few seconds; a real one is asked every ten minutes at most


class Command(Base):
    help = "Show the whole product: pretend outlets on loopback, pages, desk, and letters in an outbox."
    example = "corante demo --port 8000"
    needs_site = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port of the site [8000]")
        parser.add_argument("--fresh", action="store_true", help="forget the last demo and begin anew")

    def handle(self, *_: Any, **options: Any) -> None:
        if settings.CORANTE_DIR is None or not (settings.CORANTE_DIR / "corante.toml").is_file():
            self._found_and_restart(options["port"])
        if options["fresh"]:
            raise CommandError(f"to begin anew, delete the folder {self.folder} and start again")
        began = time.monotonic()
        world = self._world()
        port = int(settings.CORANTE.base_url.rsplit(":", 1)[1].strip("/"))
        require_free("127.0.0.1", port, "end what uses it, or begin another: corante demo --dir demo-2 --port 8080")
        prepare(self.clock())
        self._furnish(world)
        connection.close()
        log = self.folder / "demo.log"
        children = {
            "web": corante("--dir", str(self.folder), "web", "--port", str(port)),
            "worker": corante("--dir", str(self.folder), "worker"),
        }
        self._greet(world, log)
        shown = Shown(self, began)
        status = Supervisor(children, log=log, meanwhile=shown.step).run()
        world.stop()
        if status:
            self.stderr.write(f"The processes' own words are in {log}")
        else:
            self.stdout.write("\nEnded. Start again to go on where it was.")
        sys.exit(status)

    def _found_and_restart(self, port: int) -> None:
        """First start: write the settings, then begin again as a process that has read them."""
        folder = Path(os.environ.get("CORANTE_DIR") or "demo-site").resolve()
        if not (folder / "corante.toml").exists():
            require_free("127.0.0.1", port, "name another, as in: corante demo --port 8080")
            outlets_port = free_port()
            values = setup.settings(f"http://127.0.0.1:{port}", outlets_port)
            write_config(folder, values)
            (folder / "world.json").write_text(
                json.dumps({"port": outlets_port, "began": self.clock().isoformat(timespec="seconds")})
            )
        os.execv(sys.executable, corante("--dir", str(folder), "demo"))  # noqa: S606 - our own interpreter

    def _world(self) -> server.World:
        file = self.folder / "world.json"
        if not file.is_file():
            raise CommandError(
                f"{self.folder} is a site of yours, not a demo: start it with `corante run`, or name another --dir"
            )
        known = json.loads(file.read_text())
        try:
            return server.start(known["port"], datetime.fromisoformat(known["began"]))
        except OSError:
            raise CommandError(f"port {known['port']} is taken; is this demo running already?") from None

    def _furnish(self, world: server.World) -> None:
        """Outlets, topics, subscribers and a login, unless they are there."""
        now = self.clock()
        first_account(*LOGIN)
        if not Feed.objects.exists():
            gather.import_opml(world.opml.encode(), now)
        letter = Digest.objects.get(slug="daily")
        for name, rule in setup.TOPICS:
            if not Topic.objects.filter(name=name).exists():
                topics.add(name, rule, now)
        for address in setup.SUBSCRIBERS:
            if not Subscriber.objects.filter(address=address).exists():
                subscribe.add_confirmed(address, letter, now, page="the demo")

    def _greet(self, world: server.World, log: Path) -> None:
        base = settings.CORANTE.base_url
        self.stdout.write(
            f"{settings.CORANTE.title}: {len(world.outlets)} pretend outlets at {world.address}/\n"
            f"  site    {base}/\n"
            f"  outbox  {base}/outbox/\n"
            f"  desk    {base}/desk/   login {LOGIN[0]}, password {LOGIN[1]}\n"
            f"  log     {log}\n"
            "Ctrl-C ends it.\n"
        )


class Shown:
    """What the terminal sees while the demo works: counts that grow, then each letter as it leaves."""

    def __init__(self, command: Command, began: float) -> None:
        self.command, self.began = command, began
        self.progress = Progress(sys.stdout)
        self.next_poll = time.monotonic() + POLL_S
        self.said: set[str] = set()
        self.quiet_since: float | None = None
        self.letter_asked = False

    def step(self) -> None:
        """Called a few times a second while the processes run."""
        now = self.command.clock()
        self._hurry(now)
        counts = self.progress.read()
        self.progress.draw(counts)
        front = settings.PUBLIC_TREE / "index.html"
        if counts.pages and front.exists():
            self._once(
                "site", lambda: f"first pages after {time.monotonic() - self.began:.0f} s: {settings.CORANTE.base_url}/"
            )
        if not self.letter_asked and counts.settled and self._quiet():
            self.letter_asked = True
            self._send(now)
        if counts.letters and not counts.letters_open:
            self._once("letters", lambda: f"{counts.letters} letters sent: {settings.CORANTE.base_url}/outbox/")

    def _send(self, now: datetime) -> None:
        edition = digest.freeze_now(Digest.objects.get(slug="daily"), now)
        if edition is None:
            self._once("nothing", lambda: "no story is new since the last letter: none is sent")

    def _quiet(self) -> bool:
        """Whether nothing has been due for two seconds."""
        self.quiet_since = self.quiet_since or time.monotonic()
        return time.monotonic() - self.quiet_since > 2

    def _hurry(self, now: datetime) -> None:
        if time.monotonic() >= self.next_poll:
            self.next_poll = time.monotonic() + POLL_S
            Feed.objects.filter(state="active", failures=0, next_check_at__gt=now + timedelta(seconds=2)).update(
                next_check_at=now
            )

    def _once(self, key: str, say: Callable[[], str]) -> None:
        if key not in self.said:
            self.said.add(key)
            self.progress.say(say())
