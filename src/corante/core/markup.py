"""Plain text: what is left when an outlet's markup, tricks and typing habits are taken away.

Rule: every text of an outlet passes `clean` before anything is decided on it, and two texts are compared
only by `core.tokens`, so that case, punctuation and spacing never decide.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Final

_SPACES = re.compile(r"\s+")
# Controls, soft hyphens, zero-width spaces, byte-order marks and every bidi control but the two marks that only
# order neighbours: an outlet's text can't turn the rest of a page around.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_BREAKS = re.compile(r"[\u0085\u2028\u2029]")
_PILED: Final = 5  # a Hebrew letter of the Bible has so many; more only climb over the lines above and below
# Tibetan letters under letters count as marks too, and may be many.
_MARKS = "".join(
    chr(c) for c in (*range(0x300, 0xF90), *range(0xFBD, 0xFE30)) if unicodedata.category(chr(c)) in ("Mn", "Me")
)
_PILE = re.compile(f"([{_MARKS}]{{{_PILED}}})[{_MARKS}]+")
# Scripts that put no space between words: counted by character.
_UNSPACED = (
    r"\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    r"\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"  # kana, Han
)
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")


def clean(text: str) -> str:
    """One line of plain text: composed (NFC), unseen characters gone, marks piled five high at most, spaces folded."""
    if text.isascii() and (line := " ".join(text.split())).isprintable():
        return line
    text = _UNSEEN.sub("", _BREAKS.sub(" ", text))
    return _SPACES.sub(" ", level(unicodedata.normalize("NFC", text))).strip()


def level(text: str) -> str:
    """With marks piled five high at most: a headline stays on its own line."""
    return text if text.isascii() else _PILE.sub(r"\1", text)


def unspaced(text: str) -> bool:
    """Mostly written without spaces between words (Chinese, Japanese, Thai, Lao, Burmese, Khmer)."""
    letters = sum(map(str.isalpha, text))
    return letters > 0 and len(_UNSPACED_CHARACTER.findall(text)) > letters * 0.4


def words(text: str) -> int:
    """Length in words; in scripts without spaces two characters count as one (80 characters are 40 words)."""
    wide = 0 if text.isascii() else len(_UNSPACED_CHARACTER.findall(text))
    if not wide:
        return len(text.split())
    return len(_UNSPACED_CHARACTER.sub(" ", text).split()) + (wide + 1) // 2


def overlap(one: list[str], other: list[str]) -> float:
    """Share of the words of `one` that stand in `other` too, 0 to 1; pairs of them where a word is one character."""
    mine, there = _telling(one), set(_telling(other))
    return sum(word in there for word in mine) / len(mine) if mine else 0.0


def _telling(found: list[str]) -> list[str]:
    """Single characters say nothing: all texts of a script share them."""
    if len(found) < 2 or sum(len(word) == 1 for word in found) * 2 < len(found):
        return found
    return [one + other for one, other in pairwise(found)]
