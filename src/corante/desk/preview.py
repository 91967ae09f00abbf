"""What a rule would find, ready for the template: marked words as runs, days as bars, errors with their spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corante import topics
from corante.catalog.desk.coverage import Bar, bars
from corante.core.rules import RuleError

from .editor import moment

SHOWN = 12
"""Pieces below the plot: enough to judge a rule by, few enough to see what stands below them."""

Runs = tuple[tuple[str, bool], ...]
"""A text cut into (words, marked)."""


@dataclass(frozen=True)
class Caught:
    """An article the rule catches."""

    story: int | None
    outlet: str
    title: Runs
    excerpt: Runs
    clause: str
    at: object


@dataclass(frozen=True)
class Shown:
    """A preview, or why there is none."""

    error: str = ""
    rule: str = ""
    total: int = 0
    looked_at: int = 0
    bars: tuple[Bar, ...] = ()
    said: str = ""
    since: str = ""
    hits: tuple[Caught, ...] = ()


def shown(rule: str) -> Shown | None:
    """What it finds in the last 14 days; None when nothing is written yet."""
    rule = rule.replace("\x00", "").strip()
    if not rule:
        return None
    try:
        found = topics.preview(rule, moment(), limit=SHOWN)
    except RuleError as error:
        return Shown(error=error.pointing(rule))
    days = [(f"{day.day} {day:%b}", count) for day, count in found.days]
    return Shown(
        rule=found.rule,
        total=found.total,
        looked_at=found.looked_at,
        bars=bars(days, height=40, step=7),
        said=", ".join(f"{day} {count}" for day, count in days),
        since=days[0][0] if days else "",
        hits=tuple(_caught(hit) for hit in found.hits),
    )


def runs(text: str, marks: Sequence[tuple[int, int]]) -> Runs:
    """The text cut at its marks; joined again it is the text."""
    cut: list[tuple[str, bool]] = []
    at = 0
    for start, end in marks:
        cut += [(text[at:start], False), (text[start:end], True)]
        at = end
    cut.append((text[at:], False))
    return tuple((words, marked) for words, marked in cut if words)


def _caught(hit: topics.Hit) -> Caught:
    return Caught(
        story=hit.story,
        outlet=hit.outlet,
        title=runs(hit.title, hit.title_marks),
        excerpt=runs(hit.excerpt, hit.excerpt_marks),
        clause=hit.clause,
        at=hit.told_at,
    )
