"""Peers set beside us in the same run: each in a process of its own, timed by its own processor clock.

    with company("bench.peers.readers", log=print) as peers:      # a dict by name; who can't be had is told and left out
        answer = peers["trafilatura"].ask({"html": page, "url": url})
        answer.value, answer.cpu_s, answer.error

A program is a module of this package with `PEERS`, names to makers: a maker loads what it needs and returns a function
from a job to a value, both JSON. It runs in `.venv-eval` (`make setup-eval`), so it must not import corante; `hook.py` is
its other end. A peer that dies is started anew, and the job it died of is answered with the error.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-eval" / "bin" / "python"


class Missing(Exception):
    """The peer can't be had here; the message says why."""


@dataclass(frozen=True)
class Answer:
    """What a peer made of one job, and the processor seconds it took."""

    value: Any = None
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    error: str = ""


class Peer:
    """One peer's process; `python` is the interpreter of the environment it lives in."""

    def __init__(self, program: str, name: str, python: Path = PYTHON) -> None:
        """Raises Missing."""
        if not python.exists():
            raise Missing("no .venv-eval: make setup-eval")
        self._asked = [str(python), "-m", "bench.peers.hook", program, name]
        self.name = name
        self._start()

    def ask(self, job: Any) -> Answer:
        """The answer to one job; a peer that died of it is started again."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            return Answer(**self._line())
        except (BrokenPipeError, EOFError):
            code = self._process.wait()
            self._start()
            return Answer(error=f"died with {code}")

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=60)

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
        )
        try:
            said = self._line()
        except EOFError:
            raise Missing(f"its process ended with {self._process.wait()}") from None
        if why := said.get("missing"):
            self.close()
            raise Missing(why)

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise EOFError
        said: dict[str, Any] = json.loads(line)
        return said


@contextmanager
def company(program: str, log: Callable[[str], None] = print) -> Iterator[dict[str, Peer]]:
    """The peers of a program that can be had, by name; `log` is told of the others. All are ended at the end."""
    peers: dict[str, Peer] = {}
    try:
        for name in names(program):
            try:
                peers[name] = Peer(program, name)
            except Missing as why:
                log(f"{name}: missing ({why})")
        yield peers
    finally:
        for peer in peers.values():
            peer.close()


def names(program: str) -> list[str]:
    """The peers a program offers, in its order."""
    return list(importlib.import_module(program).PEERS)


def ours(program: str, name: str) -> Peer:
    """One of our own, in this environment, by the same measure."""
    return Peer(program, name, Path(sys.executable))
