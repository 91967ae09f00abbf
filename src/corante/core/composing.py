"""What stands in a letter and in which order.

Rule: one ranking decides everything (an editor's pin, then how many independent outlets tell it, then the newest):
the lead, the subject, who is told in full and who is listed. A story stands once, under the first topic it has;
topics that hold everything come last, so that a more telling one is asked first. Nothing is dropped: what is beyond
the cap is listed, and what is beyond the list is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .markup import words
from .sentences import sentences

LETTER_TOKEN = "tokentokentokentokentokentokento"  # noqa: S105 - a place holder
"""Stands in a compiled letter where the subscriber's own 32-character token is pasted at sending."""

TOLD = 30
"""At most so many stories are told in full in one letter."""

LISTED = 40
"""At most so many more are listed by headline; the rest are counted, with the way to them."""

LETTER_BYTES = 90_000
"""At most so many bytes of HTML: beyond about 102 kB Gmail cuts a letter and hides its footer."""

EXCERPT_WORDS = 60
SUBJECT = 60
PREHEADER = 100
ALSO = 4
DEVELOPED = 2
"""So many more independent outlets make a story that was told a development."""


@dataclass(frozen=True)
class Also:
    """Another outlet's account of the same story."""

    outlet: str
    headline: str
    url: str
    language: str = ""


@dataclass(frozen=True)
class Remark:
    """What happened to a story after a letter told it, as facts: each letter says it in its own language.

    `kind` is grown, retold (an editor's word, in `words`), corrected (the outlet's new words) or withdrawn.
    """

    kind: str
    outlet: str = ""
    words: str = ""
    outlets: int = 0
    before: int = 0  # outlets that told it when a letter last did
    among: tuple[str, ...] = ()  # of the outlets that joined


@dataclass(frozen=True)
class ItemContent:
    """A story's words at the freeze of an edition; what `Item.content` holds as JSON."""

    headline: str
    excerpt: str
    outlet: str
    url: str  # the original, at the outlet
    told_at: str  # ISO 8601, UTC
    language: str
    outlets: int  # independent outlets
    story: int
    also: tuple[Also, ...] = ()
    author: str = ""
    remarks: tuple[Remark, ...] = ()  # of a development or correction
    pinned: bool = False
    changes: tuple[int, ...] = ()  # of a correction: the rows it tells of, so that each is told once

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> ItemContent:
        """Back from JSON."""
        values = dict(table)
        values["also"] = tuple(Also(**also) for also in values.get("also", ()))
        values["changes"] = tuple(values.get("changes", ()))
        said = values.pop("note", "")  # editions before 0.2 kept the sentence
        remarks = [Remark(**(kept | {"among": tuple(kept["among"])})) for kept in values.get("remarks", ())]
        values["remarks"] = (*remarks, Remark("retold", words=said)) if said else tuple(remarks)
        return cls(**values)


@dataclass(frozen=True)
class Heading:
    """A topic as a letter knows it; `whole` = its rule matches everything."""

    topic: int
    name: str
    slug: str
    whole: bool = False


@dataclass(frozen=True)
class Entry:
    """A story that may stand in a letter, with the topics of the digest it stands under."""

    content: ItemContent
    topics: frozenset[int]


@dataclass(frozen=True)
class Section:
    """One topic's part of a letter: stories told, stories listed by link, and how many more there are."""

    heading: Heading
    told: tuple[ItemContent, ...]
    listed: tuple[ItemContent, ...] = ()
    more: int = 0

    @property
    def count(self) -> int:
        """All its stories."""
        return len(self.told) + len(self.listed) + self.more


@dataclass(frozen=True)
class Contents:
    """What one letter holds, in order."""

    sections: tuple[Section, ...]
    developments: tuple[ItemContent, ...] = ()
    corrections: tuple[ItemContent, ...] = ()

    @property
    def told(self) -> tuple[ItemContent, ...]:
        """The stories told in full, the lead first."""
        return tuple(content for section in self.sections for content in section.told)

    @property
    def stories(self) -> int:
        """How many stories are news in it."""
        return sum(section.count for section in self.sections)


def rank(content: ItemContent) -> tuple[bool, int, str, int]:
    """Sort by this, greatest first: pinned, most independent outlets, newest; the story's number settles a tie."""
    return (content.pinned, content.outlets, content.told_at, content.story)


def arrange(
    entries: Iterable[Entry],
    headings: Sequence[Heading],
    developments: Sequence[ItemContent] = (),
    corrections: Sequence[ItemContent] = (),
    told: int = TOLD,
    listed: int = LISTED,
) -> Contents:
    """Put stories in sections: the lead's topic first, the others in topic order, each by rank.

    Takes the headings in the site's order; a story none of whose topics is among them is left out.
    """
    order = sorted(headings, key=lambda heading: heading.whole)
    under: dict[int, list[ItemContent]] = {}
    for entry in sorted(entries, key=lambda entry: rank(entry.content), reverse=True):
        first = next((heading.topic for heading in order if heading.topic in entry.topics), None)
        if first is not None:
            under.setdefault(first, []).append(entry.content)
    if not under:
        return Contents((), tuple(developments), tuple(corrections))
    lead = max(under, key=lambda topic: rank(under[topic][0]))
    used = [h for h in order if h.topic == lead] + [h for h in order if h.topic in under and h.topic != lead]
    full, links = _within(under, told, listed)
    sections = tuple(_section(heading, under[heading.topic], full, links) for heading in used)
    return Contents(sections, tuple(developments), tuple(corrections))


def head(contents: Contents) -> str:
    """What a letter's subject begins with: the lead's headline, else a correction's, cut at a word to 60 characters."""
    first = (*contents.told, *contents.corrections)[:1]
    return cut(first[0].headline, SUBJECT) if first else ""


def preheader(contents: Contents) -> str:
    """What an inbox shows after the subject: the next headlines; the lead's first sentence when it is alone."""
    if not contents.told:
        return ""
    following = [content.headline for content in contents.told[1:3]]
    return cut(" · ".join(following) or leading_sentences(contents.told[0].excerpt), PREHEADER)


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut at a word with an ellipsis; in the middle only where no word ends."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[:limit]
    at = head.rfind(" ")
    return (head[:at] if at > limit // 2 else head[:-1]).rstrip(" ,;:.–—-") + "…"


def leading_sentences(text: str, language: str = "", most: int = EXCERPT_WORDS) -> str:
    """The leading whole sentences of an excerpt in at most so many words, verbatim; the first one always."""
    kept, count = "", 0
    for sentence in sentences(text, language):
        count += words(sentence)
        if kept and count > most:
            break
        kept += sentence
    return kept.rstrip()


def _within(under: Mapping[int, list[ItemContent]], told: int, listed: int) -> tuple[set[int], set[int]]:
    """The story numbers told and listed: each section's best first, so that no topic falls silent, then by rank."""
    first = [stories[0] for stories in under.values()]
    rest = [content for stories in under.values() for content in stories[1:]]
    ranked = sorted(first, key=rank, reverse=True) + sorted(rest, key=rank, reverse=True)
    numbers = [content.story for content in ranked]
    return set(numbers[:told]), set(numbers[told : told + listed])


def _section(heading: Heading, stories: list[ItemContent], full: set[int], links: set[int]) -> Section:
    told = tuple(content for content in stories if content.story in full)
    listed = tuple(content for content in stories if content.story in links)
    return Section(heading, told, listed, len(stories) - len(told) - len(listed))
