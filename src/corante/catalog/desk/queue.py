"""The queue of stories, newest first, and the row every list of the desk shows.

Rule: a page of the queue is the same number of queries whether it holds one story or forty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from corante.catalog.visibility import hidden, public_stories, standing_filings
from corante.models import Article, Filing, Hiding, Join, Pin, Proposal, Story

from .coverage import Dot, dots

VIEWS = {"new": "New", "held": "Held", "hidden": "Hidden", "merges": "Proposed merges"}
PAGE = 40
MANY = 1000
"""Counts beside a view stop here: an editor acts the same on 1,000 and on 5,000."""


@dataclass(frozen=True)
class Ask:
    """What an editor wants to see."""

    view: str = "new"
    topic: int | None = None
    outlet: int | None = None
    words: str = ""
    before: int | None = None  # a story's number: go on with what is older than it


@dataclass(frozen=True)
class Filed:
    """A topic a story stands under, and why."""

    topic: int
    name: str
    clause: str
    by_hand: bool


@dataclass(frozen=True)
class Row:
    """A story in a list."""

    id: int
    version: int
    headline: str
    edited: bool
    language: str
    outlet: str
    owner_count: int
    articles: int
    first_at: datetime
    last_at: datetime
    dots: tuple[Dot, ...]
    names: tuple[str, ...]
    topics: tuple[Filed, ...]
    why: str
    standing: str  # public, held, hidden, unfiled, merged or loose
    pinned_until: datetime | None

    @property
    def held(self) -> bool:
        """It waits for an editor."""
        return self.standing == "held"

    @property
    def hidden(self) -> bool:
        """An editor took it from view."""
        return self.standing == "hidden"


def queue(ask: Ask) -> tuple[list[Row], int | None]:
    """One page of stories and the number to go on from, None at the end."""
    found = _wanted(ask)
    if ask.before is not None:
        last = Story.objects.filter(pk=ask.before).values_list("last_at", flat=True).first()
        if last is not None:
            found = found.filter(Q(last_at__lt=last) | Q(last_at=last, pk__lt=ask.before))
    stories = list(found.select_related("lead__outlet").order_by("-last_at", "-id")[: PAGE + 1])
    more = stories[PAGE - 1].pk if len(stories) > PAGE else None
    return rows(stories[:PAGE]), more


def counts() -> dict[str, int]:
    """How many wait in each view, up to MANY."""
    held, hidden = _wanted(Ask("held")), _wanted(Ask("hidden"))
    return {
        "held": held[:MANY].count(),
        "hidden": hidden[:MANY].count(),
        "merges": proposals()[:MANY].count(),
    }


def proposals() -> QuerySet[Proposal]:
    """Merges the machine proposes and nobody answered, the surest first."""
    open_ = Proposal.objects.filter(
        answered_at__isnull=True, story__merged_into__isnull=True, other__merged_into__isnull=True
    )
    return open_.order_by("-score", "id")


def row(story: int) -> Row | None:
    """One story as a row, or None."""
    found = rows(Story.objects.filter(pk=story).select_related("lead__outlet"))
    return found[0] if found else None


def rows(stories: Iterable[Story]) -> list[Row]:
    """These stories as rows, in their order."""
    listed = list(stories)
    facts = _Facts([story.pk for story in listed])
    return [_row(story, facts) for story in listed]


def _wanted(ask: Ask) -> QuerySet[Story]:
    found = Story.objects.filter(merged_into__isnull=True)
    taken = hidden("pk")
    if ask.view == "hidden":
        found = found.filter(taken)
    elif not ask.words:
        found = found.filter(~taken)
    if ask.view == "held":
        found = found.filter(held=True, approved_at__isnull=True)
    if ask.topic is not None:
        found = found.filter(Exists(standing_filings().filter(story=OuterRef("pk"), topic=ask.topic)))
    if ask.outlet is not None:
        found = found.filter(Exists(Article.objects.filter(story=OuterRef("pk"), outlet=ask.outlet)))
    for word in ask.words.split()[:8]:
        found = found.filter(_says(word))
    return found


def _says(word: str) -> Q:
    number = word.removeprefix("#")
    said = Q(headline__icontains=word) | Q(Exists(Article.objects.filter(story=OuterRef("pk"), title__icontains=word)))
    return said | Q(pk=int(number)) if number.isascii() and number.isdecimal() and len(number) < 18 else said


class _Facts:
    """All that the rows of one page need beside the stories themselves."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.told: dict[int, dict[str, datetime]] = defaultdict(dict)
        told = Article.objects.filter(story__in=ids).order_by("seen_at", "id")
        for story, name, at in told.values_list("story_id", "outlet__name", "published_at"):
            self.told[story or 0].setdefault(name, at)
        self.filed: dict[int, list[Filed]] = defaultdict(list)
        for filing in filings_of(ids):
            self.filed[filing.story_id].append(
                Filed(filing.topic_id, filing.topic.name, filing.clause, filing.by_id is not None)
            )
        self.public = set(public_stories().filter(pk__in=ids).values_list("pk", flat=True))
        self.hidden = set(
            Hiding.objects.filter(story__in=ids, ended_at__isnull=True).values_list("story_id", flat=True)
        )
        pins = Pin.objects.filter(story__in=ids, ended_at__isnull=True).order_by("expires_at")
        self.pinned = dict(pins.values_list("story_id", "expires_at"))
        joins = Join.objects.filter(story__in=ids).exclude(kind="opened").order_by("at", "id")
        self.why = dict(joins.values_list("story_id", "reason"))


def filings_of(ids: Sequence[int]) -> QuerySet[Filing]:
    """Where these stories stand."""
    return standing_filings().filter(story__in=ids).select_related("topic").order_by("topic__position", "topic_id")


def _row(story: Story, facts: _Facts) -> Row:
    told = facts.told[story.pk]
    lead = story.lead
    return Row(
        id=story.pk,
        version=story.version,
        headline=story.headline or (lead.title if lead else "(no article left)"),
        edited=bool(story.headline or story.excerpt),
        language=story.language or (lead.language if lead else ""),
        outlet=lead.outlet.name if lead else "",
        owner_count=story.outlets,
        articles=story.articles_count,
        first_at=story.first_at,
        last_at=story.last_at,
        dots=dots(list(told.values())),
        names=tuple(told),
        topics=tuple(facts.filed[story.pk]),
        why=facts.why.get(story.pk, ""),
        standing=_standing(story, facts),
        pinned_until=facts.pinned.get(story.pk),
    )


def _standing(story: Story, facts: _Facts) -> str:
    if story.merged_into_id is not None:
        return "merged"
    if story.pk in facts.hidden:
        return "hidden"
    if story.pk in facts.public:
        return "public"
    if story.held and story.approved_at is None:
        return "held"
    return "unfiled" if story.unfiled else "loose"
