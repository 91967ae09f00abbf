"""Words of a text, folded: the one way Corante cuts text, for grouping, copies, topic rules and search.

Rule: the same text gives the same words everywhere. Case and accents are folded. Scripts written without spaces
(Chinese, Japanese, Thai, Lao, Khmer, Burmese) give one word a character, so that a phrase of them is a substring.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Letters of scripts without spaces; their vowel signs and tone marks are in the same blocks.
_UNSPACED: Final = "\u0e00-\u0e4e\u0e80-\u0ede\u1000-\u109f\u1780-\u17d3\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"


def _marks() -> str:
    """Vowel signs and accents that `\\w` leaves out (Hindi, Tamil, Arabic …), as a character class."""
    found = (c for c in range(0x300, 0xFE30) if unicodedata.category(chr(c)).startswith("M"))
    return "".join(map(chr, found))


_WORD: Final = re.compile(rf"[^\W_{_UNSPACED}]+(?:[{_marks()}]+[^\W_{_UNSPACED}]*)*|[{_UNSPACED}]")
_ASCII_WORD: Final = re.compile("[0-9A-Za-z]+")  # the same where a text has no other characters: three times as fast
_LONE: Final = re.compile(rf"[{_UNSPACED}]")
# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic: readers leave them out when they type.
_ACCENTS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_PLAIN: Final = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ħ": "h"})


@dataclass(frozen=True)
class Token:
    """A word where it stands: folded, and its place in the text."""

    word: str
    start: int
    end: int


_LINE = 2000
"""Characters: what is longer is no line of a page, and not worth keeping."""


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Without case and accents: "Škoda" and "SKODA" are one word."""
    if word.isascii():
        return word.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))
    folded = unicodedata.normalize("NFC", bare).casefold().translate(_PLAIN)
    # ¼ would fold to 1⁄4 and ㊀ to 一: a folded word stays one word.
    return folded if _WORD.findall(folded) == [folded] else word.casefold()


def words(text: str) -> list[str]:
    """The folded words of a text, in order. A line is asked about many times while its page is read: those are kept."""
    return list(_line(text)) if len(text) <= _LINE else _folded(text)


@lru_cache(maxsize=2048)
def _line(text: str) -> tuple[str, ...]:
    return tuple(_folded(text))


def _folded(text: str) -> list[str]:
    return _ASCII_WORD.findall(text.lower()) if text.isascii() else list(map(fold, _WORD.findall(text)))


def raw_words(text: str) -> list[str]:
    """The words of a text as they stand."""
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def tokens(text: str) -> Iterator[Token]:
    """The folded words of a text with their places."""
    for found in (_ASCII_WORD if text.isascii() else _WORD).finditer(text):
        yield Token(fold(found.group()), found.start(), found.end())


def unspaced(word: str) -> bool:
    """Is it a character of a script written without spaces?"""
    return _LONE.match(word) is not None


def trigrams(characters: Sequence[str]) -> list[str]:
    """Three in a row as one word, for each place: what makes a long phrase of unspaced characters quick to find."""
    return ["".join(characters[n : n + 3]) for n in range(len(characters) - 2)]
