"""Which live stories share words with an article: the index that finds candidates.

Rule: a story stands under each term of its centre, with the term's weight there, in every language it was told in. Cost
depends on live stories, never on the archive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Final

from .members import Live
from .vectors import Vector

HEAVIEST: Final = 24  # terms that look for candidates
RESCORED: Final = 8


@dataclass
class TermIndex:
    """language -> term -> story -> the term's weight in its centre."""

    stories: dict[str, dict[str, dict[int, float]]] = field(default_factory=lambda: defaultdict(dict))

    def move(self, live: Live, before: Mapping[str, float]) -> None:
        """A story's centre is another than `before`."""
        for language in live.languages:
            self._leave(language, before.keys() - live.centre.keys(), live.story)
            self._enter(language, live)

    def speak(self, live: Live, language: str) -> None:
        """A story is told in this language too."""
        if language not in live.languages:
            live.languages.append(language)
            self._enter(language, live)

    def remove(self, live: Live) -> None:
        """A story grows no more."""
        for language in live.languages:
            self._leave(language, live.centre, live.story)

    def near(self, weights: Vector, language: str, but: int | None = None) -> list[int]:
        """The stories that share most weight, by the heaviest terms."""
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

    def _enter(self, language: str, live: Live) -> None:
        terms, story = self.stories[language], live.story
        for term, weight in live.centre.items():
            under = terms.get(term)
            if under is None:
                terms[term] = {story: weight}
            else:
                under[story] = weight

    def _leave(self, language: str, gone: Iterable[str], story: int) -> None:
        terms = self.stories[language]
        for term in gone:
            terms[term].pop(story, None)
            if not terms[term]:
                del terms[term]


def _heaviest(weights: Vector) -> list[tuple[str, float]]:
    """The heaviest terms, in order."""
    least = min(nlargest(HEAVIEST, weights.values()), default=0.0)
    ranked = sorted((-weight, term) for term, weight in weights.items() if weight >= least)
    return [(term, -less) for less, term in ranked[:HEAVIEST]]
