"""Functions that behave as parsers do when a document poisons them; run in the pool's children."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
import time

from corante.sandbox.prescan import Refused


def where() -> int:
    """The process this ran in."""
    return os.getpid()


def loaded(name: str) -> bool:
    """Whether a module is loaded there."""
    return name in sys.modules


def hang() -> None:
    """Wait for ever without using the processor."""
    time.sleep(600)


def dawdle() -> int:
    """Take longer than the processor time asked for, as on a busy machine."""
    time.sleep(1.5)
    return os.getpid()


def burn() -> None:
    """Be lost in C code that never looks up."""
    re.match(r"(a+)+$", "a" * 40 + "b")


def hoard() -> int:
    """Ask for more memory than there may be."""
    return len(bytearray(2 * 2**30))


def crash() -> None:
    """Read from address zero."""
    ctypes.string_at(0)


def vanish() -> None:
    """Leave without a word."""
    os._exit(3)


def kill() -> None:
    """As the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    """Raise."""
    raise ValueError("no such thing")


def refuse() -> None:
    """As the pre-scan does."""
    raise Refused("too deep")


def unpicklable() -> None:
    """Raise something that can't travel between processes."""

    class Local(Exception):
        pass

    raise Local("stays here")
