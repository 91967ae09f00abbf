"""What a story's articles come to: how many outlets told it by themselves, since when, and which article leads.

Rule: a word-for-word copy is no second telling, and the outlets of one owner are one voice; an outlet that was taken
down is none. The lead is the editor's choice; else, of the first quarter of the articles by time, the longest own text,
with a headline that neither shouts nor asks. A piece its outlet took back leads only where no other can, and one of an
outlet that was taken down only where nothing else is left; when they come back, the same rule gives them the lead again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from .fingerprints import COPY


@dataclass(frozen=True)
class Telling:
    """One article of a story."""

    article: int
    outlet: int
    owner: str
    title: str
    words: int
    at: datetime
    copy_share: float = 0.0
    language: str = ""
    removed: bool = False  # the outlet was taken down
    withdrawn: bool = False  # the outlet took the piece back

    @property
    def own(self) -> bool:
        """Told in words of its own."""
        return self.copy_share < COPY

    @property
    def stands(self) -> bool:
        """May it lead as a matter of course?"""
        return not self.removed and not self.withdrawn

    @property
    def voice(self) -> str:
        """Who speaks: the owner where one is known, else the outlet."""
        return f"owner {self.owner.casefold()}" if self.owner.strip() else f"outlet {self.outlet}"


@dataclass(frozen=True)
class Coverage:
    """A story's counters."""

    lead: int
    chosen: bool  # the lead is an editor's choice
    language: str
    outlets: int
    articles: int
    first_at: datetime
    last_at: datetime  # when the newest new voice joined


def coverage(tellings: Sequence[Telling], chosen: int | None = None) -> Coverage:
    """Count them, given in the order they joined; `chosen` is the lead an editor chose.

    Raises ValueError when there are none.
    """
    if not tellings:
        raise ValueError("a story has at least one article")
    ordered = sorted(tellings, key=lambda t: (t.at, t.article))
    choice = next((t for t in ordered if t.article == chosen and t.stands), None)
    lead = choice or lead_of(ordered)
    joined: dict[str, datetime] = {}
    for telling in tellings:
        if telling.own:
            joined.setdefault(telling.voice, telling.at)
    newest = max(joined.values(), default=ordered[0].at)
    voices = len({telling.voice for telling in tellings if telling.own and not telling.removed})
    return Coverage(
        lead.article, choice is not None, lead.language, max(1, voices), len(ordered), ordered[0].at, newest
    )


def lead_of(ordered: Sequence[Telling]) -> Telling:
    """The lead by rule, of tellings in order of time."""
    standing = [t for t in ordered if t.stands] or [t for t in ordered if not t.removed] or list(ordered)
    early = standing[: ceil(len(standing) / 4)]
    own = [t for t in early if t.own] or early
    return max(own, key=lambda t: (calm(t.title), t.words, -t.at.timestamp(), -t.article))


def calm(title: str) -> bool:
    """A headline that neither shouts in capitals nor asks a question."""
    letters = [c for c in title if c.isalpha() and c.lower() != c.upper()]
    shouts = len(letters) > 3 and all(c.isupper() for c in letters)
    return not shouts and not title.rstrip(" \"”»'’").endswith(("?", "？", "؟", ";"))
