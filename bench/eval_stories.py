"""Grouping and copies against labelled sets: B-cubed and pairwise figures, beside plain TF-IDF.

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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import log
from pathlib import Path
from statistics import fmean

import django

from corante.core.clustering import LiveStories
from corante.core.fingerprints import candidates, kept, overlap, shingles
from corante.core.members import Member
from corante.core.tokens import words
from corante.core.twins import marks_of
from corante.core.vectors import Piece, Vocabulary, cosine, unit, vector, weigh

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corante.project.settings")
django.setup()

from corante.stories.commonwords import usual  # noqa: E402 - the room needs Django set up

PEER = {"ecbplus": 0.13, "uci": 0.06}
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
    """All figures of this room for the sets in `data`, as in the layout of bench/README.md."""
    figures: dict[str, float] = {}
    for name, samples, timed in (("ecbplus", ecbplus(data), False), ("uci", uci(data), True)):
        if samples:
            figures |= _named(f"stories.{name}", "", _orders(samples, timed, group))
            # The peer's threshold is the best of a small grid on each set: a ceiling it would not have in use.
            peer = partial(plain_tfidf, threshold=PEER[name])
            figures |= _named(f"stories.{name}", "@tfidf", _orders(samples, timed, peer))
    for language in sorted({path.stem.split("_")[2] for path in data.glob("stories/telegram_pairs_*.tsv")}):
        figures |= _named(f"stories.telegram_{language}", "", _pairs(telegram(data, language), language))
    if bodies := ecbplus(data):
        figures |= copies(bodies)
    return figures


def _named(prefix: str, suffix: str, figures: dict[str, float]) -> dict[str, float]:
    return {f"{prefix}.{key}{suffix}": value for key, value in figures.items()}


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


def group(samples: Sequence[Sample]) -> list[int]:
    """The story each sample gets, in order, as on a site's first day: no look ahead, nothing learned before."""
    live, vocabulary, outlets = LiveStories(), Vocabulary(usual=usual("en")), dict[str, int]()
    given = []
    for number, sample in enumerate(samples):
        piece = Piece(sample.title, sample.text, sample.at)
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
        story = live.decide(member, "en", weighed.surfaces).story
        vocabulary.learn(live.new_to(story, weighed.weights))
        story = number if story is None else story
        live.add(story, "en", member)
        live.expire()
        given.append(live.story_of[number])
    return given


def _orders(samples: list[Sample], timed: bool, by: Callable[[list[Sample]], list[int]]) -> dict[str, float]:
    runs = []
    for seed in range(1 if timed else 5):
        order = list(samples)
        if not timed:
            random.Random(seed).shuffle(order)
        runs.append(score([s.story for s in order], by(order)))
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


def _pairs(pairs: list[tuple[Piece, Piece, bool]], language: str) -> dict[str, float]:
    """F1 of "one event", each pair alone: the second article against a story of the first. With its 95 % interval."""
    said = [(_joins(one, other, language), same) for one, other, same in pairs]
    dice = random.Random(1)
    again = sorted(_binary(dice.choices(said, k=len(said))) for _ in range(400))
    return {"f1": _binary(said), "f1_low": again[10], "f1_high": again[389]}


def _joins(one: Piece, other: Piece, language: str) -> bool:
    live, vocabulary = LiveStories(), Vocabulary(usual=usual(language))
    for number, piece in enumerate((one, other)):
        weighed = weigh(piece)
        terms = vector(weighed, vocabulary)
        member = Member(number, number, str(number), piece.title, START, terms, marks_of(piece), bool(piece.text))
        if number:
            return live.decide(member, language, weighed.surfaces).story is not None
        live.add(0, language, member)
    return False


def _binary(said: Sequence[tuple[bool, bool]]) -> float:
    right = sum(yes and same for yes, same in said)
    return _f1(right / (sum(yes for yes, _ in said) or 1), right / (sum(same for _, same in said) or 1))


