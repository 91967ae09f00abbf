"""The labelled sets of stories, as the evaluation reads them, and the figures that score a grouping.

Rule: a set that is not in the folder is empty. Which public repository holds each stands in bench/README.md.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corante.core.vectors import Piece

START = datetime(2014, 3, 10, tzinfo=UTC)
WIRES = 12


@dataclass(frozen=True)
class Sample:
    """One labelled article."""

    title: str
    text: str
    story: str
    outlet: str
    at: datetime


def ecbplus(data: Path) -> list[Sample]:
    """Texts on look-alike events, without times."""
    lines = [line for path in sorted(data.glob("stories/ecbplus_*.jsonl")) for line in path.read_text().splitlines()]
    rows = [json.loads(line) for line in lines]
    return [Sample(r["title"], r["text"], r["story"], r["id"], START) for r in rows]


def uci(data: Path) -> list[Sample]:
    """Headlines with the time they were seen."""
    samples = []
    for path in sorted(data.glob("stories/uci_headlines_*.csv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                at = datetime.fromtimestamp(int(row["timestamp"]) / 1000, UTC)
                samples.append(Sample(row["title"], "", row["story"], row["publisher"], at))
    return sorted(samples, key=lambda s: s.at)


def telegram(data: Path, language: str) -> list[tuple[Piece, Piece, bool]]:
    """Pairs of texts: do they tell one event?"""
    pairs = []
    for path in sorted(data.glob(f"stories/telegram_pairs_{language}_*.tsv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if row["GOLDEN:quality"] in ("OK", "BAD"):
                    one = Piece(row["INPUT:first_title"], row["INPUT:first_text"])
                    other = Piece(row["INPUT:second_title"], row["INPUT:second_text"])
                    pairs.append((one, other, row["GOLDEN:quality"] == "OK"))
    return pairs


def languages(data: Path) -> list[str]:
    """The languages there are pairs in."""
    return sorted({path.stem.split("_")[2] for path in data.glob("stories/telegram_pairs_*.tsv")})


def orders(samples: Sequence[Sample], count: int) -> list[list[Sample]]:
    """The samples in `count` seeded orders."""
    found = [list(samples) for _ in range(count)]
    for seed, order in enumerate(found):
        random.Random(seed).shuffle(order)
    return found


def day_of_news(texts: Sequence[Sample], headlines: Sequence[Sample], seed: int) -> list[Sample]:
    """Texts and headlines shuffled into one day, the texts as of a dozen wires: as a site meets them."""
    news = orders([*texts, *headlines], seed + 1)[seed]
    step = timedelta(hours=24) / max(1, len(news))
    return [
        replace(s, at=START + n * step, outlet=f"wire {n % WIRES}" if s.text else s.outlet) for n, s in enumerate(news)
    ]


def score(gold: Sequence[str], given: Sequence[int]) -> dict[str, float]:
    """B-cubed and pairwise precision, recall and F1."""
    both = Counter(zip(gold, given, strict=True))
    of_gold, of_given = Counter(gold), Counter(given)
    precision = sum(n * n / of_given[c] for (_, c), n in both.items()) / len(gold)
    recall = sum(n * n / of_gold[g] for (g, _), n in both.items()) / len(gold)
    same = _twos(both.values())
    pair_p, pair_r = same / (_twos(of_given.values()) or 1), same / (_twos(of_gold.values()) or 1)
    return {
        "b3_f1": f1(precision, recall),
        "b3_precision": precision,
        "b3_recall": recall,
        "pairwise_precision": pair_p,
        "pairwise_recall": pair_r,
        "pairwise_f1": f1(pair_p, pair_r),
        "stories": float(len(of_given)),
    }


def f1(precision: float, recall: float) -> float:
    """Their harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _twos(counts: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in counts)
