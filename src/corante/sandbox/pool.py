"""The parsing pool: `parse(name, *args, cpu_s=…)` runs a function of this package in a killable child.

Rules: the function is named ("corante.sandbox.pages:read") and looked up in the child, so that the parent never loads a
parser; its arguments and its value are plain picklable values. The children never set Django up, have no more than
512 MB above what they started with, and die by the kernel's own timers, which no parser can outwait. What a document may
use is processor time; the clock only ends what hangs, ten times later, so that a busy machine makes no poison. A death is
charged to the one document the child held: `Poisoned` says why.

    page = parse("corante.sandbox.pages:read", body, url, cpu_s=5)
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import resource
import signal
import threading
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from typing import Any, Final

from pebble import CONSTS, ProcessExpired, ProcessPool

from .prescan import Refused

MEMORY: Final = 512 * 2**20
TASKS_PER_CHILD: Final = 100
WORKERS: Final = max(1, min(2, (os.cpu_count() or 1)))
_WALL: Final = 10.0
"""Seconds on the clock to each second of processor time a document may use."""
_GRACE_S: Final = 5.0
_PRELOAD: Final = ("corante.sandbox.pool", "corante.sandbox.warm")


class Poisoned(Exception):
    """This document could not be parsed, for a reason that lies in the document.

    `kind` is one of refused, deadline, memory, crash, error; `str()` is the reason in words.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class Pool:
    """A lazily started pool; `parse` may be called from any thread."""

    def __init__(self, workers: int = WORKERS, memory: int = MEMORY) -> None:
        self._workers, self._memory = workers, memory
        self._lock = threading.Lock()
        self._running: Any = None

    def parse(self, name: str, *args: Any, cpu_s: float, wall_s: float = 0.0) -> Any:
        """The value of the function `name` ("module:function"); `wall_s` is ten times `cpu_s` unless given.

        Raises Poisoned when the document was refused, took too long or too much, or broke its parser.
        """
        wall_s = wall_s or _WALL * cpu_s
        for _ in range(4):
            pool = self._pool()
            try:
                future = pool.schedule(_run, args=(name, args, wall_s, cpu_s), timeout=wall_s + _GRACE_S)
                return _opened(future.result())
            except ProcessExpired as death:
                raise _cause(death) from None
            except TimeoutError:
                raise Poisoned("deadline", f"took longer than {wall_s:g} s") from None
            except (BrokenProcessPool, CancelledError, RuntimeError):
                self._drop(pool)  # the pool broke beneath us, by no fault of this document: a new one, once more
        raise Poisoned("crash", "the parsing process died again and again")

    def close(self) -> None:
        """Stop the children; the next `parse` starts new ones."""
        with self._lock:
            pool, self._running = self._running, None
        if pool is not None:
            _stop(pool)

    def _pool(self) -> Any:
        with self._lock:
            if self._running is None:
                CONSTS.term_timeout = 0.2  # children deep in C can't hear SIGTERM; don't wait three seconds for them
                self._running = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=TASKS_PER_CHILD,
                    initializer=_settle_in,
                    initargs=(self._memory,),
                    context=_context(),
                )
            return self._running

    def _drop(self, broken: Any) -> None:
        with self._lock:
            if self._running is not broken:
                return
            self._running = None
        _stop(broken)


_shared = Pool()
parse = _shared.parse
close = _shared.close
atexit.register(close)


def _context() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOAD))
    return context


def _stop(pool: Any) -> None:
    pool.stop()
    pool.join(timeout=5)


def _settle_in(memory: int) -> None:
    """In the child, once: its memory is capped above what it has now, and it dies without a core file."""
    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def _run(name: str, args: tuple[Any, ...], wall_s: float, cpu_s: float) -> tuple[str, Any]:
    """In the child: the value, or why there is none; only plain values go back."""
    signal.setitimer(signal.ITIMER_REAL, wall_s)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        return "value", _function(name)(*args)
    except Refused as refusal:
        return "refused", str(refusal)
    except MemoryError:
        return "memory", "needed more memory than a document may"
    except RecursionError:
        return "error", "nested too deeply"
    except Exception as error:  # whatever a parser raises is a fact about the document
        return "error", f"{type(error).__name__}: {error}"[:400]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _function(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def _opened(answer: tuple[str, Any]) -> Any:
    kind, value = answer
    if kind != "value":
        raise Poisoned(kind, value)
    return value


def _cause(death: ProcessExpired) -> Poisoned:
    """What a dead child's exit code says about the document it held."""
    code = -int(death.exitcode or 0)
    if code in (signal.SIGALRM, signal.SIGPROF):
        return Poisoned("deadline", "took too long to parse")
    if code == signal.SIGKILL:
        return Poisoned("memory", "its parser was killed, most likely for want of memory")
    name = signal.Signals(code).name if code in set(signal.Signals) else f"exit {-code}"
    return Poisoned("crash", f"its parser crashed ({name})")
