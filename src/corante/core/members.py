"""A story that may still grow, and an article as grouping remembers it.

Rule: everything here follows from the articles in the order they joined, so a story read back from rows is the story
it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from .meanings import Meaning, added
from .twins import Marks, Named
from .vectors import Vector, unit

REMEMBERED: Final = 40  # newest members compared one by one
CENTRE: Final = 100  # terms of a story
PER_OUTLET: Final = 20  # articles of one outlet in a story …
SHARE: Final = 0.1  # … or this share of a great story's: what an outlet told beyond twenty would stand apart from it


@dataclass(frozen=True, slots=True)
class Member:
    """An article as grouping remembers it."""

    article: int
    outlet: int
    outlet_name: str
    title: str
    at: datetime
    vector: Vector
    marks: Marks
    has_text: bool = True
    voice: str = ""  # core.coverage: who speaks; empty = the outlet by its number
    own: bool = True  # no word-for-word copy
    short: bool = False  # hardly a text: known by its headline
    meaning: Meaning = ()  # of an embedder, where one is set


@dataclass(slots=True)
class Live:
    """A story that may still grow."""

    story: int
    languages: list[str]  # in the order they came in
    members: list[Member] = field(default_factory=list)
    sums: Vector = field(default_factory=dict)  # its first article's own vector while there is one: most stories'
    centre: dict[str, float] = field(default_factory=dict)
    voices: dict[str, datetime] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    tellings: int = 0  # articles that are no copies
    meaning: list[float] = field(default_factory=list)

    def add(self, member: Member, language: str) -> None:
        """One more article, in the order they joined."""
        self.members.append(member)
        if language not in self.languages:
            self.languages.append(language)
        if member.own or not self.tellings:
            self._tell(member)
        if member.meaning:
            self.meaning = added(self.meaning, member.meaning)
        if member.own:
            self.voices.setdefault(member.voice or str(member.outlet), member.at)

    def _tell(self, member: Member) -> None:
        """What it is about: a copy counts nothing, or a wire's words would soon be all its story is known by."""
        self.tellings += 1
        self.sums = _added(self.sums, member.vector) if self.sums else member.vector
        self.centre = unit(self.sums, CENTRE)
        for name in member.marks.names if member.marks.telling else ():
            self.names[name] = self.names.get(name, 0) + 1

    def told_by(self, outlet: int) -> int:
        """How many of its articles are this outlet's."""
        return sum(m.outlet == outlet for m in self.members)

    def full(self, outlet: int) -> bool:
        """Has this outlet told its part of the story? It can't fill one by itself."""
        return self.told_by(outlet) >= max(PER_OUTLET, SHARE * len(self.members))

    @property
    def last_at(self) -> datetime:
        """When the newest new voice joined, as core.coverage counts it."""
        return max(self.voices.values(), default=min(m.at for m in self.members))

    @property
    def named(self) -> Named:
        """What it names, as core.twins compares it."""
        return Named(self.tellings, self.names, self.sums, self.centre)

    @property
    def newest(self) -> Sequence[Member]:
        """The members compared one by one."""
        return self.members[-REMEMBERED:]


def _added(sums: Vector, more: Vector) -> Vector:
    whole = dict(sums)
    for term, weight in more.items():
        whole[term] = whole.get(term, 0.0) + weight
    return whole
