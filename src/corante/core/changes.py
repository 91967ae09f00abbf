"""What an outlet changed in a piece since we read it: headline, text, and corrections it owns up to.

Rule: only what a reader would call a change. Case, punctuation, a line of furniture or a page that came back without
its text (a wall, a hiccup) are none.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass

from .marks import line_key
from .markup import words
from .tokens import words as tokens

LEAST_WORDS = 8
"""Fewer new or lost words are an edit nobody reads about."""
MOST_PAIRS = 4_000_000
"""Words of one version times words of the other: beyond two long reads the diff is not worked out, it would take seconds."""


@dataclass(frozen=True)
class Difference:
    """A change of one kind; for the text, the paragraphs that went and those that came."""

    kind: str  # headline, text, corrected
    before: str
    after: str


def headline_change(before: str, after: str) -> Difference | None:
    """The headline says other words than before."""
    if not before or not after or tokens(before) == tokens(after):
        return None
    return Difference("headline", before, after)


def text_change(before: str, after: str) -> Difference | None:
    """Paragraphs that went and came; None when too little changed, or half the text is missing."""
    if not before or not after or words(after) < 0.5 * words(before):
        return None
    old, new = before.split("\n\n"), after.split("\n\n")
    matcher = difflib.SequenceMatcher(None, [line_key(p) for p in old], [line_key(p) for p in new], autojunk=False)
    went: list[str] = []
    came: list[str] = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what != "equal":
            went += old[a:b]
            came += new[c:d]
    if _new_words("\n".join(went), "\n".join(came)) < LEAST_WORDS:
        return None
    return Difference("text", "\n\n".join(went), "\n\n".join(came))


def corrections(before: str, after: str) -> list[Difference]:
    """Lines in which the outlet says that it corrected something, new since the last reading."""
    known = {line_key(line) for line in before.split("\n\n")}
    return [
        Difference("corrected", "", line)
        for line in after.split("\n\n")
        if _CORRECTION.match(line) and words(line) < 120 and line_key(line) not in known
    ]


def word_diff(before: str, after: str) -> list[tuple[str, str]]:
    """Runs of words in order, each `same`, `gone` or `new`: what a page shows of a change."""
    old, new = before.split(), after.split()
    if len(old) * len(new) > MOST_PAIRS:
        return [("gone", " ".join(old)), ("new", " ".join(new))]
    runs: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            runs.append(("same", " ".join(old[a:b])))
            continue
        if a < b:
            runs.append(("gone", " ".join(old[a:b])))
        if c < d:
            runs.append(("new", " ".join(new[c:d])))
    return runs


def spots(before: str, after: str, around: int = 8) -> list[tuple[str, str]]:
    """The word diff with what stayed the same cut to `around` words beside each change: for texts, not for headlines."""
    runs = word_diff(before, after)
    last = len(runs) - 1
    return [
        (what, words if what != "same" else _cut(words.split(), around if at else 0, around if at < last else 0))
        for at, (what, words) in enumerate(runs)
    ]


def counted(before: str, after: str) -> tuple[int, int]:
    """Words that came and words that went, wherever they stood."""
    old, new = Counter(before.split()), Counter(after.split())
    return (new - old).total(), (old - new).total()


def _cut(found: list[str], first: int, last: int) -> str:
    if len(found) <= first + last + 2:
        return " ".join(found)
    return " ".join([*found[:first], "…", *(found[-last:] if last else [])])


def _new_words(went: str, came: str) -> int:
    old, new = tokens(went), tokens(came)
    same = sum(block.size for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks())
    return max(len(old), len(new)) - same


_CORRECTION = re.compile(
    r"^\W*(?:"
    r"(?:correction|corrections|clarification|editor['’]s note|korrektur|berichtigung|richtigstellung|anmerkung der redaktion|hinweis der redaktion"
    r"|rectificatif|correctif|erratum|précision|note de la rédaction|corrección|fe de errores|fe de erratas|rectificación|aclaración"
    r"|nota de la redacción|correção|errata|erramos|rettifica|correzione|rectificatie|correctie|rättelse|rettelse|korrigering|oikaisu"
    r"|sprostowanie|korekta|oprava|helyesbítés|düzeltme|исправление|уточнение|поправка|опровержение|виправлення|уточнення|спростування"
    r"|выпраўленне|διόρθωση|תיקון|תיקון טעות|تصحيح|تصويب|اصلاحیه|सुधार|भूल सुधार|更正|訂正|お詫びと訂正|정정|바로잡습니다|แก้ไขข่าว|ralat|koreksi)"
    r"\s*(?:[:：.–—(（-]|$)"
    r"|this (?:article|story|piece) (?:has been|was) (?:corrected|amended|updated to correct)|an earlier version of this (?:article|story)"
    r"|in einer früheren (?:version|fassung) (?:dieses|des) |une version précédente de cet article|una versión anterior de est[ea] "
    r"|uma versão anterior dest[ea] |in een eerdere versie van dit |en tidigare version av |we got this wrong)",
    re.IGNORECASE,
)
