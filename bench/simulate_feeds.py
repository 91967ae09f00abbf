"""Thousands of feeds on thousands of hosts, some of them bad: how late a look is, what it costs, what a kill -9 costs.

    python -m bench.simulate_feeds [--feeds 5000] [--hosts 3000] [--seconds 300] [--lists FOLDER] [--no-kill]

A real worker and a real web process, in a world with a name server and 300 ms of latency, where 5 % of hosts take ten
seconds, 2 % have dead name servers and 1 % send bombs or drips. Every feed falls due once within the given seconds, in
no order; at two fifths of that the worker is killed with SIGKILL and started again.

Lateness is from when a feed fell due to when its request reached its host. Hosts that have more feeds than two seconds
between requests let through in the time are counted apart: there politeness is the ceiling, and their feeds wait their
turn. The web's lag is how much later than asked its event loop wakes, asked for every hundredth of a second.
Loopback stands for the open internet: the worker is told so, and where to ask for names; nothing else is changed in it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.fakes.running import RunningSite

from .simulated_site import WEB, WORKER, memory
from .simulated_world import NEWSY, OLD, SimFeed, population, serve


def main(arguments: list[str]) -> dict[str, float]:
    """Run the world and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--hosts", type=int, default=3000)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--lists", type=Path, help="a folder of OPML files whose hosts give the skew")
    parser.add_argument("--no-kill", action="store_true")
    asked = parser.parse_args(arguments)
    feeds = population(asked.feeds, asked.hosts, asked.lists)
    with tempfile.TemporaryDirectory(prefix="corante-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        ports: Any = multiprocessing.Queue()
        world = multiprocessing.Process(target=serve, args=(feeds, ports, folder / "asked.jsonl"), daemon=True)
        world.start()
        http, names = ports.get()
        run = Run(folder, feeds, http, f"127.0.0.1:{names}", asked.seconds)
        try:
            return run.measure(kill=not asked.no_kill)
        finally:
            run.end()
            world.terminate()


class Run:
    """One site under one world."""

    def __init__(self, folder: Path, feeds: list[SimFeed], http: int, names: str, seconds: int) -> None:
        self.folder, self.feeds, self.names, self.seconds = folder, feeds, names, seconds
        self.urls = {f"http://{feed.host}:{http}{feed.path}": feed for feed in feeds}
        self.site = RunningSite(folder / "site")
        self.site.init()
        self.worker: subprocess.Popen[bytes] | None = None
        self.web: subprocess.Popen[bytes] | None = None
        self.most = {"worker_rss_mb": 0.0, "all_pss_mb": 0.0}

    def measure(self, kill: bool) -> dict[str, float]:
        """Add the feeds, spread when they are due, run, kill, run on, and count."""
        due = self._add()
        self._start_web()
        self._start_worker()
        began = time.time()
        settle = 15 + min(60, self.seconds / 4)
        at_kill = began + 0.4 * self.seconds if kill else float("inf")
        while time.time() < began + self.seconds + settle:
            time.sleep(2)
            self._ask_web()
            self._weigh()
            if time.time() > at_kill:
                at_kill = float("inf")
                self._kill()
        return self._told(due)

    def end(self) -> None:
        """Stop everything."""
        for process in (self.worker, self.web):
            if process and process.poll() is None:
                process.terminate()
                process.wait(40)

    def _add(self) -> dict[int, float]:
        """Number of feed -> when it falls due (seconds since the epoch)."""
        rows = "".join(f'<outline type="rss" text="Outlet {f.number}" xmlUrl="{url}"/>' for url, f in self.urls.items())
        (self.folder / "list.opml").write_text(f'<opml version="2.0"><body>{rows}</body></opml>')
        self.site.corante("add", "--opml", str(self.folder / "list.opml"))
        start = time.time() + 15
        due = {feed.number: start + n * self.seconds / len(self.feeds) for n, feed in enumerate(self.feeds)}
        with sqlite3.connect(self.site.folder / "corante.sqlite") as database:
            for url, feed in self.urls.items():
                at = datetime.fromtimestamp(due[feed.number], UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
                database.execute("UPDATE corante_feed SET next_check_at = ? WHERE url = ?", [at, url])
        return due

    def _start_worker(self) -> None:
        (self.folder / "worker.py").write_text(WORKER)
        log = open(self.folder / "worker.log", "ab")  # noqa: SIM115 - the child's from here on
        command = [sys.executable, str(self.folder / "worker.py"), self.names, str(self.site.folder)]
        self.worker = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment(), start_new_session=True)

    def _start_web(self) -> None:
        (self.folder / "watched.py").write_text(WEB)
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "asgi",
            "--workers",
            "1",
            "--no-ws",
            "watched:application",
        ]
        options = ["--port", str(self.site.port), "--http", "1", "--loop", "uvloop", "--runtime-mode", "st", "--no-log"]
        environment = self._environment() | {
            "LAGS": str(self.folder / "lags.json"),
            "CORANTE_DIR": str(self.site.folder),
            "DJANGO_SETTINGS_MODULE": "corante.project.settings",
        }
        environment["PYTHONPATH"] = os.pathsep.join([str(self.folder), *sys.path])
        quiet = subprocess.DEVNULL
        self.web = subprocess.Popen(
            [*command, *options], stdout=quiet, stderr=quiet, env=environment, start_new_session=True
        )

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("CORANTE_", "DJANGO_"))}
        return kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}

    def _kill(self) -> None:
        assert self.worker
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()
        self.killed_at = time.time()
        self._start_worker()

    def _ask_web(self) -> None:
        """A reader now and then, so that the web is awake."""
        subprocess.run(["curl", "-s", "-o", "/dev/null", "-m", "5", f"{self.site.address}/search/?q=news"], check=False)

    def _weigh(self) -> None:
        assert self.worker
        rss, pss = memory(self.worker.pid)
        self.most["worker_rss_mb"] = max(self.most["worker_rss_mb"], rss)
        self.most["all_pss_mb"] = max(self.most["all_pss_mb"], pss)

    def _told(self, due: dict[int, float]) -> dict[str, float]:
        first, unconditional, crowd = dict[int, float](), Counter[int](), Counter(feed.host for feed in self.feeds)
        for line in (self.folder / "asked.jsonl").read_text().splitlines():
            at, number, known = json.loads(line)
            first.setdefault(number, at)
            unconditional[number] += not known
        most = self.seconds / 2.7  # how often one host can be asked: latency, then two seconds
        late = {f.number: first[f.number] - due[f.number] for f in self.feeds if f.number in first}
        free = [late[f.number] for f in self.feeds if f.number in late and crowd[f.host] <= most / 2]
        sound = [
            f for f in self.feeds if f.manner in ("good", "slow") and f.number in first and crowd[f.host] <= most / 2
        ]
        lags = json.loads((self.folder / "lags.json").read_text()) if (self.folder / "lags.json").exists() else []
        figures = {
            "feeds": float(len(self.feeds)),
            "hosts": float(len(crowd)),
            "asked": float(len(first)),
            "lateness_p50_s": _share(free, 0.5),
            "lateness_p99_s": _share(free, 0.99),
            "lateness_worst_s": max(free, default=0.0),
            "crowded_feeds": float(sum(many for many in crowd.values() if many > most / 2)),
            "lateness_p99_with_crowded_s": _share(list(late.values()), 0.99),
            "never_asked_though_alive": float(
                sum(f.manner != "dead" and f.number not in first and crowd[f.host] <= most / 2 for f in self.feeds)
            ),
            "web_lag_p99_ms": 1000 * _share(lags, 0.99),
            "web_lag_p50_ms": 1000 * _share(lags, 0.5),
            **self.most,
            "asked_whole_twice": float(
                sum(unconditional[f.number] > 1 for f in self.feeds if f.manner in ("good", "slow"))
            ),
            **self._kept(sound),
        }
        width = max(map(len, figures))
        print("\n".join(f"{name:<{width}}  {value:10.2f}" for name, value in figures.items()))
        return figures

    def _kept(self, sound: list[SimFeed]) -> dict[str, float]:
        """Entries of sound feeds that are not remembered, and pieces that are there twice."""
        names = {feed.number for feed in sound}
        rows = self.site.rows("SELECT url, count(*) FROM corante_article GROUP BY url")
        articles = {int(url.rsplit("/", 1)[1]) for url, _ in rows if "/new/" in url}
        lists = dict(
            self.site.rows(
                "SELECT f.url, count(DISTINCT s.id) FROM corante_feed f JOIN corante_sighting s ON s.outlet_id = f.outlet_id GROUP BY f.id"
            )
        )
        known = {feed.number: lists.get(url, 0) for url, feed in self.urls.items()}
        wanted = {n: 3 * (OLD + (n % NEWSY == 0)) for n in names}  # a sighting under each of an entry's names
        return {
            "sound_feeds": float(len(names)),
            "feeds_lost": float(sum(known[n] == 0 for n in names)),
            "feeds_in_part": float(
                sum(0 < known[n] < 2 * (OLD + (n % NEWSY == 0)) or known[n] > wanted[n] for n in names)
            ),
            "pieces_lost": float(len({n for n in names if n % NEWSY == 0} - articles)),
            "pieces_twice": float(sum(many > 1 for _, many in rows)),
        }


def _share(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0


if __name__ == "__main__":
    main(sys.argv[1:])
