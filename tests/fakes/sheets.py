"""Letters as the product compiles them, from stories of our own in five scripts: for tests and for the lint of markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corante.core.composing import Also, Contents, Entry, Heading, ItemContent, Remark, arrange
from corante.digest.letters import Envelope, Letter, compile_letter

ENVELOPE = Envelope("Daily letter", "daily", date(2026, 11, 22), "en", "Europe/London")
HEADINGS = (Heading(1, "Rivers", "rivers"), Heading(2, "Ports & piers", "ports"), Heading(9, "Everything", "all", True))
_SAID = "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre. "
_WRITINGS = (
    ("Sea wall to rise by a metre", _SAID * 2, "Ledger & Tide", "en"),
    ("Рада підтримала вищу дамбу", "Рада проголосувала за вищу дамбу.", "Гавань", "uk"),
    ("الميناء يعلّق العمل", "أعلنت إدارة الميناء تعليق العمل.", "صحيفة الميناء", "ar"),
    ("港の水先人がストライキ", "水先人組合は夜間勤務の見直しを求めている。", "港の新聞", "ja"),
    ("ท่าเรือหยุดงาน", "คนงานท่าเรือหยุดงานตั้งแต่คืนวันเสาร์", "ข่าวท่าเรือ", "th"),
)


def content(number: int) -> ItemContent:
    """One story, its writing by turns."""
    headline, excerpt, outlet, language = _WRITINGS[number % len(_WRITINGS)]
    also = tuple(Also(f"Outlet {n}", f"Account {n} of {number}", f"https://o{n}.example/{number}") for n in range(4))
    told_at = f"2026-11-22T05:{number % 60:02}:00+00:00"
    url = f"https://ledger.example/{number}?x=1&y=2"
    return ItemContent(f"{headline} {number}", excerpt, outlet, url, told_at, language, 9, number, also)


def compiled(stories: int, language: str = "en", title: str = "Daily letter", notes: bool = True) -> Letter:
    """A letter with so many stories under two topics, a development and a correction."""
    entries = [Entry(content(n), frozenset({n % 2 + 1})) for n in range(stories)]
    extra = [
        replace(content(900 + n), remarks=(Remark("grown", outlets=9, before=7),)) for n in range(2 if notes else 0)
    ]

    def contents(told: int) -> Contents:
        return arrange(entries, HEADINGS, extra[:1], extra[1:], told=told)

    return compile_letter(contents, replace(ENVELOPE, language=language, name=title))
