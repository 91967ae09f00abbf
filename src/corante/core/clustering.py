"""Which story an article tells: the live stories, one decision at a time, each with its reason in words.

Rule: strictly in order, and nothing but what came before decides, so the same order gives the same stories. An
editor's word on two articles is asked before any score. The language is a gate. The score ("mix") is mostly the
likeness to the story as a whole, for the rest the mean likeness to its two nearest articles; more when it names the
same, less when each names what the other does not, less with the hours between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

from .meanings import likeness
from .members import Live, Member
from .reasons import named, runs, shared
from .termindex import TermIndex
from .tokens import words
from .twins import names_factor, other_figures
from .vectors import cosine, text_likeness

WITH_TEXT: Final = 0.18  # join at this score when both have an excerpt
HEADLINES: Final = 0.14  # … when one has a headline only
WHOLE: Final = 0.7  # what the story as a whole counts: with less, stories of one trade grow together, link by link
ABROAD: Final = 0.85  # likeness of meaning from which two languages tell one story, where an embedder is set
PROPOSE: Final = 0.3  # likeness of two stories from which an editor is asked
WINDOW: Final = timedelta(hours=72)
HALF_LIFE_H: Final = 96.0
NEAREST: Final = 2
LONG_HEADLINE: Final = 5  # words of a headline that is no coincidence
SAME_DAY: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Links:
    """Editors' words: which articles belong together with one, and which don't."""

    must: Mapping[int, frozenset[int]] = field(default_factory=dict)
    cannot: Mapping[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """Where an article goes and why. `story` is None: it opens one of its own."""

    story: int | None
    kind: str  # opened, joined, copy, editor
    reason: str
    score: float = 0.0
    nearest: int | None = None
    terms: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Copy:
    """A verified word-for-word copy: of which article, how much of the text."""

    of: int
    share: float


@dataclass
class LiveStories:
    """All stories that may still grow, with the index that finds candidates."""

    links: Links = field(default_factory=Links)
    abroad: float = ABROAD
    stories: dict[int, Live] = field(default_factory=dict)
    index: TermIndex = field(default_factory=TermIndex)
    story_of: dict[int, int] = field(default_factory=dict)
    newest: datetime | None = None  # when the newest new outlet joined any story
    ageing: list[tuple[datetime, int]] = field(default_factory=list)  # a heap of (last_at, story), some out of date
    headlines: dict[tuple[str, ...], list[Member]] = field(default_factory=dict)  # of articles with hardly a text

    def add(self, story: int, language: str, member: Member) -> None:
        """Put an article into a story, opening it if it is new."""
        live = self.stories.setdefault(story, Live(story, []))
        live.add(member, language)
        self.story_of[member.article] = story
        self.index.note(live)
        self._age(live)
        if member.short and len(key := tuple(words(member.title))) >= LONG_HEADLINE:
            self.headlines.setdefault(key, []).append(member)

    def drop(self, story: int) -> None:
        """The story grows no more."""
        live = self.stories.pop(story)
        self.index.remove(story)
        for member in live.members:
            self.story_of.pop(member.article, None)
            if member.short:
                self._forget_headline(member)

    def new_to(self, story: int | None, terms: Iterable[str]) -> list[str]:
        """Those of an article's terms that its story did not have: what the vocabulary counts."""
        known = self.stories[story].sums if story in self.stories else {}
        return sorted(term for term in terms if term not in known)

    def same_headline(self, member: Member) -> Copy | None:
        """The earliest article of another outlet with hardly a text and the same long headline, told within a day."""
        if not member.short:
            return None
        for first in self.headlines.get(tuple(words(member.title)), ()):
            if first.outlet != member.outlet and abs(member.at - first.at) <= SAME_DAY:
                return Copy(first.article, 1.0)
        return None

    def expire(self) -> None:
        """Forget stories that no new outlet joined within the window before the newest did."""
        while self.newest and self.ageing and self.ageing[0][0] < self.newest - WINDOW:
            at, story = heappop(self.ageing)
            if story in self.stories and self.stories[story].last_at == at:
                self.drop(story)

    def decide(self, member: Member, language: str, surfaces: Mapping[str, str], copy: Copy | None = None) -> Decision:
        """Where this article belongs; changes nothing."""
        if told := self._said(member):
            return told
        barred = self._barred(member)
        if copy and (found := self._copied(member, copy, barred)):
            return found
        like = self.index.near(member.vector, language)
        near = (self.stories[story] for story in like if story not in barred)
        scored = [_score(member, live, surfaces) for live in near]
        best = max(scored, key=lambda one: (one.margin, -one.live.story), default=None)
        nothing = Decision(None, "opened", "nothing like it was told in the last three days")
        said = _judged(member, best, surfaces) if best else nothing
        return said if said.story is not None else self._elsewhere(member, language, barred) or said

    def alike(self, story: int) -> list[tuple[int, float]]:
        """Other stories like this one, most alike first: to propose to an editor."""
        live = self.stories[story]
        near = self.index.near(live.centre, live.languages[0], story)
        found = [(other, cosine(live.centre, self.stories[other].centre)) for other in near]
        apart = {self.story_of.get(a) for m in live.members for a in self.links.cannot.get(m.article, ())}
        return sorted(((o, s) for o, s in found if s >= PROPOSE and o not in apart), key=lambda x: (-x[1], x[0]))

    def _said(self, member: Member) -> Decision | None:
        together = sorted(a for a in self.links.must.get(member.article, ()) if a in self.story_of)
        if not together:
            return None
        return Decision(self.story_of[together[0]], "editor", "an editor put them together", 1.0, together[0])

    def _barred(self, member: Member) -> set[int]:
        """Stories an editor kept it out of."""
        return {self.story_of[a] for a in self.links.cannot.get(member.article, ()) if a in self.story_of}

    def _copied(self, member: Member, copy: Copy, barred: set[int]) -> Decision | None:
        story = self.story_of.get(copy.of)
        if story is None or story in barred:
            return None
        first = next(m for m in self.stories[story].members if m.article == copy.of)
        if self.stories[story].full(member.outlet) or _used_again(member, first):
            return None
        share = f"{copy.share:.0%}".replace("%", " %")
        reason = f"{share} of its text is word for word in {named(first, member.at)}"
        return Decision(story, "copy", reason, round(copy.share, 3), copy.of)

    def _elsewhere(self, member: Member, language: str, barred: set[int]) -> Decision | None:
        """The story in other languages that means the same, where an embedder is set."""
        if not member.meaning:
            return None
        others = (s for s in self.stories.values() if language not in s.languages and s.story not in barred)
        found = max(((likeness(member.meaning, one.meaning), -one.story) for one in others), default=(0.0, 0))
        score, live = found[0], self.stories.get(-found[1])
        if live is None or score < self.abroad or live.full(member.outlet):
            return None
        nearest = max(live.newest, key=lambda m: (likeness(member.meaning, m.meaning), -m.article))
        reason = f"means the same, by {score:.2f}, as {named(nearest, member.at)} in another language"
        return Decision(live.story, "joined", reason, round(score, 4), nearest.article)

    def _age(self, live: Live) -> None:
        heappush(self.ageing, (live.last_at, live.story))
        self.newest = max(self.newest or live.last_at, live.last_at)

    def _forget_headline(self, member: Member) -> None:
        key = tuple(words(member.title))
        rest = [m for m in self.headlines.get(key, ()) if m.article != member.article]
        if rest:
            self.headlines[key] = rest
        else:
            self.headlines.pop(key, None)


