"""Which live stories share words with an article: the index that finds candidates.

Rule: a story stands under each term of its centre, in every language it was told in. Cost depends on live stories, never
on the archive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from .members import Live
from .vectors import Vector

HEAVIEST: Final = 24  # terms that look for candidates
RESCORED: Final = 8


@dataclass
class TermIndex:
    """language -> term -> stories."""

    stories: dict[str, dict[str, set[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    def move(self, live: Live, before: Mapping[str, float]) -> None:
        """A story's centre is another than `before`."""
        for language in live.languages:
            self._leave(language, before.keys() - live.centre.keys(), live.story)
            self._enter(language, live.centre.keys() - before.keys(), live.story)

    def speak(self, live: Live, language: str) -> None:
        """A story is told in this language too."""
        if language not in live.languages:
            live.languages.append(language)
            self._enter(language, live.centre, live.story)

    def remove(self, live: Live) -> None:
        """A story grows no more."""
        for language in live.languages:
            self._leave(language, live.centre, live.story)

    def near(self, weights: Vector, language: str, live: Mapping[int, Live], but: int | None = None) -> list[int]:
        """The stories that share most weight, by the heaviest terms."""
        terms = self.stories[language]
        found: dict[int, float] = {}
        for term, weight in sorted(weights.items(), key=lambda x: (-x[1], x[0]))[:HEAVIEST]:
            for story in terms.get(term, ()):
                found[story] = found.get(story, 0.0) + weight * live[story].centre[term]
        ranked = sorted(found.items(), key=lambda x: (-x[1], x[0]))
        return [story for story, _ in ranked if story != but][:RESCORED]

    def _enter(self, language: str, terms: Iterable[str], story: int) -> None:
        for term in terms:
            self.stories[language][term].add(story)

    def _leave(self, language: str, terms: Iterable[str], story: int) -> None:
        for term in terms:
            self.stories[language][term].discard(story)
