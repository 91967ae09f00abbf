"""The whole flow: from feeds to published pages, articles a second, and the first page of the demo.

    python -m bench.flow            the demo's world, gathered and published by a real worker
    python -m bench.flow ADDRESS    feeds of an OPML list at this address instead (loopback)

Everything is a process of its own, as an operator runs it; times are wall clock from the worker's start, CPU is that
of the worker and all its children. There is no peer that does the same job, so the figure stands alone.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.fakes.running import RunningSite

from corante.demo import server


def main(arguments: list[str]) -> None:
    """Measure and print one row."""
    world = None if arguments else server.start()
    address = arguments[0] if arguments else ""
    opml = world.opml.encode() if world else urllib.request.urlopen(address, timeout=30).read()
    port = world.port if world else int(address.split(":")[2].split("/")[0])
    with tempfile.TemporaryDirectory(prefix="corante-bench-") as folder:
        measure(RunningSite(Path(folder) / "site"), opml, port)
    if world:
        world.stop()


def measure(site: RunningSite, opml: bytes, port: int) -> None:
    """Gather, read, group, file and publish everything in the list once."""
    site.init("--allow-network", f"127.0.0.0/8:{port}")
    outlets = site.folder / "outlets.opml"
    outlets.write_bytes(opml)
    site.corante("add", "--opml", str(outlets))
    before, began = _cpu(), time.monotonic()
    worker = site.start("worker")
    site.wait(
        lambda: site.count("SELECT count(*) FROM corante_page WHERE path LIKE '/stories/%'") > 0, 120, "a first page"
    )
    first = time.monotonic() - began
    site.wait(site.settled, 900, "everything being published")
    wall = time.monotonic() - began
    articles = site.count("SELECT count(*) FROM corante_article")
    pages = site.count("SELECT count(*) FROM corante_page WHERE NOT gone")
    worker.terminate()
    worker.wait(40)
    cpu = _cpu() - before
    print(f"{'articles':>9} {'pages':>7} {'first page s':>13} {'all s':>7} {'articles/s':>11} {'CPU ms/article':>15}")
    print(
        f"{articles:>9} {pages:>7} {first:>13.1f} {wall:>7.1f} {articles / wall:>11.1f} {cpu / articles * 1000:>15.1f}"
    )
    site.end()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(sys.argv[1:])
