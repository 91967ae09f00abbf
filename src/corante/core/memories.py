"""What a site says on every page: lines and on how many *different* articles each was seen.

Rule: a line is furniture once it stood on three different articles of the outlet. An article counts once, at its first
reading; the same article at two addresses, or read again, counts nothing (unguarded, this made texts worse: measured).
The memory is small and forgets: the lines longest unseen go first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from .marks import line_key
from .markup import words

ARTICLES = 3
KEPT = 1500
LONGEST = 60
"""Words: what is longer is not furniture, and is not remembered."""


def furniture(lines: Iterable[str], memory: Mapping[str, int]) -> frozenset[str]:
    """Which of these lines are the site's own, by `line_key`."""
    return frozenset(key for key in map(line_key, lines) if memory.get(_mark(key), 0) >= ARTICLES)


def remember(lines: Iterable[str], memory: Mapping[str, int]) -> dict[str, int]:
    """The memory with one more article's lines."""
    kept = dict(memory)
    for mark in dict.fromkeys(_mark(line_key(line)) for line in lines if words(line) <= LONGEST):
        kept[mark] = min(kept.pop(mark, 0) + 1, 99)
    known = {mark: count for mark, count in kept.items() if count >= ARTICLES}
    fresh = {mark: count for mark, count in kept.items() if count < ARTICLES}
    room = max(KEPT // 2, KEPT - len(known))
    return dict(list(fresh.items())[-room:]) | dict(list(known.items())[-KEPT:])


def _mark(key: str) -> str:
    """Sixteen characters for a line: the memory holds no text of anyone."""
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
