"""The excerpt: what a reader sees of an article beside its headline. The product's face.

An excerpt is right when all eight points hold: **verbatim** (whole sentences of the text, in order, nothing put
in), **lead** (from the first prose sentence on), **whole** (begins and ends where sentences do), **length** (40 to
120 words, near 60, never more than a quarter of the text or the outlet's own limit), **clean** (no headline, byline,
dateline, caption or invitation), **no repetition**, **balanced** (quotes and brackets pair up), **deterministic**.

VERSION is kept with every excerpt: a better version makes anew only what no editor touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .marks import Known, repeats
from .markup import overlap, unspaced, words
from .pages import Block
from .refining import in_front, invites
from .sentences import finished, sentences
from .tokens import words as tokens

VERSION = 3
LEAST, ENOUGH, FULL, MOST = 40, 60, 80, 120
"""Words: fewer only if the text is short; stop here; go on so far to end a paragraph; never more."""
SHARE = 0.25
"""Of the text that may be shown."""
LEAST_SHOWN = 0.2
"""Of the words of a text: where a page's style shows less, it is not believed."""


@dataclass(frozen=True)
class Limits:
    """How long an excerpt may be: in words by the site and the outlet, in characters by the page itself."""

    words: int = MOST
    characters: int | None = None


@dataclass(frozen=True)
class Excerpt:
    """Whole sentences, verbatim."""

    text: str = ""
    sentences: tuple[str, ...] = ()
    version: int = VERSION


def excerpt(blocks: Sequence[Block], known: Known, limits: Limits, language: str = "") -> Excerpt:
    """The excerpt of a refined text, from its free part; empty when not one whole sentence fits."""
    allowed = int(min(limits.words, MOST, SHARE * sum(words(block.text) for block in blocks)))
    return _choose(_paragraphs(quotable(blocks), known, language), allowed, limits.characters)


def quotable(blocks: Sequence[Block]) -> list[Block]:
    """Without what is for subscribers, and what the page's style hides; a page that hides nearly all shows it by its scripts."""
    free = [block for block in blocks if block.withheld != "paid"]
    seen = [block for block in free if not block.withheld]
    whole, shown = (sum(words(block.text) for block in some) for some in (free, seen))
    return seen if shown >= LEAST_SHOWN * whole else free


def summary(text: str, known: Known, limits: Limits, language: str = "") -> Excerpt:
    """The outlet's own summary, its whole sentences within the limits; it may be shown whole."""
    blocks = [Block("paragraph", line.strip()) for line in text.splitlines() if line.strip()]
    return _choose(_paragraphs(blocks, known, language, trim=False), min(limits.words, MOST), limits.characters)


def balanced(text: str) -> bool:
    """Quotes and brackets pair up. Single quotes are not looked at: they are apostrophes too."""
    if any(text.count(one) != text.count(other) for one, other in _PAIRS):
        return False
    low = text.count("„") + text.count("‟")
    opened, closed = text.count("“"), text.count("”")
    if low == 0 and opened and closed:
        return opened == closed and not text.count('"') % 2
    return not any(sum(text.count(mark) for mark in family) % 2 for family in _FAMILIES)


def without_dateline(sentence: str) -> str:
    """`MINSK, 3 May (Reuters) - The …` -> `The …`; kept where it is not plainly a dateline."""
    found = _DATELINE.match(sentence) or _WIRE_CJK.match(sentence)
    rest = sentence[found.end() :] if found else sentence
    return rest if found and words(rest) >= 4 and not rest[:1].islower() else sentence


def _paragraphs(blocks: Sequence[Block], known: Known, language: str, trim: bool = True) -> list[list[str]]:
    """Each paragraph's finished sentences, from the lead on, without what repeats or stands between."""
    told: list[list[str]] = []
    for block in blocks:
        if block.kind not in ("paragraph", "quote") or not balanced_enough(block.text):
            continue
        if repeats(block.text, known.title) or (trim and not told and in_front(block, known)) or invites(block):
            continue
        line = block.text if told else without_dateline(block.text)
        whole = sentences(line, language)
        pieces = _finished(whole)
        if pieces and not _again(pieces, told):
            told.append(pieces)
        length = sum(words(piece) for paragraph in told for piece in paragraph)
        # A line of the text that can't be quoted whole: what follows may hang on it.
        if length > MOST or (length >= LEAST and len(pieces) < len(whole)):
            break
    return told


def balanced_enough(text: str) -> bool:
    """Text without the marks of code or of a broken character set."""
    return "\ufffd" not in text and not _MARKUP.search(text)


def _finished(pieces: list[str]) -> list[str]:
    """The leading pieces that end as sentences do."""
    for at, piece in enumerate(pieces):
        if not finished(piece):
            return pieces[:at]
    return pieces


def _again(pieces: list[str], told: list[list[str]]) -> bool:
    """A sentence of this paragraph says what one before it said, in the same words."""
    before = [tokens(piece) for paragraph in told for piece in paragraph]
    return any(_alike(mine, its) for mine in map(tokens, pieces[:3]) for its in before)


def _alike(one: list[str], other: list[str]) -> bool:
    if min(len(one), len(other)) < 5:
        return one == other
    return overlap(one, other) >= 0.8 or overlap(other, one) >= 0.8


