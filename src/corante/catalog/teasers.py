"""A story as it stands in a list: headline, excerpt, who told it and when; and the coverage line.

Rule: built with `.values()` and at most two queries for a whole list, so that a page costs the same however large
the archive is (tests read the query plans). The order of a list is the caller's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from corante.core.composing import leading_sentences
from corante.core.paths import story as story_path
from corante.models import Article, Story

BRIEF_WORDS = 40
LINE = range(4, 101)  # where dots of the coverage line may stand, in its own units


@dataclass(frozen=True)
class Coverage:
    """When each outlet told it: dots on a line from the first account to the last."""

    outlets: int
    first_at: datetime
    last_at: datetime
    dots: tuple[int, ...]  # the first account's dot is not among them: it stands at LINE's beginning


@dataclass(frozen=True)
class Teaser:
    """One story in a list. `headline`, `excerpt`, `outlet` and `author` are outlets' words: plain text, never HTML."""

    number: int
    headline: str
    excerpt: str
    url: str
    language: str
    outlet: str
    outlet_slug: str
    lead_outlet: int
    author: str
    told_at: datetime  # the lead's own time
    first_at: datetime
    last_at: datetime
    outlets: int  # independent ones
    accounts: int
    coverage: Coverage | None
    tellers: tuple[tuple[str, str], ...]  # slug and name of every outlet here, first teller first

    @property
    def path(self) -> str:
        """Its own page."""
        return story_path(self.number)

    @property
    def brief(self) -> str:
        """The leading whole sentences of the excerpt, up to about 40 words; at least one."""
        return leading_sentences(self.excerpt, self.language, BRIEF_WORDS)


FIELDS = (
    "pk",
    "headline",
    "excerpt",
    "language",
    "first_at",
    "last_at",
    "outlets",
    "lead__title",
    "lead__excerpt",
    "lead__url",
    "lead__author",
    "lead__language",
    "lead__published_at",
    "lead__outlet_id",
    "lead__outlet__name",
    "lead__outlet__slug",
)


def teasers(numbers: Sequence[int]) -> list[Teaser]:
    """These stories in this order. Whoever asks has made sure that they are public."""
    rows = {row["pk"]: row for row in Story.objects.filter(pk__in=numbers).values(*FIELDS)}
    accounts = accounts_of(numbers)
    return [_teaser(rows[n], accounts[n]) for n in numbers if n in rows and rows[n]["lead__url"]]


def accounts_of(numbers: Sequence[int]) -> Mapping[int, list[tuple[datetime, str, str]]]:
    """(time, outlet's slug, its name) of every article of these stories, in time order; none of removed outlets.

    The time is the outlet's own, but never later than we saw the piece.
    """
    found = Article.objects.filter(story__in=numbers, outlet__removed_at__isnull=True)
    told = defaultdict(list)
    for number, own, seen, slug, name in found.values_list(
        "story_id", "published_at", "seen_at", "outlet__slug", "outlet__name"
    ):
        told[number].append((min(own, seen), slug, name))
    for of_one in told.values():
        of_one.sort()
    return told


def coverage(told: Iterable[tuple[datetime, str, str]]) -> Coverage | None:
    """The coverage line of accounts in time order; None if fewer than two outlets told it."""
    first: dict[str, datetime] = {}
    for at, slug, _ in told:
        first.setdefault(slug, at)
    if len(first) < 2:
        return None
    times = list(first.values())
    span = (times[-1] - times[0]).total_seconds() or 1.0
    places = {LINE[0] + round((len(LINE) - 1) * (at - times[0]).total_seconds() / span) for at in times[1:]}
    return Coverage(len(first), times[0], times[-1], tuple(sorted(places)))


def link(url: str, otherwise: str) -> str:
    """An outlet's address if it is one a reader may be sent to (http or https), else our own page."""
    return url if url.startswith(("https://", "http://")) else otherwise


def _teaser(row: Mapping[str, Any], told: list[tuple[datetime, str, str]]) -> Teaser:
    return Teaser(
        number=row["pk"],
        headline=row["headline"] or row["lead__title"],
        excerpt=row["excerpt"] or row["lead__excerpt"],
        url=link(row["lead__url"], story_path(row["pk"])),
        language=row["lead__language"] or row["language"],
        outlet=row["lead__outlet__name"],
        outlet_slug=row["lead__outlet__slug"],
        lead_outlet=row["lead__outlet_id"],
        author=row["lead__author"],
        told_at=row["lead__published_at"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        outlets=row["outlets"],
        accounts=len(told),
        coverage=coverage(told),
        tellers=tuple(dict.fromkeys((slug, name) for _, slug, name in told)),
    )
