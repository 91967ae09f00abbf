"""What reading a page costs, beside trafilatura alone in the same run: CPU per page, and memory of the reading processes.

    python -m bench.read [--pages N] [--data DIR]

Ours is everything: scan, decode, parse, text, facts, wishes, language, refining, excerpt. Both read each page in turn, so
that both meet the same machine, and the quicker of two rounds counts. Memory is that of the pool as the worker runs it:
`worker_mb` the largest child that parses, `pool_mb` all processes of it, shared memory counted once (PSS). Without DATA
the pages are made up (nonsense in an outlet's frame), so that an outsider can repeat the ratio, though not the quality.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

import trafilatura

from bench.golds import golds
from corante.core.excerpts import Limits
from corante.core.readings import Told, compose
from corante.sandbox import pages
from corante.sandbox.decoding import decode
from corante.sandbox.pool import Pool

NOW = datetime(2026, 12, 1, tzinfo=UTC)
VOCABULARY = re.findall(r"\w+", "harbour wall council voted tide ferry mayor storm spring levy court quay boats")

Document = tuple[bytes, str]


def measure(count: int = 60, data: Path | None = None) -> dict[str, float]:
    """Median and mean milliseconds of ours and trafilatura's, their ratios, and megabytes; keys begin with `read.`."""
    documents = _real(data, count) if data else [_made_up(seed) for seed in range(count)]
    for run in (_ours, _peer):
        run(*documents[0])  # what is loaded once is not timed
    took = [[min(_cpu(run, one) for _ in range(2)) for run in (_ours, _peer)] for one in documents]
    ours, theirs = ([1000 * one[at] for one in took] for at in (0, 1))
    composed = [pages.read(*one) for one in documents]
    excerpts = [1000 * _cpu(lambda p: compose(Told("Council votes"), p, None, Limits(), NOW), (p,)) for p in composed]
    return {
        "read.ms": median(ours),
        "read.ms@trafilatura": median(theirs),
        "read.ratio": median(ours) / median(theirs),
        "read.mean_ratio": mean(ours) / mean(theirs),
        "read.refine_and_excerpt_ms": median(excerpts),
    } | memory(documents)


def memory(documents: list[Document]) -> dict[str, float]:
    """Megabytes of the parsing pool with one child, the most seen while it read these documents."""
    pool, child, whole = Pool(workers=1), 0.0, 0.0
    try:
        for body, url in documents:
            pool.parse("corante.sandbox.pages:read", body, url, cpu_s=60)
            below = list(_descendants(os.getpid()))
            child = max([child, *(_megabytes(pid, "status", "VmHWM") for pid in below)])
            whole = max(whole, sum(_megabytes(pid, "smaps_rollup", "Pss") for pid in below))
    finally:
        pool.close()
    return {"read.worker_mb": child, "read.pool_mb": whole}


def _cpu(run: Callable[..., object], arguments: tuple[object, ...]) -> float:
    start = time.process_time()
    run(*arguments)
    return time.process_time() - start


def _ours(body: bytes, url: str) -> None:
    compose(Told("Council votes"), pages.read(body, url), None, Limits(), NOW)


def _peer(body: bytes, url: str) -> None:
    trafilatura.extract(decode(body), url=url, include_comments=False)


def _descendants(pid: int) -> Iterator[int]:
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, listed.read_text().split()):
            yield child
            yield from _descendants(child)


def _megabytes(pid: int, file: str, name: str) -> float:
    """A figure of the kernel's about a process; 0 when it ended meanwhile."""
    try:
        found = re.search(rf"^{name}:\s*(\d+)", Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def _real(data: Path, count: int) -> list[Document]:
    found = [(gold.body, gold.url) for gold in golds(data)]
    return found[:: max(1, len(found) // count)][:count]


def _made_up(seed: int) -> Document:
    chance = random.Random(seed)
    text = "".join(f"<p>{_nonsense(chance)}</p>" for _ in range(40))
    menu = "".join(f'<li><a href="/{n}">{_nonsense(chance)[:20]}</a></li>' for n in range(400))
    page = f"<html lang=en><head><title>Council votes {seed}</title></head><body><nav><ul>{menu}</ul></nav><article>{text}</article></body></html>"
    return page.encode(), f"https://outlet.example/{seed}"


def _nonsense(chance: random.Random) -> str:
    return " ".join(" ".join(chance.choices(VOCABULARY, k=18)).capitalize() + "." for _ in range(4))


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args()
    for key, value in measure(asked.pages, asked.data).items():
        print(f"{key:32} {value:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
