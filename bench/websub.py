"""From a hub's push to a page a reader can open: seconds, with a real site, a real hub and real article pages.

    python -m bench.websub [PUSHES]

Rule: web and worker are processes of their own, as an operator runs them; the hub, the outlet and the reader are on
loopback. The clock starts when the hub begins to send and stops when the front page, fetched over HTTP, shows the
headline. The reader looks twenty times a second, which is counted against us. On the open internet the outlet's page
adds what it takes to come, and up to two seconds that lie between two requests to one host.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import wordfreq
from tests.fakes.hub import Hub
from tests.fakes.outlets import Outlets, Reply, item, rss
from tests.fakes.running import RunningSite

WORDS = [word for word in wordfreq.top_n_list("en", 6000)[2000:] if word.isascii() and word.isalpha()]


def main(arguments: list[str]) -> dict[str, float]:
    """Measure and print; returns the figures."""
    wanted = int(arguments[0]) if arguments else 30
    with tempfile.TemporaryDirectory(prefix="corante-bench-") as folder, Outlets() as outlets:
        hub = Hub(outlets)
        outlets["/feed.xml"] = Reply(rss(_piece(outlets, 0)), headers={"Link": f'<{hub.url}>; rel="hub"'})
        site = RunningSite(Path(folder) / "site")
        site.init("--allow-network", "127.0.0.0/8")
        site.corante("add", outlets.url("/feed.xml"))
        site.start("web", "--port", str(site.port))
        site.start("worker")
        try:
            site.wait(lambda: hub.verified.is_set() and site.settled(), 90, "a verified subscription")
            taken = [_push(site, hub, outlets, n) for n in range(1, wanted + 1)]
        finally:
            site.end()
    figures = {
        "pushes": float(len(taken)),
        "median_s": statistics.median(taken),
        "p95_s": sorted(taken)[int(0.95 * (len(taken) - 1))],
        "worst_s": max(taken),
    }
    print("from push to page   " + "   ".join(f"{name} {value:.2f}" for name, value in figures.items()))
    return figures


def _push(site: RunningSite, hub: Hub, outlets: Outlets, n: int) -> float:
    """Seconds until the front page shows the pushed piece."""
    body, title = rss(_piece(outlets, n)), _title(n).encode()
    began = time.monotonic()
    hub.push(body)
    while title not in urllib.request.urlopen(f"{site.address}/", timeout=20).read():
        if time.monotonic() - began > 60:
            raise SystemExit(f"{_title(n)!r} was not on the front page within a minute")
        time.sleep(0.05)
    return time.monotonic() - began


def _title(n: int) -> str:
    """A headline of its own, so that no piece is taken for an account of another's story."""
    return " ".join(random.Random(n).sample(WORDS, 7)).capitalize()


def _piece(outlets: Outlets, n: int) -> str:
    """An entry dated now, with its page in place."""
    chance = random.Random(-n - 1)
    text = "".join(f"<p>{' '.join(chance.sample(WORDS, 60)).capitalize()}.</p>" for _ in range(6))
    page = f"<!doctype html><title>{_title(n)}</title><article><h1>{_title(n)}</h1>{text}</article>"
    outlets[f"/piece/{n}"] = page.encode()
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    return item(_title(n), outlets.url(f"/piece/{n}"), f"piece-{n}", date)


if __name__ == "__main__":
    main(sys.argv[1:])
