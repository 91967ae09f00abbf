"""Which rules match a text, fast for thousands of rules: phrases found first, trees of the few they name after.

Rule: a rule is looked at only when a phrase it cannot do without stands in the text; a rule that has no such phrase
(only `*`, languages, outlets, beginnings of words) is always looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .rules import And, Everything, Near, Not, Or, Phrase, Rule, text_of
from .tokens import tokens, words

_NOWHERE = -1
_GAP = ""  # no word: a phrase can't run from the headline into the text


@dataclass(frozen=True)
class Document:
    """What a rule looks at: one article."""

    title: str
    text: str = ""
    outlet: str = ""
    language: str = ""

    @cached_property
    def headline(self) -> _Places:
        return _Places(words(self.title))

    @cached_property
    def told(self) -> list[str]:
        """The text's words."""
        return words(self.text)

    @cached_property
    def whole(self) -> _Places:
        return _Places([*self.headline.words, _GAP, *self.told])

    @cached_property
    def publisher(self) -> _Places:
        return _Places(words(self.outlet))


class _Places:
    """A text's words, and where each stands; found when asked for. (A list for each word: the collector walks them all.)"""

    def __init__(self, found: list[str]) -> None:
        self.words = found

    @cached_property
    def first(self) -> dict[str, int]:
        return dict(zip(reversed(self.words), range(len(self.words) - 1, -1, -1), strict=True))

    @cached_property
    def again(self) -> list[int]:
        """For each place the next one of the same word."""
        nexts, later = [_NOWHERE] * len(self.words), dict[str, int]()
        for place in range(len(self.words) - 1, -1, -1):
            word = self.words[place]
            nexts[place] = later.get(word, _NOWHERE)
            later[word] = place
        return nexts

    def at(self, word: str) -> Iterator[int]:
        """The places of a word, in order."""
        place = self.first.get(word, _NOWHERE)
        while place != _NOWHERE:
            yield place
            place = self.again[place]

    @cached_property
    def ordered(self) -> list[str]:
        return sorted(self.first)

    def has(self, phrase: Phrase) -> bool:
        if phrase.prefix and len(phrase.words) == 1:
            return self.begins(phrase.words[0])
        return next(iter(self.where(phrase)), None) is not None

    def where(self, phrase: Phrase) -> Iterable[int]:
        """The places where the phrase begins."""
        *whole, last = phrase.words if phrase.prefix else (*phrase.words, "")
        if not whole:
            for n in range(bisect_left(self.ordered, last), len(self.ordered)):
                if not self.ordered[n].startswith(last):
                    return
                yield from self.at(self.ordered[n])
            return
        size = len(whole)
        for place in self.at(whole[0]):
            if self.words[place : place + size] == whole and (not phrase.prefix or self.goes_on(place + size, last)):
                yield place

    def begins(self, beginning: str) -> bool:
        at = bisect_left(self.ordered, beginning)
        return at < len(self.ordered) and self.ordered[at].startswith(beginning)

    def goes_on(self, place: int, beginning: str) -> bool:
        return place < len(self.words) and self.words[place].startswith(beginning)

    def near(self, rule: Near, edge: int) -> bool:
        """Is there a stretch, before or after the edge, that holds all the words within `distance` of each other?"""
        wanted = set(rule.words)
        seen: dict[str, int] = {}
        for place, word in sorted((at, one) for one in wanted for at in self.at(one)):
            seen = {w: at for w, at in seen.items() if (at < edge) == (place < edge)} | {word: place}
            if len(seen) == len(wanted) and place - min(seen.values()) <= rule.distance:
                return True
        return False


def matches(rule: Rule, document: Document) -> str | None:
    """The clause of the rule that matched, as text, or None."""
    found = _clause(rule, document)
    return None if found is None else text_of(found)


def _clause(rule: Rule, document: Document) -> Rule | None:
    match rule:
        case Everything():
            return rule
        case Phrase():
            return rule if _stands(rule, document) else None
        case Near():
            return rule if document.whole.near(rule, len(document.headline.words)) else None
        case Not(part):
            return rule if _clause(part, document) is None else None
        case And(parts):
            return _all(parts, document)
        case Or(parts):
            return next((found for part in parts if (found := _clause(part, document)) is not None), None)
    raise TypeError(rule)


