"""An article as a sparse vector: its words weighed by how rare they are in its language.

Rule: a headline counts three times, capitals and digits half as much again, of the text the opening only; the figures
of the day it was told say nothing; words are cut to six letters (Cyrillic ones, which have more endings, to five), the
cheapest stemmer that works in every language. A term is as rare as the stories that have it are few: by articles, a
great story's own words would soon count for little in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import log, sqrt
from sys import intern
from typing import Final

from .tokens import fold, raw_words, unspaced

OPENING: Final = 1200  # characters of the text that count
TITLE: Final = 3.0
WEIGHTY: Final = 1.5
STEM: Final = 6
CYRILLIC: Final = 5
COMMON: Final = 0.05  # a term in more of the articles says nothing
PRIOR: Final = 1500  # articles that what is known of a language beforehand counts for
SEEN: Final = 3  # stories that have a term, from which on how rare it is here limits what was known beforehand,
LOCAL: Final = 2.5  # to so many times what it says here alone
KEPT: Final = 100  # terms of a vector
ALONE: Final = 0.5  # what the heaviest shared word counts for at most, of what the others do
FIGURES: Final = 0.25  # … and what all shared figures do, of all words

Vector = Mapping[str, float]


@dataclass(frozen=True)
class Piece:
    """What grouping looks at: the words of one article."""

    title: str
    text: str = ""
    at: datetime | None = None  # when it was told

    @property
    def opening(self) -> str:
        """The part of the text that counts, up to the last whole word."""
        return self.text if len(self.text) <= OPENING else self.text[:OPENING].rpartition(" ")[0] or self.text[:OPENING]

    @property
    def day(self) -> frozenset[str]:
        """The figures of the day it was told."""
        return frozenset(f"{self.at:%Y %m %d} {self.at.month} {self.at.day}".split()) if self.at else frozenset()


@dataclass
class Vocabulary:
    """In how many stories of one language each term stood, on top of what is known of the language beforehand."""

    articles: int = 0
    terms: dict[str, int] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)  # share of articles a common term stands in
    # In how many stories -> idf, of terms nothing is known of beforehand: most of them, and in few stories.
    _rare: dict[int, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def idf(self, term: str) -> float:
        """How much a term says; 0 when it is everywhere."""
        here = self.terms.get(term, 0)
        if term in self.usual:
            return self._idf(here, self.usual[term])
        said = self._rare.get(here)
        if said is None:
            said = self._rare[here] = self._idf(here, 0.0)
        return said

    def learn(self, terms: Iterable[str]) -> None:
        """Count one more article, with the terms that its story did not have yet."""
        self.articles += 1
        self._rare.clear()
        for term in terms:
            self.terms[term] = self.terms.get(term, 0) + 1

    def _idf(self, here: int, usual: float) -> float:
        known, found = self.articles + PRIOR, here + PRIOR * usual
        if found > COMMON * known:
            return 0.0
        said = log((known + 1) / (found + 0.5))
        return said if here < SEEN else min(said, LOCAL * log((self.articles + 1) / here))


@dataclass(frozen=True)
class Weighed:
    """A piece's terms before idf, and the word as it stood for showing."""

    weights: Mapping[str, float]
    surfaces: Mapping[str, str]


def weigh(piece: Piece) -> Weighed:
    """Term -> weight by place and form."""
    counts: dict[str, float] = {}
    surfaces: dict[str, str] = {}
    day = piece.day
    for part, factor in ((piece.title, TITLE), (piece.opening, 1.0)):
        for term, surface in terms_of(part):
            if term in day:
                continue
            first = surface[0]
            weight = factor * WEIGHTY if first.isupper() or first.isdigit() else factor
            if term in counts:
                counts[term] += weight
            else:
                counts[term], surfaces[term] = weight, surface
    return Weighed(counts, surfaces)


def vector(weighed: Weighed, vocabulary: Vocabulary) -> dict[str, float]:
    """The unit vector: sublinear in the weight, times idf; rounded, so that what is stored is what is used."""
    idf = vocabulary.idf
    raw = [(-(1 + log(weight)) * idf(term), term) for term, weight in weighed.weights.items()]
    kept = sorted([one for one in raw if one[0] < 0])[:KEPT]
    length = sqrt(sum([less * less for less, _ in kept]))
    return {intern(term): round(-less / length, 4) for less, term in kept}


def cosine(one: Vector, other: Vector) -> float:
    """The dot product: both are unit vectors."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[term] for term, weight in one.items() if term in other)


def text_likeness(one: Vector, other: Vector) -> float:
    """The dot product of two texts, where neither one word nor figures are evidence by themselves.

    In a small town every text names the town, and texts full of figures share some by chance; both look rare at first.
    """
    if len(other) < len(one):
        one, other = other, one
    figures = words = most = 0.0
    for term, weight in one.items():
        if term not in other:
            continue
        both = weight * other[term]
        if term.isdigit():
            figures += both
        else:
            words, most = words + both, max(most, both)
    rest = words - most
    words = rest + min(most, ALONE * rest)
    return words + min(figures, FIGURES * words)


def unit(sums: Vector, keep: int) -> dict[str, float]:
    """The heaviest terms of a sum of vectors, as a unit vector."""
    kept = sorted([(-value, term) for term, value in sums.items()])[:keep]
    length = sqrt(sum([less * less for less, _ in kept])) or 1.0
    return {term: -less / length for less, term in kept}


def terms_of(text: str) -> Iterable[tuple[str, str]]:
    """Terms with the word they stand for: six letters of a word, or two characters where words have no spaces."""
    previous = ""
    for raw in raw_words(text):
        if len(raw) == 1 and unspaced(raw):
            if previous:
                yield previous + raw, previous + raw
            previous = raw
            continue
        previous = ""
        if term := _term(raw):
            yield term, raw


@lru_cache(maxsize=65536)
def _term(raw: str) -> str:
    """The term of a word as it stands; none for a single letter."""
    word = fold(raw)
    return stem(word) if len(word) > 1 or word.isdigit() else ""


def stem(word: str) -> str:
    """The first letters of a folded word, which its inflected forms have in common."""
    return word[: CYRILLIC if "\u0400" <= word[0] <= "\u04ff" else STEM]