@dataclass(frozen=True)
class _Scored:
    live: Live
    score: float
    wanted: float
    nearest: Member
    names: float  # what the names made of the score

    @property
    def margin(self) -> float:
        return self.score / self.wanted


def _score(member: Member, live: Live, said: Collection[str]) -> _Scored:
    """How well an article fits a story; `said` are all terms of the article."""
    alike = text_likeness if member.has_text else cosine
    each = ((alike(member.vector, m.vector), m) for m in live.newest)
    near = sorted(each, key=lambda x: (-x[0], x[1].article))[:NEAREST]
    mix = WHOLE * alike(member.vector, live.centre) + (1 - WHOLE) * sum(score for score, _ in near) / len(near)
    hours = abs((member.at - live.last_at).total_seconds()) / 3600
    names = names_factor(member.marks, member.vector, said, live.named)
    nearest = near[0][1]
    wanted = WITH_TEXT if member.has_text and nearest.has_text else HEADLINES
    return _Scored(live, mix * names * 0.5 ** (hours / HALF_LIFE_H), wanted, nearest, names)


def _judged(member: Member, best: _Scored, surfaces: Mapping[str, str]) -> Decision:
    like = named(best.nearest, member.at)
    if best.score < best.wanted:
        twin = ": it names others" if best.names < 1 and best.score >= best.wanted * best.names else ""
        reason = f"too little like {like}{twin}"
        return Decision(None, "opened", reason, round(best.score, 4), best.nearest.article)
    if best.live.full(member.outlet):
        many = f"{member.outlet_name} has {best.live.told_by(member.outlet)} articles in that story already"
        return Decision(None, "opened", f"like {like}, but {many}", round(best.score, 4), best.nearest.article)
    terms = shared(member, best.live, surfaces)
    told = ", ".join(f"“{run}”" for run in runs([word for word, _ in terms], member.title))
    reason = f"shares {told} with {like}"
    return Decision(best.live.story, "joined", reason, round(best.score, 4), best.nearest.article, terms)


def _used_again(member: Member, first: Member) -> bool:
    """The same outlet's same text with other figures is another event of its kind: a quake, a result."""
    return member.outlet == first.outlet and other_figures(member.marks, first.marks)


def links_of(pairs: Iterable[tuple[int, int, bool]]) -> Links:
    """Editors' words on pairs of articles (one, other, must) as Links."""
    must: dict[int, set[int]] = defaultdict(set)
    cannot: dict[int, set[int]] = defaultdict(set)
    for one, other, together in pairs:
        side = must if together else cannot
        side[one].add(other)
        side[other].add(one)
    return Links({a: frozenset(b) for a, b in must.items()}, {a: frozenset(b) for a, b in cannot.items()})