def _choose(paragraphs: list[list[str]], allowed: int, characters: int | None) -> Excerpt:
    """Sentences until there are enough; to the paragraph's end where that is near; then until all is paired."""
    flat = [(piece, at) for at, paragraph in enumerate(paragraphs) for piece in paragraph][:40]
    fits = _fitting(flat, allowed, characters)
    count = _enough(flat, fits)
    return _paired(flat, count, fits)


def _fitting(flat: list[tuple[str, int]], allowed: int, characters: int | None) -> int:
    """How many leading sentences fit the limits, and don't say anything twice."""
    count = 0
    seen: list[list[str]] = []
    while count < len(flat):
        mine = tokens(flat[count][0])
        text = _joined(flat[: count + 1])
        if words(text) > allowed or (characters is not None and len(text) > characters):
            break
        if any(_alike(mine, its) for its in seen):
            break
        seen.append(mine)
        count += 1
    return count


def _enough(flat: list[tuple[str, int]], fits: int) -> int:
    count = 0
    while count < fits and words(_joined(flat[:count])) < ENOUGH:
        count += 1
    end = count
    while 0 < end < fits and flat[end][1] == flat[end - 1][1]:
        end += 1
    ended = end == len(flat) or (end and flat[end][1] != flat[end - 1][1] if end < len(flat) else True)
    return end if ended and words(_joined(flat[:end])) <= FULL else count


def _paired(flat: list[tuple[str, int]], count: int, fits: int) -> Excerpt:
    """The nearest number of sentences, rather more than fewer, at which quotes and brackets pair up and nothing trails off."""
    for size in sorted(range(1, fits + 1), key=lambda size: (abs(size - count), -size)):
        text = _joined(flat[:size])
        if balanced(text) and not _CUT_OFF.search(text):
            return Excerpt(text, tuple(piece.strip() for piece, _ in flat[:size]))
    return Excerpt()


def _joined(flat: Sequence[tuple[str, int]]) -> str:
    """Sentences of one paragraph as they stood, paragraphs with the space their script asks for."""
    text = ""
    for at, (piece, paragraph) in enumerate(flat):
        if at and paragraph != flat[at - 1][1] and not unspaced(piece):
            text = text.rstrip() + " "
        text += piece
    return text.strip()


_PAIRS = (("(", ")"), ("[", "]"), ("「", "」"), ("『", "』"), ("（", "）"), ("《", "》"), ("【", "】"))
_FAMILIES = ('"＂', "„“”‟", "«»")
_CUT_OFF = re.compile(r"(?:\.\.|…)\W*$")  # what ends in dots is a teaser, or reads like one
_MARKUP = re.compile(r"</?\w+[^<>]*>|&(?:\w+|#\d+);|\{\{|\}\}|https?://\S{40}")
_AGENCIES = r"Reuters|AP|AFP|ANP|dpa[\w/-]*|epd|KNA|APA|SID|EFE|ANSA|PAP|Tass|TASS|Interfax|UPI|IANS|PTI|ANI|Xinhua|CNN|Bloomberg|NTB|TT|Ritzau|ČTK|CTK|MTI|Lusa|Belga|AAP|PA|CP|The Canadian Press|Associated Press|Anadolu|AA|WAFA|SANA|NNA|Jiji|Kyodo|BelTA|БЕЛТА|РИА Новости|ТАСС|Интерфакс|Укринформ|Укрінформ"
_PLACE = r"[^\W\d_a-z][\w.’'/ -]{1,30}"
_DATELINE = re.compile(
    rf"^(?:{_PLACE}(?:,\s[^()\n—–-]{{2,30}})?\s?[(/\[]\s?(?:{_AGENCIES})(?:[ /,&+-]+\w+)*\s?[)/\]]\s?[-–—:.]{{0,2}}\s*"
    rf"|[A-ZÀ-ÞА-ЯЁІЇЄҐЎ][A-ZÀ-ÞА-ЯЁІЇЄҐЎ.’'/ -]{{2,30}},\s[\w. ]{{2,24}}\s[-–—]{{1,2}}\s(?:{_AGENCIES})?[.:,]?\s?"
    rf"|[A-ZÀ-ÞА-ЯЁІЇЄҐЎ][A-ZÀ-ÞА-ЯЁІЇЄҐЎ.’'/ -]{{2,30}}(?:,\s[\w. ]{{2,24}})?\s(?:[–—]|--)\s"
    rf"|[^\W\d_a-z][\w.’'/-]+(?:[ -][^\W\d_a-z][\w.’'/-]+){{0,2}} [·•] "
    rf"|\((?:{_AGENCIES})\)\s?[-–—:]?\s+)"
)
_WIRE_CJK = re.compile(
    r"^(?:【[^】]{2,30}】|（[^）]{2,30}(?:電|讯|訊|报道|報導|聯合ニュース)）|[^\s，。（]{2,12}\d{1,2}月\d{1,2}日[电電](?:（[^）]{1,40}）)?"
    r"|\([^)=]{1,20}=[^)]{1,20}\)\s?(?:[^\s=]{2,10}(?:\s[^\s=]{2,10}){0,3}\s?=\s?)?)\s*"
)
