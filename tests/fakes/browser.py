"""A real browser for tests: Debian's chromium when we are root, playwright's own elsewhere; skipped, with the reason, if none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

DEBIANS = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium, without a window. Skips the test when there is none to be had."""
    with sync_playwright() as playwright:
        path = str(DEBIANS) if os.geteuid() == 0 and DEBIANS.exists() else None
        try:
            browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        except Error as error:
            pytest.skip(f"no browser: {str(error).splitlines()[0]} (python -m playwright install chromium)")
        yield browser
        browser.close()
