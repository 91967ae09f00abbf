"""What reading a page costs, beside trafilatura alone in the same run: CPU per page and peak memory of the process.

    python -m bench.read [--pages N] [--data DIR]

Ours is everything: scan, decode, parse, text, facts, wishes, refining, excerpt, language. Without DATA the pages are made up
(paragraphs of nonsense in an outlet's frame), so that an outsider can repeat the ratio, though not the quality.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import trafilatura

from corante.core.excerpts import Limits
from corante.core.readings import Told, compose
from corante.sandbox import pages
from corante.sandbox.decoding import decode

NOW = datetime(2026, 12, 1, tzinfo=UTC)
_VOCABULARY = [
    "harbour",
    "wall",
    "council",
    "voted",
    "tide",
    "ferry",
    "mayor",
    "storm",
    "spring",
    "levy",
    "court",
    "quay",
    "boats",
]


def measure(count: int = 60, data: pathlib.Path | None = None) -> dict[str, float]:
    """`read.ms`, `read.ms@trafilatura`, `read.ratio`, `read.excerpt_ms`, `read.peak_mb`; the second of two rounds counts."""
    documents = _real(data, count) if data else [_made_up(seed) for seed in range(count)]
    took = {name: [_cpu(run, documents) for _ in range(2)][-1] for name, run in (("ours", _ours), ("peer", _peer))}
    composed = [pages.read(body, url) for body, url in documents]
    start = time.process_time()
    for page in composed:
        compose(Told("Council votes"), page, None, Limits(), NOW)
    excerpts = (time.process_time() - start) / len(documents)
    return {
        "read.ms": took["ours"] * 1000,
        "read.ms@trafilatura": took["peer"] * 1000,
        "read.ratio": took["ours"] / took["peer"],
        "read.refine_and_excerpt_ms": excerpts * 1000,
        "read.peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _cpu(run: Callable[[bytes, str], None], documents: list[tuple[bytes, str]]) -> float:
    start = time.process_time()
    for body, url in documents:
        run(body, url)
    return (time.process_time() - start) / len(documents)


def _ours(body: bytes, url: str) -> None:
    compose(Told("Council votes"), pages.read(body, url), None, Limits(), NOW)


def _peer(body: bytes, url: str) -> None:
    trafilatura.extract(decode(body), url=url, include_comments=False)


def _real(data: pathlib.Path, count: int) -> list[tuple[bytes, str]]:
    from bench.golds import golds

    found = [(gold.body, gold.url) for gold in golds(data)]
    return found[:: max(1, len(found) // count)][:count]


def _made_up(seed: int) -> tuple[bytes, str]:
    chance = random.Random(seed)
    text = "".join(f"<p>{_nonsense(chance)}</p>" for _ in range(40))
    menu = "".join(f'<li><a href="/{n}">{_nonsense(chance)[:20]}</a></li>' for n in range(400))
    page = f"<html lang=en><head><title>Council votes {seed}</title></head><body><nav><ul>{menu}</ul></nav><article>{text}</article></body></html>"
    return page.encode(), f"https://outlet.example/{seed}"


def _nonsense(chance: random.Random) -> str:
    return " ".join(" ".join(chance.choices(_VOCABULARY, k=18)).capitalize() + "." for _ in range(4))


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--data", type=pathlib.Path)
    asked = parser.parse_args()
    for key, value in measure(asked.pages, asked.data).items():
        print(f"{key:32} {value:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
