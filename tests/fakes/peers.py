"""Peers of the tests' own, for the pipe they answer over."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any


def _echo() -> Callable[[Any], Any]:
    def answer(job: Any) -> Any:
        print("a peer may print what it likes")
        if job == "fail":
            raise ValueError("no")
        if job == "die":
            os._exit(9)
        return {"heard": job}

    return answer


def _missing() -> Callable[[Any], Any]:
    raise ImportError("no such package")


PEERS = {"echo": _echo, "missing": _missing}
