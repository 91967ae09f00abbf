"""A story's page: every outlet's account in the order we first saw them, and why they stand together.

Rule: whatever the machine or an editor decided about a story is said on its page, in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from corante.core.paths import story as story_path
from corante.models import Change, Join, Revision, Story

from .pages import Head
from .teasers import Teaser, leading, link, teasers
from .visibility import public_articles, public_stories, standing_filings

Row = Mapping[str, Any]
FIELDS = (
    "pk",
    "story_id",
    "story__lead_id",
    "title",
    "url",
    "language",
    "author",
    "seen_at",
    "free",
    "words",
    "copy_share",
    "copy_of__outlet__name",
    "outlet__name",
    "outlet__slug",
    "join__reason",
)


@dataclass(frozen=True)
class Amendment:
    """What an outlet changed later in its piece, and when we saw it."""

    kind: str  # headline, corrected, withdrawn
    before: str
    after: str
    at: datetime


@dataclass(frozen=True)
class Account:
    """One outlet's telling."""

    title: str
    url: str
    language: str
    outlet: str
    outlet_slug: str
    author: str
    seen_at: datetime
    free: bool
    lead: bool
    copy_percent: int  # of its text that stands word for word in copy_of
    copy_of: str  # outlet
    reason: str
    amendments: tuple[Amendment, ...]


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
    lead_because: str  # longest, first, only, or empty
    filed: tuple[FiledUnder, ...]
    grouped_by: tuple[str, ...]
    edited: tuple[Amendment, ...]  # what our editors changed: kind is headline or excerpt

    @property
    def corrections(self) -> tuple[tuple[Account, Amendment], ...]:
        """What outlets corrected or took back."""
        return tuple((a, c) for a in self.accounts for c in a.amendments if c.kind in ("corrected", "withdrawn"))


@dataclass(frozen=True)
class Standing:
    """What answers at a story's address: its page, the story it went into, or nothing any more."""

    public: bool
    moved_to: int | None = None


def standing(number: int) -> Standing:
    """Whether a story is public, was merged into a public one, or is gone."""
    if public_stories().filter(pk=number).exists():
        return Standing(public=True)
    seen, at = {number}, _merged_into(number)
    while at is not None and at not in seen:
        seen.add(at)
        if public_stories().filter(pk=at).exists():
            return Standing(public=False, moved_to=at)
        at = _merged_into(at)
    return Standing(public=False)


def story_pages(numbers: Sequence[int]) -> dict[int, StoryPage]:
    """The pages of those of these stories that are public, by number; seven queries for all of them."""
    public = list(public_stories().filter(pk__in=numbers).order_by("pk").values_list("pk", flat=True))
    stories = {one.number: one for one in teasers(public)}
    rows = _by_story(public_articles().filter(story__in=stories).order_by("seen_at", "pk").values(*FIELDS))
    amendments = _amendments(row["pk"] for of_one in rows.values() for row in of_one)
    filed, joined, edited = _filed(stories), _joined(stories), _revised(stories)
    return {
        number: _page(story, rows[number], amendments, filed[number], joined[number], edited[number])
        for number, story in stories.items()
    }


def _page(
    story: Teaser,
    rows: list[Row],
    amendments: Mapping[int, list[Amendment]],
    filed: list[FiledUnder],
    joined: list[str],
    edited: list[Amendment],
) -> StoryPage:
    accounts = tuple(_account(row, amendments[row["pk"]]) for row in rows)
    return StoryPage(
        Head(story_path(story.number), story.headline, leading(story.excerpt, story.language, 30)),
        story,
        accounts,
        next((one for one in accounts if one.lead), None),
        _lead_because(rows),
        tuple(filed),
        tuple(dict.fromkeys(reason for reason in joined if reason)),
        tuple(edited),
    )


def _merged_into(number: int) -> int | None:
    return Story.objects.filter(pk=number).values_list("merged_into", flat=True).first()


def _by_story(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["story_id"]].append(row)
    return found


def _account(row: Row, amendments: list[Amendment]) -> Account:
    return Account(
        title=row["title"],
        url=link(row["url"], ""),
        language=row["language"],
        outlet=row["outlet__name"],
        outlet_slug=row["outlet__slug"],
        author=row["author"],
        seen_at=row["seen_at"],
        free=row["free"],
        lead=row["pk"] == row["story__lead_id"],
        copy_percent=round(100 * row["copy_share"]) if row["copy_of__outlet__name"] else 0,
        copy_of=row["copy_of__outlet__name"] or "",
        reason=row["join__reason"] or "",
        amendments=tuple(amendments),
    )


def _lead_because(rows: Sequence[Row]) -> str:
    """Why the lead leads, as far as the rows show it."""
    own = [row for row in rows if not row["copy_of__outlet__name"]]
    if len(rows) < 2 or not own:
        return "only" if len(rows) == 1 else ""
    longest = max(own, key=lambda row: row["words"])
    if longest["words"] and longest["pk"] == longest["story__lead_id"]:
        return "longest"
    return "first" if own[0]["pk"] == own[0]["story__lead_id"] else ""


def _amendments(articles: Iterable[int]) -> Mapping[int, list[Amendment]]:
    found: dict[int, list[Amendment]] = defaultdict(list)
    rows = Change.objects.filter(article__in=list(articles)).exclude(kind="text").order_by("at", "pk")
    for article, kind, before, after, at in rows.values_list("article_id", "kind", "before", "after", "at"):
        found[article].append(Amendment(kind, before, after, at))
    return found


def _filed(stories: Iterable[int]) -> Mapping[int, list[FiledUnder]]:
    found: dict[int, list[FiledUnder]] = defaultdict(list)
    rows = standing_filings().filter(story__in=list(stories)).order_by("topic__position", "topic_id")
    for number, name, slug, clause, by in rows.values_list("story_id", "topic__name", "topic__slug", "clause", "by"):
        found[number].append(FiledUnder(name, slug, clause, by is not None))
    return found


def _joined(stories: Iterable[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Join.objects.filter(story__in=list(stories)).exclude(kind="opened").order_by("at", "pk")
    for number, reason in rows.values_list("story_id", "reason"):
        found[number].append(reason)
    return found


def _revised(stories: Iterable[int]) -> Mapping[int, list[Amendment]]:
    found: dict[int, list[Amendment]] = defaultdict(list)
    rows = Revision.objects.filter(story__in=list(stories)).order_by("at", "pk")
    for number, what, before, after, at in rows.values_list("story_id", "field", "before", "after", "at"):
        found[number].append(Amendment(what, before, after, at))
    return found
