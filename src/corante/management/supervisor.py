"""Two processes from one command: web and worker. If one dies, both stop and the exit status says so.

Crash-only: whoever started us (systemd, a container) starts us again, and starting is the tested way to recover.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

GRACE_S = 30
PR_SET_PDEATHSIG = 1


class Supervisor:
    """Starts children, watches them, passes SIGTERM and SIGINT on."""

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        log: Path | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        """`log`: a file for the children's words instead of our own stderr. `meanwhile` is called while they run."""
        self.commands, self.log, self.meanwhile = commands, log, meanwhile
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_stop = False

    def run(self) -> int:
        """Run until told to stop (returns 0) or until a child ends by itself (returns 1)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for name, command in self.commands.items():
            self.children[name] = self._start(command)
        ended = self._watch()
        self._end_all()
        if self.asked_to_stop:
            return 0
        print(f"corante: {ended} ended by itself; stopped everything. The log above says why.", file=sys.stderr)
        return 1

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        words = open(self.log, "ab") if self.log else None  # noqa: SIM115 - the child's from here on
        try:
            # A session of its own: Ctrl-C reaches us alone, and we end the children in order.
            return subprocess.Popen(
                command,
                stdout=words,
                stderr=words,
                preexec_fn=_die_with_parent,
                start_new_session=True,
                env=os.environ
                | {"MALLOC_ARENA_MAX": "2"},  # glibc: many threads else keep 15 MB of a worker for nothing
            )
        finally:
            if words:
                words.close()

    def _watch(self) -> str:
        while not self.asked_to_stop:
            for name, child in self.children.items():
                if child.poll() is not None and not self.asked_to_stop:
                    return name
            if self.meanwhile:
                self.meanwhile()
            time.sleep(0.2)
        return ""

    def _end_all(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        last = time.monotonic() + GRACE_S
        for child in self.children.values():
            try:
                child.wait(max(0.1, last - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True


def corante(*arguments: str) -> list[str]:
    """The command line of another `corante` process of this installation."""
    return [sys.executable, "-m", "corante.cli", *arguments]


def _die_with_parent() -> None:
    """Linux: kill -9 of the supervisor must not leave a worker behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:  # the parent went before we asked
            os._exit(1)
