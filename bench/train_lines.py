"""How the weights of the line filter are learned, and how well they do on outlets they have not seen.

    python -m bench.train_lines DATA             cross-validated over five folds of outlets; writes nothing
    python -m bench.train_lines DATA --write     learns from all pages and writes src/corante/core/weights.py

Pages and their right text come from DATA (bench/README.md). A line is right when half of its runs of three words stand in
the right text. Learned are stumps (one sign, one limit) by gradient boosting on the logistic loss; a sign may only speak in
the direction that reason gives it (FOR, AGAINST). The table holds numbers of ours about signs of ours, and no text of anyone.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from collections import defaultdict
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from bench.golds import Gold, golds
from bench.scoring import f1, leads, shingles
from corante.core import pages, weights
from corante.core.marks import Known
from corante.core.markup import words
from corante.core.refining import refine, text
from corante.core.signs import signs
from corante.core.tokens import words as tokens
from corante.sandbox.pages import read

Table = NDArray[numpy.float64]
ROUNDS, RATE, DAMPING, LEAST = 80, 0.1, 20.0, 20
FOR = frozenset(
    re.findall(
        r"\w+",
        "ends size held standfirst described near_6 above_6 in_p shared pure pure_above alike alike_pure main last_size next_size taken"
        " last_ends next_ends second_last_size second_next_size second_last_ends second_next_ends",
    )
)
AGAINST = frozenset(
    re.findall(
        r"\w+",
        "links digits capitals small dots dash asks credits dated leaked points caption title byline not_held again before gap in_aside"
        " in_figure in_form near_0 near_1 near_2 near_3 near_4 near_5 above_0 above_1 above_2 above_3 above_4 above_5"
        " last_links next_links second_last_links second_next_links last_asks next_asks",
    )
)
Rule = tuple[str, float, float, float]


@dataclass(frozen=True)
class Read:
    """A page read, and what is right about it."""

    gold: Gold
    page: pages.Page
    known: Known
    signs: list[dict[str, float]]
    right: list[bool]


def learn(read_pages: list[Read]) -> tuple[float, list[Rule]]:
    """(base, rules) from these pages."""
    names = sorted(next(one.signs[0] for one in read_pages if one.signs))
    lines = [(sign, right, weight) for one in read_pages for sign, right, weight in _lines(one)]
    signs = numpy.array([[sign[name] for name in names] for sign, _, _ in lines])
    right = numpy.array([right for _, right, _ in lines], dtype=float)
    weight = numpy.array([weight for _, _, weight in lines])
    cuts = [_Cuts.of(signs[:, at], _direction(name)) for at, name in enumerate(names)]
    mean = float((weight * right).sum() / weight.sum())
    base = float(numpy.log(mean / (1 - mean)))
    score = numpy.full(len(right), base)
    points: dict[tuple[str, float], Table] = defaultdict(lambda: numpy.zeros(2))
    for _ in range(ROUNDS):
        chance = 1 / (1 + numpy.exp(-score))
        slope, bend = weight * (right - chance), weight * chance * (1 - chance)
        at, best = max(enumerate(cut.best(slope, bend) for cut in cuts), key=lambda found: found[1][0])
        _, limit, values = best
        points[names[at], limit] += RATE * values
        score += RATE * numpy.where(signs[:, at] > limit, values[1], values[0])
    return base, [(name, limit, float(value[0]), float(value[1])) for (name, limit), value in sorted(points.items())]


@dataclass
class _Cuts:
    """Where one sign may be cut in two."""

    limits: Table
    bins: NDArray[numpy.int64]
    direction: int

    @classmethod
    def of(cls, values: Table, direction: int) -> _Cuts:
        """Between quantiles of what was seen."""
        seen = numpy.unique(values)
        if len(seen) > 64:
            seen = numpy.unique(numpy.quantile(values, numpy.linspace(0, 1, 64)))
        limits = numpy.round((seen[1:] + seen[:-1]) / 2, 4)
        return cls(limits, numpy.searchsorted(limits, values), direction)

    def best(self, slope: Table, bend: Table) -> tuple[float, float, Table]:
        """(gain, limit, points under and over it) of the best cut that speaks in the right direction."""
        count = len(self.limits) + 1
        slopes, bends, sizes = (numpy.bincount(self.bins, one, count).cumsum() for one in (slope, bend, bend * 0 + 1))
        under, over = slopes[:-1], slopes[-1] - slopes[:-1]
        low, high = bends[:-1] + DAMPING, bends[-1] - bends[:-1] + DAMPING
        gain = under**2 / low + over**2 / high
        allowed = (over / high - under / low) * self.direction >= 0 if self.direction else gain >= 0
        allowed &= (sizes[:-1] >= LEAST) & (sizes[-1] - sizes[:-1] >= LEAST)
        if not allowed.any():
            return -1.0, 0.0, numpy.zeros(2)
        at = int(numpy.where(allowed, gain, -1).argmax())
        return float(gain[at]), float(self.limits[at]), numpy.array([under[at] / low[at], over[at] / high[at]])


def _direction(name: str) -> int:
    return (name in FOR) - (name in AGAINST)


def _lines(one: Read) -> list[tuple[dict[str, float], bool, float]]:
    """Each placed line with its weight: every page counts the same, no line more than a fifth of it."""
    whole = sum(words(block.text) for block in one.page.blocks) or 1
    told = zip(one.page.blocks, one.signs, one.right, strict=True)
    return [(s, right, 100 * min(0.2, (words(b.text) + 2) / whole)) for b, s, right in told if b.place]


def load(data: pathlib.Path) -> list[Read]:
    """Every page of every set, read as it is read in earnest."""
    return [_read(gold) for gold in golds(data) if any(line.strip() for line in gold.paragraphs)]


def _read(gold: Gold) -> Read:
    page = read(gold.body, gold.url)
    headline, description = pages.title(page), page.best("description")
    authors = tuple(pages.authors(page)[0])
    known = Known(headline.value if headline else "", description.value if description else "", authors, page.witness)
    return Read(gold, page, known, signs(page.blocks, known), _right(page, gold))


def _right(page: pages.Page, gold: Gold) -> list[bool]:
    there = shingles("\n".join(gold.paragraphs), 3)
    seen: set[tuple[str, ...]] = set()
    found = []
    for block in page.blocks:
        mine, key = shingles(block.text, 3), tuple(tokens(block.text))
        held = sum((mine & there).values()) >= 0.5 * max(1, sum(mine.values()))
        found.append(held and not (key in seen and len(key) > 3))
        seen.add(key)
    return found


def crossed(read_pages: list[Read]) -> dict[str, float]:
    """F1 and share of leads by set, each fold judged by what was learned from the other four."""
    sums: dict[str, list[float]] = defaultdict(list)
    for fold in range(5):
        weights.BASE, weights.RULES = _typed(*learn([one for one in read_pages if one.gold.fold != fold]))
        for one in (one for one in read_pages if one.gold.fold == fold):
            made = text(refine(one.page.blocks, one.known))
            sums[f"{one.gold.set}.f1"].append(f1("\n".join(one.gold.paragraphs), made))
            sums[f"{one.gold.set}.lead"].append(float(leads(made, one.gold.paragraphs)))
            sums[f"{one.gold.set}.fold{fold}"].append(sums[f"{one.gold.set}.f1"][-1])
    return {key: sum(values) / len(values) for key, values in sorted(sums.items())}


def _typed(base: float, rules: list[Rule]) -> tuple[float, tuple[Rule, ...]]:
    return base, tuple(rules)


def written(base: float, rules: list[Rule]) -> str:
    """The table as a module."""
    rows = "\n".join(f'    ("{name}", {limit:g}, {low:.3f}, {high:.3f}),' for name, limit, low, high in rules)
    return (
        '"""Weights of the line filter. Written by `python -m bench.train_lines DATA --write`; not by hand."""\n\n'
        f"from __future__ import annotations\n\nBASE = {base:.3f}\n"
        f"RULES: tuple[tuple[str, float, float, float], ...] = (\n{rows}\n)\n"
        '"""(sign, limit, points up to the limit, points above it)"""\n'
    )


def main() -> int:
    """Print the cross-validated figures, or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    read_pages = load(asked.data)
    if asked.write:
        target = pathlib.Path(weights.__file__)
        target.write_text(written(*learn(read_pages)))
        return 0
    for key, value in crossed(read_pages).items():
        print(f"{key:32} {value:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
