"""Which of the newest hits match best: BM25 over those hits alone, the headline counting five times.

Rule: FTS5's own bm25() first counts every row each word stands in, which grows with the archive (39 ms at the 95th
percentile of a million stories); what is weighed here is bounded by the hits, wherever they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final

from corante.core.rules import Near, Not, Phrase, Rule, leaves
from corante.core.ruletree import And, Or

from .querying import said

Hit = tuple[int, str, str]
"""A story's number, its headline and its excerpt as the index holds them: words with a space between."""

HEADLINE: Final = 5.0
EXCERPT: Final = 1.0
SATURATION, LENGTH = 1.2, 0.75  # BM25's k1 and b


def best(rule: Rule, hits: Sequence[Hit], limit: int) -> list[int]:
    """The numbers of the best of these hits; of equal ones the newest first."""
    needles = sorted({needle for leaf in _asked(rule) for needle in _needles(leaf)})
    scores = dict.fromkeys((number for number, _, _ in hits), 0.0)
    for column, weight in ((1, HEADLINE), (2, EXCERPT)):
        lines = [f" {hit[column]} " for hit in hits]
        usual = sum(map(len, lines)) / max(len(lines), 1)
        for needle in needles:
            counts = [text.count(needle) for text in lines]
            rare = log(1 + len(hits) / (0.5 + sum(map(bool, counts))))
            for hit, text, count in zip(hits, lines, counts, strict=True):
                if count:
                    long = SATURATION * (1 - LENGTH + LENGTH * len(text) / usual)
                    scores[hit[0]] += weight * rare * count / (count + long)
    return sorted(scores, key=lambda number: (-scores[number], -number))[:limit]


def _asked(rule: Rule) -> list[Rule]:
    """What must stand, without what must not."""
    match rule:
        case Not():
            return []
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in _asked(part)]
    return leaves(rule)


def _needles(leaf: Rule) -> list[str]:
    """What to count in a line; nothing of outlets and languages, which every hit has alike."""
    match leaf:
        case Phrase(parts, prefix, field) if field in ("", "title"):
            return [f" {' '.join(said(parts, prefix, field))}{'' if prefix else ' '}"]
        case Near(_, parts):
            return [f" {word} " for word in parts]
    return []
