"""`corante worker`: gathers, reads, groups, files, publishes and mails."""

from __future__ import annotations

import os
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from corante.management.base import Command as Base
from corante.management.logs import set_up
from corante.management.soundness import set_aside
from corante.worker.engine import Engine, jobs_address
from corante.worker.lease import AlreadyRunning, FolderLock
from corante.worker.steps import FLOW
from corante.worker.tick import Worker


class Command(Base):
    help = "Do the site's work. Usually started by `corante run`; on PostgreSQL as many as you like, on any machine."
    example = "corante worker --dir ./news"

    def handle(self, *_: Any, **options: Any) -> None:
        set_up("worker")
        database = os.environ.get("CORANTE_DATABASE", "") or settings.CORANTE.database
        # On SQLite one worker a folder, always under the same name, so that it finds its own jobs again.
        executor = f"{socket.gethostname()}-{os.getpid()}" if database else "one"
        try:
            lock = FolderLock(self.folder)  # held by this name until the process ends
            if not database:
                lock.take()
                if aside := set_aside(self.folder / "jobs.sqlite"):
                    self.stderr.write(
                        f"The file of jobs was damaged and is now {aside}; what is due is found in the rows."
                    )
            engine = Engine(jobs_address(self.folder, database), executor, {one.name: one.lanes for one in FLOW})
            Worker(engine).run()
        except AlreadyRunning as running:
            raise CommandError(str(running)) from None
