"""A story's page: every outlet's account in the order they were told, and why they stand together.

Rule: whatever the machine or an editor decided about a story is said on its page, in words. An account's time is
the outlet's own, but never later than we saw it; a piece that stands elsewhere or was taken down is not named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from math import ceil
from typing import Any

from corante.core.composing import leading_sentences
from corante.core.paths import story as story_path
from corante.core.reasons import runs

from . import amendments
from .amendments import Amendment
from .frames import Head
from .teasers import Teaser, link, teasers
from .visibility import public_articles, public_stories, standing_filings

Row = Mapping[str, Any]
FIELDS = (
    "pk",
    "story_id",
    "story__lead_id",
    "story__lead_chosen",
    "title",
    "url",
    "language",
    "author",
    "published_at",
    "seen_at",
    "withdrawn_at",
    "free",
    "words",
    "copy_share",
    "copy_of__outlet__name",
    "copy_of__published_at",
    "outlet__name",
    "outlet__slug",
    "join__kind",
    "join__terms",
    "join__nearest",
)
LATE = timedelta(hours=24)
"""Seen so long after the outlet's own date, a piece says so."""
SHARED = 4
"""So many words are named as what most accounts share."""


@dataclass(frozen=True)
class Bond:
    """Why an account stands here: what it shares, and with which piece of this page (its outlet and title)."""

    kind: str  # joined, copy, editor
    shared: tuple[str, ...]
    outlet: str
    title: str
    language: str


@dataclass(frozen=True)
class Account:
    """One outlet's telling."""

    title: str
    url: str
    language: str
    outlet: str
    outlet_slug: str
    author: str
    told_at: datetime  # the outlet's own time, but never later than seen_at
    seen_at: datetime
    withdrawn: bool
    free: bool
    lead: bool
    copy_percent: int  # of its text that stands word for word in copy_of
    copy_of: str  # outlet
    bond: Bond | None  # None for the piece that began the story
    amendments: tuple[Amendment, ...]

    @property
    def seen_late(self) -> bool:
        """We came by it more than a day after its own date."""
        return self.seen_at - self.told_at > LATE


@dataclass(frozen=True)
class FiledUnder:
    """A topic the story stands under, and why."""

    name: str
    slug: str
    clause: str
    by_hand: bool


@dataclass(frozen=True)
class StoryPage:
    """One event, told by one or more outlets."""

    page: Head
    story: Teaser
    accounts: tuple[Account, ...]
    lead: Account | None
    lead_because: str  # chosen, longest, early, first, only, or empty
    filed: tuple[FiledUnder, ...]
    shared: tuple[str, ...]  # words that weigh most in what brought the accounts together
    edited: tuple[Amendment, ...]  # what our editors changed: kind is headline or excerpt


def story_pages(numbers: Sequence[int]) -> dict[int, StoryPage]:
    """The pages of those of these stories that are public, by number; six queries for all of them."""
    public = list(public_stories().filter(pk__in=numbers).order_by("pk").values_list("pk", flat=True))
    stories = {one.number: one for one in teasers(public)}
    rows = _by_story(public_articles().filter(story__in=stories).values(*FIELDS))
    changes = amendments.of_articles(row["pk"] for of_one in rows.values() for row in of_one)
    filed, edited = _filed(stories), amendments.of_stories(stories)
    return {
        number: _page(story, rows[number], changes, filed[number], edited[number]) for number, story in stories.items()
    }


def _page(
    story: Teaser,
    rows: list[Row],
    changes: Mapping[int, list[Amendment]],
    filed: list[FiledUnder],
    edited: list[Amendment],
) -> StoryPage:
    here = {row["pk"]: row for row in rows}
    accounts = tuple(_account(row, here, changes[row["pk"]]) for row in rows)
    return StoryPage(
        Head(story_path(story.number), story.headline, leading_sentences(story.excerpt, story.language, 30)),
        story,
        accounts,
        next((one for one in accounts if one.lead), None),
        _lead_because(rows),
        tuple(filed),
        _most_shared(rows),
        tuple(edited),
    )


def _by_story(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["story_id"]].append(row)
    for of_one in found.values():
        of_one.sort(key=lambda row: (_told_at(row), row["pk"]))
    return found


def _told_at(row: Row) -> datetime:
    told: datetime = min(row["published_at"], row["seen_at"])
    return told


def _copied(row: Row) -> bool:
    """It has another's text, and the other was not told later: a first import may read the copy before the original."""
    return bool(row["copy_of__outlet__name"]) and row["copy_of__published_at"] <= _told_at(row)


def _account(row: Row, here: Mapping[int, Row], changes: list[Amendment]) -> Account:
    return Account(
        title=row["title"],
        url=link(row["url"], ""),
        language=row["language"],
        outlet=row["outlet__name"],
        outlet_slug=row["outlet__slug"],
        author=row["author"],
        told_at=_told_at(row),
        seen_at=row["seen_at"],
        withdrawn=row["withdrawn_at"] is not None,
        free=row["free"],
        lead=row["pk"] == row["story__lead_id"],
        copy_percent=round(100 * row["copy_share"]) if _copied(row) else 0,
        copy_of=row["copy_of__outlet__name"] if _copied(row) else "",
        bond=_bond(row, here),
        amendments=tuple(changes),
    )


def _bond(row: Row, here: Mapping[int, Row]) -> Bond | None:
    if row["join__kind"] not in ("joined", "copy", "editor"):
        return None
    shared = tuple(runs([term for term, _ in row["join__terms"] or ()], row["title"]))
    like = here.get(row["join__nearest"], {})
    return Bond(
        row["join__kind"], shared, like.get("outlet__name", ""), like.get("title", ""), like.get("language", "")
    )


def _most_shared(rows: Iterable[Row]) -> tuple[str, ...]:
    """The words that weigh most over all joins, the heaviest first, as they were first written."""
    weight: Counter[str] = Counter()
    written: dict[str, str] = {}
    for row in rows:
        for term, share in row["join__terms"] or ():
            weight[term.casefold()] += share
            written.setdefault(term.casefold(), term)
    return tuple(written[term] for term, _ in weight.most_common(SHARED))


def _lead_because(rows: Sequence[Row]) -> str:
    """Why the lead leads, as far as the rows show it; they come in the order of time."""
    if len(rows) < 2:
        return "only"
    lead = rows[0]["story__lead_id"]
    own = [row for row in rows if not _copied(row)]
    early = [row for row in islice(rows, ceil(len(rows) / 4)) if not _copied(row)]
    if rows[0]["story__lead_chosen"]:
        return "chosen"
    if _longest(own) == lead:
        return "longest"
    if len(early) > 1 and _longest(early) == lead:
        return "early"
    return "first" if own and own[0]["pk"] == lead else ""


def _longest(rows: Sequence[Row]) -> int | None:
    found = max(rows, key=lambda row: row["words"], default=None)
    return found["pk"] if found and found["words"] else None


def _filed(stories: Iterable[int]) -> Mapping[int, list[FiledUnder]]:
    found: dict[int, list[FiledUnder]] = defaultdict(list)
    rows = standing_filings().filter(story__in=list(stories)).order_by("topic__position", "topic_id")
    for number, name, slug, clause, by in rows.values_list("story_id", "topic__name", "topic__slug", "clause", "by"):
        found[number].append(FiledUnder(name, slug, clause, by is not None))
    return found
