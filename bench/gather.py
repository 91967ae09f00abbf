"""Gathering beside requests + feedparser, in one run on the same feeds: CPU per feed, first import and unchanged poll.

    python -m bench.gather [FEEDS]

Rule: both sides fetch over loopback HTTP from a server in another process; ours stores everything in a fresh SQLite
database (entries, validators, next check, the fetch), the peer stores nothing, which favours the peer. CPU counts all
processes of each side. Ratios of one run are the result; seconds alone say nothing about another machine.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ITEMS = 30


def serve(feeds: int, ports: Any) -> None:
    """In a process of its own: feeds with validators."""
    from tests.fakes.outlets import Outlets, Reply, item, rss

    with Outlets() as outlets:
        text = "<p>The harbour council voted nine to four to raise the sea wall by a metre.</p>" * 12
        for n in range(feeds):
            items = (item(f"Piece {n}.{m}", f"https://h{n}.example/{m}", f"{n}.{m}", text=text) for m in range(ITEMS))
            outlets[f"/{n}"] = Reply(rss(*items), validators=True)
        ports.put(outlets.port)
        time.sleep(3600)


def ours(urls: list[str]) -> dict[str, float]:
    """CPU milliseconds per feed of the room itself, on a database of its own."""
    import django

    django.setup()
    from django.core.management import call_command

    from corante import gather
    from corante.core.opml import Outline, write

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    gather.import_opml(write([Outline(url, f"Outlet {n}") for n, url in enumerate(urls)], "bench", now), now)
    first = _measured(lambda: _rounds(gather, now), len(urls))
    again = _measured(lambda: _rounds(gather, now + timedelta(days=2)), len(urls))
    return {"first_ms": first[0], "first_wall_ms": first[1], "unchanged_ms": again[0], "unchanged_wall_ms": again[1]}


def peer(urls: list[str]) -> dict[str, float]:
    """The same with requests and feedparser (sanitiser off), 20 threads, nothing stored."""
    from concurrent.futures import ThreadPoolExecutor

    import feedparser
    import requests

    reader: Any = feedparser
    tags: dict[str, str] = {}

    def look(url: str) -> int:
        answer = requests.get(url, headers={"If-None-Match": tags.get(url, "")}, timeout=60)
        tags[url] = answer.headers.get("ETag", "")
        parsed = reader.parse(io.BytesIO(answer.content), sanitize_html=False) if answer.status_code == 200 else None
        return len(parsed.entries) if parsed else 0

    def rounds() -> None:
        with ThreadPoolExecutor(20) as threads:
            list(threads.map(look, urls))

    first, again = _measured(rounds, len(urls)), _measured(rounds, len(urls))
    return {"first_ms": first[0], "first_wall_ms": first[1], "unchanged_ms": again[0], "unchanged_wall_ms": again[1]}


def main(feeds: int = 200) -> dict[str, float]:
    """Run both sides, print and return figures and ratios."""
    context = multiprocessing.get_context("spawn")
    ports = context.Queue()
    server = context.Process(target=serve, args=(feeds, ports), daemon=True)
    server.start()
    port = ports.get()
    urls = [f"http://127.0.0.1:{port}/{n}" for n in range(feeds)]
    try:
        theirs, own = peer(urls), ours(urls)
    finally:
        server.terminate()
    figures = {f"ours.{k}": v for k, v in own.items()} | {f"feedparser.{k}": v for k, v in theirs.items()}
    figures |= {f"ratio.{k}": theirs[k] / own[k] for k in ("first_ms", "unchanged_ms")}
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=1))
    return figures


def _rounds(gather: Any, now: datetime) -> None:
    while ids := gather.due(now, 100):
        gather.work(ids, lambda: now)


def _measured(work: Any, feeds: int) -> tuple[float, float]:
    cpu, wall = _cpu(), time.monotonic()
    work()
    return (_cpu() - cpu) * 1000 / feeds, (time.monotonic() - wall) * 1000 / feeds


def _cpu() -> float:
    """CPU seconds of this process and all that descend from it, but for the server."""
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    servers = {process.pid for process in multiprocessing.active_children()}

    def mine(pid: int) -> bool:
        while pid > 1 and pid not in servers:
            if pid == os.getpid():
                return True
            pid = parents.get(pid, 0)
        return False

    return sum(seconds for pid, seconds in spent.items() if mine(pid))


if __name__ == "__main__":
    folder = tempfile.mkdtemp(prefix="corante-bench-")
    (Path(folder) / "corante.toml").write_text(
        'title = "Bench"\nbase_url = "http://127.0.0.1:8000"\nallow_network = ["127.0.0.0/8"]\n'
    )
    os.environ |= {"CORANTE_DIR": folder, "DJANGO_SETTINGS_MODULE": "corante.project.settings"}
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
