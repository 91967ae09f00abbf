"""Plain text for people: lines of 72 columns as a terminal shows them, names kept apart from the writing around them.

Rule: width is display width (Unicode 16 TR 11: wide and full-width characters take two columns, marks none); an
address is never broken.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .markup import unspaced

WIDTH = 72
_ISOLATE, _POP = "\u2068", "\u2069"
_PIECE = re.compile(r"\S+")
# No line begins with one of these or ends with one of those (JIS X 4051, the part that matters in a letter).
_NOT_FIRST = "、。，．・：；！？）」』】〉》〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ’”…ะาำฯๆะາຳໆ"
_NOT_LAST = "（「『【〈《〔‘“เแโใไເແໂໃໄ"


def width(text: str) -> int:
    """How many columns a terminal needs for it."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def isolate(name: str, direction: str = "ltr") -> str:
    """A name that runs against the line's `direction` ("ltr" or "rtl") between U+2068 and U+2069; any other as it is.

    Characters, because eleven mail programs drop `bdi` (caniemail); only where needed, because some show them as boxes.
    """
    against = ("R", "AL", "AN") if direction == "ltr" else ("L",)
    needed = any(unicodedata.bidirectional(character) in against for character in name)
    return f"{_ISOLATE}{name}{_POP}" if needed else name


@lru_cache(maxsize=4096)
def wrap(text: str, indent: str = "", first: str | None = None, columns: int = WIDTH) -> str:
    """Fill lines of at most `columns`, each after `indent` (the first after `first`, where given).

    Remembers its answers, since the letters of one edition are made of the same sentences.
    """
    lines: list[str] = []
    line = indent if first is None else first
    used, room = "", columns - width(line)
    for piece, space in _pieces(text):
        needed = width(piece) + (space and bool(used))
        if used and needed > room:
            lines.append(line + used)
            line, used, room, space = indent, "", columns - width(indent), False
            needed = width(piece)
        used += f" {piece}" if space and used else piece
        room -= needed
    return "\n".join([*lines, line + used] if used else lines)


def underlined(title: str, mark: str) -> str:
    """A heading with a line of `mark` under it, as wide as its widest line."""
    lines = wrap(title)
    return lines + "\n" + mark * max(map(width, lines.splitlines()), default=0)


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _pieces(text: str) -> list[tuple[str, bool]]:
    """What may stand at a line's beginning, and whether a space stood before it."""
    pieces: list[tuple[str, bool]] = []
    for word in _PIECE.findall(text):
        parts = _characters(word) if unspaced(word) and "://" not in word else [word]
        pieces += [(part, n == 0) for n, part in enumerate(parts)]
    return pieces


def _characters(word: str) -> list[str]:
    """A run without spaces, one character at a time except where a line may not break."""
    parts: list[str] = []
    for character in word:
        stays = character in _NOT_FIRST or character.isascii() or _columns(character) == 0
        if parts and (stays or parts[-1][-1] in _NOT_LAST):
            parts[-1] += character
        else:
            parts.append(character)
    return parts
