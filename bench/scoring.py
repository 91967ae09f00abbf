"""How texts and excerpts are scored against gold: the same for us and for every peer.

Text F1 is the one of scrapinghub/article-extraction-benchmark: 4-gram shingles of words (characters in Chinese, Japanese
and Thai), macro precision and recall over pages with text. The eight points of an excerpt are those of core.excerpts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corante.core.markup import clean

_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")
_ENDS = re.compile(r"[.!?…。！？؟۔।॥;๐-๙ก-๛][\"'”’»«“‘」』）)\]〉》】]*$")
_DOTS = re.compile(r"(?:\.\.|…)\W*$")
_QUOTES = (("“„”‟", 2), ("«»", 2), ('"', 2))
_BRACKETS = ("()", "[]", "「」", "『』", "（）", "《》")


def words(text: str) -> list[str]:
    """Words as they are compared."""
    return _WORD.findall(text.lower())


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """All runs of `size` words; a shorter text is one run."""
    found = words(text)
    count = max(1, len(found) - size + 1)
    return Counter(tuple(found[at : at + size]) for at in range(count)) if found else Counter()


def f1(gold: str, ours: str) -> float:
    """F1 of the shingles of one page."""
    want, have = shingles(gold), shingles(ours)
    if not want or not have:
        return float(not want and not have)
    shared = sum((want & have).values())
    if not shared:
        return 0.0
    precision, recall = shared / sum(have.values()), shared / sum(want.values())
    return 2 * precision * recall / (precision + recall)


def leads(text: str, gold: Sequence[str]) -> bool:
    """The text's first line starts within the first 90 gold words or the first two gold paragraphs."""
    first = words(next((line for line in text.splitlines() if words(line)), ""))[:6]
    whole = words(" ".join(gold))
    early = whole[: max(90 + len(first), len(words(" ".join(gold[:2]))))]
    return bool(first) and any(early[at : at + len(first)] == first for at in range(len(early)))


def points(excerpt: str, gold: Sequence[str], title: str, again: str) -> dict[str, bool]:
    """Which of the eight points an excerpt meets; `again` is the same excerpt made a second time."""
    body = " ".join(gold)
    return {
        "verbatim": _share(excerpt, body) >= 0.95,
        "lead": leads(excerpt, gold),
        "whole": bool(_ENDS.search(excerpt.strip())) and not _DOTS.search(excerpt),
        "length": _length_right(excerpt, body),
        "clean": not _has_title(excerpt, title),
        "no_repeat": not _repeats(excerpt),
        "balanced": _balanced(excerpt),
        "deterministic": excerpt == again,
    }


def word_for_word(sentences: Sequence[str], page: str) -> bool:
    """Every sentence stands in the page's own text, words in order, nothing between."""
    there = f" {' '.join(words(clean(page)))} "
    return all(f" {' '.join(words(one))} " in there for one in sentences)


def _share(part: str, whole: str) -> float:
    """Share of the part's 3-grams that stand in the whole."""
    mine, there = shingles(part, 3), shingles(whole, 3)
    return sum((mine & there).values()) / sum(mine.values()) if mine else 0.0


def length(text: str) -> float:
    """Words; two characters of an unspaced script are one."""
    found = words(text)
    wide = sum(bool(_WIDE.match(word)) for word in found)
    return len(found) - wide + wide / 2


def _length_right(excerpt: str, body: str) -> bool:
    size, whole = length(excerpt), length(body)
    return 0 < size <= 125 and (size >= 38 or size >= 0.1 * whole) and size <= max(0.3 * whole, 10)


def _has_title(excerpt: str, title: str) -> bool:
    mine, its = words(excerpt), words(title)
    return len(its) > 2 and mine[: len(its)] == its


def _repeats(excerpt: str) -> bool:
    sentences = [words(piece) for piece in re.split(r"(?<=[.!?。！？।])\s*", excerpt)]
    long = [frozenset(piece) for piece in sentences if len(piece) >= 5]
    return any(len(a & b) >= 0.8 * min(len(a), len(b)) for at, a in enumerate(long) for b in long[:at])


def _balanced(excerpt: str) -> bool:
    quotes = all(sum(excerpt.count(mark) for mark in marks) % by == 0 for marks, by in _QUOTES)
    return quotes and all(excerpt.count(pair[0]) == excerpt.count(pair[1]) for pair in _BRACKETS)
