"""Which live stories share words with an article: the index that finds candidates.

Rule: a story stands under each term of its centre, with the term's weight there, in every language it was told in. Cost
depends on live stories, never on the archive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Final

from .members import Live
from .vectors import Vector

HEAVIEST: Final = 24  # terms that look for candidates
RESCORED: Final = 8


@dataclass
class TermIndex:
    """language -> term -> story -> the term's weight in its centre.

    A story that changed is only noted, and stands under its new terms when next somebody asks: a site that starts reads
    ten thousand.
    """

    stories: dict[str, dict[str, dict[int, float]]] = field(default_factory=lambda: defaultdict(_terms))
    noted: dict[int, Live] = field(default_factory=dict)
    held: dict[int, tuple[tuple[str, ...], Vector]] = field(
        default_factory=dict
    )  # languages and centre it stands under

    def note(self, live: Live) -> None:
        """A story is new, or about something else now, or told in one more language."""
        self.noted[live.story] = live

    def remove(self, story: int) -> None:
        """A story grows no more."""
        self.noted.pop(story, None)
        languages, centre = self.held.pop(story, ((), {}))
        for language in languages:
            self._leave(language, centre, story)

    def near(self, weights: Vector, language: str, but: int | None = None) -> list[int]:
        """The stories that share most weight, by the heaviest terms."""
        self._settle()
        terms = self.stories.get(language, {})
        found: dict[int, float] = {}
        weight_of = found.get
        for term, weight in _heaviest(weights):
            for story, theirs in terms.get(term, {}).items():
                found[story] = weight_of(story, 0.0) + weight * theirs
        found.pop(but, None)  # type: ignore[arg-type]  # None is no story
        least = min(nlargest(RESCORED, found.values()), default=0.0)
        ranked = sorted((-shared, story) for story, shared in found.items() if shared >= least)
        return [story for _, story in ranked[:RESCORED]]

    def _settle(self) -> None:
        for story, live in self.noted.items():
            before, centre = self.held.get(story, ((), {}))
            for language in before:
                self._leave(language, centre.keys() - live.centre.keys(), story)
            for language in live.languages:
                self._enter(language, live.centre, story)
            self.held[story] = (tuple(live.languages), live.centre)
        self.noted.clear()

    def _enter(self, language: str, centre: Vector, story: int) -> None:
        terms = self.stories[language]
        for term, weight in centre.items():
            terms[term][story] = weight

    def _leave(self, language: str, gone: Iterable[str], story: int) -> None:
        terms = self.stories[language]
        for term in gone:
            terms[term].pop(story, None)
            if not terms[term]:
                del terms[term]


def _terms() -> dict[str, dict[int, float]]:
    return defaultdict(dict)


def _heaviest(weights: Vector) -> list[tuple[str, float]]:
    """The heaviest terms, in order."""
    least = min(nlargest(HEAVIEST, weights.values()), default=0.0)
    ranked = sorted((-weight, term) for term, weight in weights.items() if weight >= least)
    return [(term, -less) for less, term in ranked[:HEAVIEST]]