def _all(parts: tuple[Rule, ...], document: Document) -> Rule | None:
    found = [_clause(part, document) for part in parts]
    if any(clause is None for clause in found):
        return None
    said = [clause for clause in found if clause is not None and not isinstance(clause, Not | Everything)]
    if not said:
        return And(parts)
    return said[0] if len(said) == 1 else And(tuple(said))


def _stands(phrase: Phrase, document: Document) -> bool:
    if phrase.field == "lang":
        tag, wanted = document.language.lower().replace("_", "-"), phrase.words[0]
        return tag == wanted or tag.startswith(wanted + "-")
    places = {"title": document.headline, "outlet": document.publisher}
    return places.get(phrase.field, document.whole).has(phrase) if phrase.field else document.whole.has(phrase)


def needs(rule: Rule) -> frozenset[tuple[str, ...]] | None:
    """Phrases of which at least one stands in every match; None when there is no such set."""
    match rule:
        case Phrase(parts, prefix, where) if where in ("", "title"):
            kept = parts[:-1] if prefix else parts
            return frozenset({kept}) if kept else None
        case Near(_, parts):
            return frozenset({(max(parts, key=len),)})
        case And(parts):
            known = [found for part in parts if (found := needs(part)) is not None]
            return min(known, key=lambda found: (len(found), -max(map(_size, found)))) if known else None
        case Or(parts):
            each = [needs(part) for part in parts]
            return None if any(one is None for one in each) else frozenset().union(*(one for one in each if one))
    return None


def _size(phrase: tuple[str, ...]) -> int:
    return sum(map(len, phrase))


@dataclass
class RuleBook:
    """Many rules by key, ready to be asked which of them match a document."""

    rules: Mapping[int, Rule]
    always: list[int] = field(default_factory=list)
    by_phrase: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    sizes: dict[str, tuple[int, ...]] = field(default_factory=dict)  # first word -> lengths of phrases it opens

    def __post_init__(self) -> None:
        for key, rule in self.rules.items():
            phrases = needs(rule)
            if phrases is None:
                self.always.append(key)
            for phrase in phrases or ():
                self.by_phrase.setdefault(phrase, []).append(key)
        lengths: dict[str, set[int]] = {}
        for phrase in self.by_phrase:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self.sizes = {word: tuple(sorted(found)) for word, found in lengths.items()}

    def matches(self, document: Document) -> dict[int, str]:
        """Key -> the clause that matched, of every rule that does, in the order of keys."""
        found = ((key, matches(self.rules[key], document)) for key in sorted(self.candidates(document)))
        return {key: clause for key, clause in found if clause is not None}

    def candidates(self, document: Document) -> set[int]:
        """Keys of rules worth looking at."""
        keys, stands = set(self.always), document.whole
        for word in stands.first.keys() & self.sizes.keys():
            for size in self.sizes[word]:
                self._open(word, size, stands, keys)
        return keys

    def _open(self, word: str, size: int, stands: _Places, keys: set[int]) -> None:
        if size == 1:
            keys.update(self.by_phrase[(word,)])
            return
        for place in stands.at(word):
            keys.update(self.by_phrase.get(tuple(stands.words[place : place + size]), ()))


def marks(rule: Rule, text: str, *, title: bool = False) -> list[tuple[int, int]]:
    """Where in `text` words of the rule stand, as (start, end), in order and apart; for showing them marked."""
    found = list(tokens(text))
    places = _Places([token.word for token in found])
    asked = {said for said in _said(rule) if said.field == "" or (said.field == "title" and title)}
    spans = [(found[at].start, found[at + len(said.words) - 1].end) for said in asked for at in places.where(said)]
    return _apart(spans)


def _said(rule: Rule) -> list[Phrase]:
    match rule:
        case Phrase():
            return [rule]
        case Near(_, parts):
            return [Phrase((word,)) for word in parts]
        case And(parts) | Or(parts):
            return [phrase for part in parts for phrase in _said(part)]
    return []


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
