"""A real browser for tests: Debian's chromium when we are root, playwright's own elsewhere; skipped, with the reason, if none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, expect, sync_playwright

from .lacking import leave_out

DEBIANS = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 60_000
"""How long a browser is waited for, here and in every test: a busy machine is slow, and only what never comes is a fault."""
expect.set_options(timeout=PATIENCE_MS)

_ASYNC = "DJANGO_ALLOW_ASYNC_UNSAFE"  # playwright keeps a loop in this thread; Django is not called from it
_engines: list[Playwright] = []
_open = 0


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium, without a window. Skips the test when there is none to be had.

    May be open several times at once: a thread can have one engine of playwright only, so they share it.
    """
    with _engine() as engine:
        browser = _launched(engine)
        yield browser
        browser.close()


def _launched(engine: Playwright) -> Browser:
    path = str(DEBIANS) if os.geteuid() == 0 and DEBIANS.exists() else None
    for tries in (2, 1, 0):  # one that has no time to begin says the same as one that is not there
        try:
            return engine.chromium.launch(executable_path=path, args=QUIET, timeout=PATIENCE_MS)
        except Error as error:
            if not tries:
                leave_out(f"no browser: {str(error).splitlines()[0]} (python -m playwright install chromium)")
    raise AssertionError


@contextmanager
def _engine() -> Iterator[Playwright]:
    global _open
    if not _open:
        _engines.append(sync_playwright().start())
        os.environ[_ASYNC] = "1"
    _open += 1
    try:
        yield _engines[-1]
    finally:
        _open -= 1
        if not _open:
            del os.environ[_ASYNC]
            _engines.pop().stop()
