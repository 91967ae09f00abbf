"""Copies as outlets make them, and how many of them are found: ours beside MinHash, on the same texts.

Rule: seven kinds, seeded; a copy counts as found when its original is named. False are pairs of texts on different
events, told without copying, that are called one another's copy.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import fmean

from bench.story_sets import Sample
from corante.core.fingerprints import candidates, kept, overlap, shingles
from corante.core.tokens import words

LONG = 100  # words of a text that is worth copying
SHORTEST_CUT = 40
PEER_THRESHOLD = 0.3  # of Jaccard, the lowest at which MinHash still finds anything else than everything
Find = Callable[[Sequence[str], Sequence[str]], list[set[int]]]


def worth(samples: Sequence[Sample]) -> list[Sample]:
    """The samples long enough to be copied."""
    return [one for one in samples if len(words(one.text)) >= LONG]


def figures(bodies: Sequence[Sample], find: Find) -> dict[str, float]:
    """Recall by kind, over all kinds, and false pairs in ten thousand."""
    dice = random.Random(7)
    texts = [one.text for one in bodies]
    found: dict[str, float] = {}
    for kind in KINDS:
        near = find(texts, [derive(text, kind, dice) for text in texts])
        found[f"copies.{kind}"] = fmean(number in some for number, some in enumerate(near))
    found["copies.recall"] = fmean(found.values())
    flagged = {(n, m) for n, some in enumerate(find(texts, texts)) for m in some if n < m}
    false = sum(bodies[n].story != bodies[m].story for n, m in flagged)
    pairs = len(bodies) * (len(bodies) - 1) / 2
    return found | {"copies.false_per_10k": 10_000 * false / pairs}


def ours(texts: Sequence[str], copies: Sequence[str]) -> list[set[int]]:
    """What Corante finds: kept hashes nominate, the texts decide."""
    all_of = [shingles(text) for text in texts]
    index: dict[int, set[int]] = {}
    for number, some in enumerate(all_of):
        for one in kept(some):
            index.setdefault(one, set()).add(number)
    return [_found(shingles(copy), index, all_of) for copy in copies]


def _found(mine: frozenset[int], index: dict[int, set[int]], all_of: Sequence[frozenset[int]]) -> set[int]:
    near = candidates({one: index[one] for one in kept(mine) if one in index})
    return {other for other in near if overlap(mine, all_of[other]).shares}


def derive(text: str, kind: str, dice: random.Random) -> str:
    """A copy of one of KINDS."""
    found = text.split()
    match kind:
        case "byline":
            return f"By our staff, with agencies. {text} All rights reserved. Subscribe to our newsletter for more."
        case "excerpt":
            size = max(SHORTEST_CUT, round(len(found) * dice.uniform(0.3, 0.7)))
            start = dice.randint(0, max(0, len(found) - size))
            return " ".join(found[start : start + size])
        case "edits5" | "edits15":
            return " ".join(_edited(found, 0.05 if kind == "edits5" else 0.15, dice))
        case "update":
            return text + " " + " ".join(f"new{dice.randint(0, 9999)}" for _ in range(len(found) // 3))
        case "reorder":
            return _reordered(found, dice)
    return text


KINDS = ("exact", "byline", "excerpt", "edits5", "edits15", "update", "reorder")


def _edited(found: Sequence[str], share: float, dice: random.Random) -> list[str]:
    return [f"changed{dice.randint(0, 999)}" if dice.random() < share else word for word in found]


def _reordered(found: Sequence[str], dice: random.Random) -> str:
    """Blocks of thirty words, a fifth of them gone, the rest shuffled, one word in ten changed."""
    blocks = [found[n : n + 30] for n in range(0, len(found), 30)]
    dice.shuffle(blocks)
    left = blocks[: max(1, round(len(blocks) * 0.8))]
    return " ".join(word for block in left for word in _edited(block, 0.1, dice))
