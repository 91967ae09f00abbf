"""CPU from an article's row to its story, its topics, search and preview, as the archive grows from 10k to 1M.

    python -m bench.stories                             archives of 10,000 and 100,000
    python -m bench.stories --sizes 10000,100000,1000000 --plot bench/figures/stories.svg

Rule: each size is a site of its own with ten thousand live stories (fewer stories: all of them); the figures are CPU
milliseconds of the process an article, of the cheapest of nine batches of BATCH: other work on the machine only ever
adds. Growth ("of first") is the median batch as a multiple of a yardstick run before and after it. The same articles
come in at every size.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path

from bench import archive, plots, sites

BATCH = 100  # a busy worker's; one article alone costs the fixed part of a batch more
NEW = 900
RULES = 5000
PREVIEWED = ("{0} OR {1} OR {2}", '"{3} {4}" OR {5}*', "({6} OR {7}) -{8} title:{9}", "* -{0}")


def main(arguments: list[str] | None = None) -> None:
    """Measure each size apart, print the table, draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--plot", default="")
    parser.add_argument("--here", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.here:
        print(json.dumps(measure(asked.here)))
        return
    print(
        f"{'archived':>10} {'ingest':>7} {'stories':>8} {'topics':>7} {'together':>9} {'of first':>9} {'preview ms':>11}"
    )
    found: list[tuple[int, dict[str, float]]] = []
    for size in (int(n) for n in asked.sizes.split(",")):
        found.append((size, sites.apart("bench.stories", size)))
        one, first = found[-1][1], found[0][1]
        print(
            f"{size:>10,} {one['ingest']:>7.2f} {one['stories']:>8.2f} {one['topics']:>7.2f} {one['together']:>9.2f}"
            f" {one['yards'] / first['yards']:>9.2f} {one['preview']:>11.0f}",
            flush=True,
        )
    print(f"{RULES} rules of five phrases: {found[0][1]['rules']:.3f} ms CPU an article")
    if asked.plot:
        lines = {
            name: [(size, one[name]) for size, one in found] for name in ("ingest", "stories", "topics", "together")
        }
        Path(asked.plot).parent.mkdir(parents=True, exist_ok=True)
        Path(asked.plot).write_text(plots.growth("CPU ms an article beside an archive", lines))


def measure(size: int) -> dict[str, float]:
    """Load the archive, let new articles in, preview rules."""
    sites.ready()
    print(f"loaded {size:,} in {archive.load(size):.0f} s")
    spent = stream(size)
    return spent | {"preview": previews(), "rules": rules()}


def stream(size: int) -> dict[str, float]:
    """CPU milliseconds an article of each part, and of all together."""
    from corante import stories, topics
    from corante.models import Article

    known = list(Article.objects.order_by("-id").values_list("title", "body__text")[:200])
    rows: list[dict[str, float]] = []
    yards: list[float] = []
    held = 0.0
    gc.collect()
    before_reading = resident()
    for n in range(0, NEW + BATCH, BATCH):
        told = write_new(n, known)
        parts = {
            "ingest": partial(ingest, n, told),
            "stories": partial(_turn, stories),
            "topics": partial(_turn, topics),
        }
        before = yardstick()
        rows.append({name: _cpu(part) / BATCH for name, part in parts.items()})
        yards.append((before + yardstick()) / 2)
        held = resident() - before_reading if n == 0 else held
    print(
        f"the first batch, which reads the live stories: {rows[0]['stories'] * BATCH / 1000:.1f} s CPU, {held:.0f} MB"
    )
    spent = min(rows[1:], key=lambda row: sum(row.values()))
    in_yards = sorted(sum(row.values()) / yard for row, yard in zip(rows[1:], yards[1:], strict=True))
    spent["yards"] = in_yards[len(in_yards) // 2]
    return spent | {"together": spent["ingest"] + spent["stories"] + spent["topics"]}


def resident() -> float:
    """Megabytes of memory this process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def write_new(first: int, known: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headlines and texts of a batch of new articles; a third tell of something known."""
    writer = archive.Writer(seed=1000 + first)
    made = []
    for _ in range(BATCH):
        told = writer.dice.random() < 0.35
        title, text = known[writer.dice.randrange(len(known))] if told else (writer.headline(), writer.text())
        if told:
            title = " ".join([*title.split()[:6], *writer.pick(2)])
            text = " ".join(text.split()[:60]) + " " + writer.text(160)
        made.append((title, text))
    return made


def ingest(first: int, told: Sequence[tuple[str, str]]) -> None:
    """The rows of a batch of new articles, as the gathering room leaves them."""
    from corante.models import Article, Body, Sighting

    for n, (title, text) in enumerate(told, first):
        at = archive.NOW + timedelta(seconds=20 * n)
        article = Article.objects.create(
            outlet_id=1 + 7 * n % archive.OUTLETS, url=f"https://new.example/{n}", key=f"new-{n}",
            title=title, language="en", published_at=at, seen_at=at, reading="read", excerpt=text[:300],
            excerpt_source="body", words=archive.TEXT,
        )  # fmt: skip
        Body.objects.create(article=article, text=text)
        Sighting.objects.create(outlet_id=article.outlet_id, key=article.key, article=article, at=at)


def yardstick() -> float:
    """CPU milliseconds of always the same work of the same kind: words counted, a small table written and read.

    A machine with others at work is slower at both, this and what is measured; their ratio stays.
    """
    return _cpu(_yard)


@lru_cache(maxsize=1)
def yard_words() -> list[str]:
    """What the yardstick counts."""
    return archive.Writer(seed=2).pick(20_000)


def _yard() -> None:
    counts: dict[str, float] = {}
    for word in yard_words():
        counts[word[:6]] = counts.get(word[:6], 0.0) + len(word) / 3
    with closing(sqlite3.connect(":memory:")) as table:
        table.execute("CREATE TABLE t (word TEXT PRIMARY KEY, n REAL)")
        table.executemany("INSERT INTO t VALUES (?, ?)", sorted(counts.items()))
        table.execute("SELECT count(*), sum(n) FROM t WHERE word > 'b'").fetchone()


def _turn(room: object) -> None:
    """The room does everything that is due."""
    now = archive.NOW + timedelta(days=1)
    while ids := room.due(now, BATCH):  # type: ignore[attr-defined]
        room.work(ids, lambda: now)  # type: ignore[attr-defined]


def previews() -> float:
    """The slowest of some rules, each at its best of three, in CPU milliseconds."""
    from corante import topics

    words = archive.Writer(seed=5).pick(10)
    now = archive.NOW + timedelta(hours=3)
    each = [min(_cpu(partial(topics.preview, rule.format(*words), now)) for _ in range(3)) for rule in PREVIEWED]
    print("previews: " + ", ".join(f"{spent:.0f} ms" for spent in each))
    return max(each)


def rules() -> float:
    """What thousands of rules cost an article of 220 words that was cut into words already."""
    from corante.core.matching import Document, RuleBook
    from corante.core.rules import parse

    dice, writer = random.Random(9), archive.Writer(seed=6)
    some = writer.words
    made = {n: parse(" OR ".join(f'"{dice.choice(some)} {dice.choice(some)}"' for _ in range(5))) for n in range(RULES)}
    began = time.process_time()
    book = RuleBook(made)
    print(f"a book of {RULES} rules is made in {1000 * (time.process_time() - began):.0f} ms")
    told = [Document(writer.headline(), writer.text()) for _ in range(300)]
    for one in told:  # what every article costs anyway: its words, which search and previews share
        _ = one.whole.first, one.whole.again
    thirds = (told[n : n + 100] for n in (0, 100, 200))
    return min(_cpu(lambda part=part: [book.matches(one) for one in part]) / 100 for part in thirds)  # type: ignore[misc]


def _cpu(doing: Callable[[], object]) -> float:
    begin = time.process_time()
    doing()
    return 1000 * (time.process_time() - begin)


if __name__ == "__main__":
    main(sys.argv[1:])