def plain_tfidf(samples: Sequence[Sample], threshold: float) -> list[int]:
    """The peer: whole words, idf of the set itself, cosine to the centre of a story, one threshold, no guards."""
    rows = [words(f"{s.title} {s.text[:300]}") for s in samples]
    found = Counter(word for row in rows for word in set(row))
    given, sums = list[int](), dict[int, dict[str, float]]()
    for number, row in enumerate(rows):
        raw = {w: (1 + log(n)) * log(len(rows) / found[w]) for w, n in Counter(row).items()}
        mine = unit(raw, 1000)
        near = {story: cosine(mine, unit(of, 1000)) for story, of in sums.items()}
        best = max(near, key=lambda story: near[story], default=-1)
        story = best if best >= 0 and near[best] >= threshold else number
        of = sums.setdefault(story, {})
        for word, weight in mine.items():
            of[word] = of.get(word, 0.0) + weight
        given.append(story)
    return given


def copies(samples: Sequence[Sample]) -> dict[str, float]:
    """Recall of derived copies of seven kinds, and false ones among pairs of texts on different events."""
    dice = random.Random(7)
    bodies = [s for s in samples if len(words(s.text)) >= 100]
    all_of = [shingles(s.text) for s in bodies]
    index: dict[int, set[int]] = {}
    for number, found in enumerate(all_of):
        for one in kept(found):
            index.setdefault(one, set()).add(number)
    figures: dict[str, float] = {}
    for kind in KINDS:
        hits = [
            number in _found(shingles(_derive(s.text, kind, dice)), index, all_of) for number, s in enumerate(bodies)
        ]
        figures[f"copies.{kind}"] = fmean(hits)
    figures["copies.recall"] = fmean(figures.values())
    flagged = {(n, m) for n, one in enumerate(all_of) for m in _found(one, index, all_of) if n < m}
    false = sum(bodies[n].story != bodies[m].story for n, m in flagged)
    pairs = len(bodies) * (len(bodies) - 1) / 2
    return figures | {"copies.false_per_10k": 10_000 * false / pairs}


KINDS = ("exact", "byline", "excerpt", "edits5", "edits15", "update", "reorder")


def _derive(text: str, kind: str, dice: random.Random) -> str:
    """A copy as outlets make them."""
    found = text.split()
    if kind == "byline":
        return f"By our staff, with agencies. {text} All rights reserved. Subscribe to our newsletter for more."
    if kind == "excerpt":
        size = max(40, round(len(found) * dice.uniform(0.3, 0.7)))
        start = dice.randint(0, max(0, len(found) - size))
        return " ".join(found[start : start + size])
    if kind in ("edits5", "edits15"):
        share = 0.05 if kind == "edits5" else 0.15
        return " ".join(f"changed{dice.randint(0, 999)}" if dice.random() < share else word for word in found)
    if kind == "update":
        return text + " " + " ".join(f"new{dice.randint(0, 9999)}" for _ in range(len(found) // 3))
    if kind == "reorder":
        return _reordered(found, dice)
    return text


def _reordered(found: list[str], dice: random.Random) -> str:
    """Blocks of thirty words, a fifth of them gone, the rest shuffled, one word in ten changed."""
    blocks = [found[n : n + 30] for n in range(0, len(found), 30)]
    dice.shuffle(blocks)
    kept_ = blocks[: max(1, round(len(blocks) * 0.8))]
    return " ".join("changed" if dice.random() < 0.1 else word for block in kept_ for word in block)


def _found(mine: frozenset[int], index: dict[int, set[int]], all_of: Sequence[frozenset[int]]) -> set[int]:
    near = candidates({one: index[one] for one in kept(mine) if one in index})
    return {other for other in near if overlap(mine, all_of[other]).shares}


if __name__ == "__main__":
    for key, value in evaluate(Path(sys.argv[1])).items():
        print(f"{key:40} {value:.3f}")
