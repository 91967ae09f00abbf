"""The two processes that `bench.simulate_feeds` watches, as small programs, and what they weigh.

Rule: the worker is the real one, told only that loopback is the open internet and whom to ask for names; the web is the
real one with a watch on its event loop.
"""

from __future__ import annotations

import os
from pathlib import Path

WORKER = """
import sys

if __name__ == "__main__":  # the parsing pool's children load this file too
    from corante.core import addresses
    from corante.net import names, visits

    _, server, folder = sys.argv
    addresses.is_public = lambda _address: True
    visits.Names = lambda: names.Names([server])
    sys.argv = ["corante", "--dir", folder, "worker"]
    from corante.cli import main

    main()
"""
WEB = """
import asyncio, json, os, time
from corante.project.asgi import application as behind
lags, watching = [], None
async def watch():
    last = time.monotonic()
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.01)
        lags.append(time.perf_counter() - before - 0.01)
        if time.monotonic() - last > 2:
            last = time.monotonic()
            json.dump(lags, open(os.environ["LAGS"] + ".new", "w"))
            os.replace(os.environ["LAGS"] + ".new", os.environ["LAGS"])
async def application(scope, receive, send):
    global watching
    watching = watching or asyncio.ensure_future(watch())
    await behind(scope, receive, send)
"""


def memory(root: int) -> tuple[float, float]:
    """MB: resident size of a process; proportional size of it and its session (shared pages counted once)."""
    rss = pss = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) != root:
                continue
            lines = dict(line.split(":", 1) for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
            pss += int(lines["Pss"].split()[0]) / 1024
            if int(folder.name) == root:
                rss = int(lines["Rss"].split()[0]) / 1024
        except (OSError, KeyError, ValueError):
            continue
    return rss, pss
