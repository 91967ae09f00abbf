"""One story as the desk shows it: every article with why it is here, what was written over, and all that was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from corante.models import Article, Change, Filing, Item, Join, Pin, Story, Topic

from .activity import Done, history
from .queue import Row, row


@dataclass(frozen=True)
class Account:
    """One outlet's piece in a story."""

    id: int
    outlet: str
    outlet_id: int
    title: str
    url: str
    excerpt: str
    author: str
    language: str
    published_at: datetime
    seen_at: datetime
    lead: bool
    kind: str
    reason: str
    terms: tuple[str, ...]
    copy_of: str
    copy_share: int  # percent
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Place:
    """A topic of a story, standing or withdrawn."""

    topic: int
    name: str
    clause: str
    by: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Telling:
    """A story's page."""

    row: Row
    headline: str  # the editor's, empty if none
    excerpt: str
    original_headline: str
    original_excerpt: str
    accounts: tuple[Account, ...]
    places: tuple[Place, ...]
    elsewhere: tuple[tuple[int, str], ...]  # topics it could be filed under
    pins: tuple[tuple[int, str, datetime], ...]
    merged_into: int | None
    acts: tuple[Done, ...]


@dataclass(frozen=True)
class Carried:
    """An edition that told the story."""

    id: int
    digest: str
    date: date


def carried_by(story: int) -> list[Carried]:
    """The editions that told a story, the newest first."""
    rows = Item.objects.filter(story=story, kind="story").exclude(edition__state="folded")
    found = rows.values_list("edition_id", "digest__name", "edition__date").distinct().order_by("-edition_id")
    return [Carried(*row) for row in found]


def telling(number: int) -> Telling | None:
    """All of one story, or None."""
    story = Story.objects.select_related("lead").filter(pk=number).first()
    at = row(number)
    if story is None or at is None:
        return None
    places = _places(number)
    standing = {place.topic for place in places if place.withdrawn_at is None}
    topics = Topic.objects.filter(retired_at__isnull=True).exclude(pk__in=standing)
    pins = Pin.objects.filter(story=number, ended_at__isnull=True).select_related("topic")
    return Telling(
        row=at,
        headline=story.headline,
        excerpt=story.excerpt,
        original_headline=story.lead.title if story.lead else "",
        original_excerpt=story.lead.excerpt if story.lead else "",
        accounts=_accounts(story),
        places=places,
        elsewhere=tuple(topics.values_list("pk", "name")),
        pins=tuple((pin.pk, pin.topic.name if pin.topic else "the front", pin.expires_at) for pin in pins),
        merged_into=story.merged_into_id,
        acts=tuple(history("story", number)),
    )


def changed_since(number: int, version: int) -> list[Done]:
    """What was done to a story lately: what a stale form must be shown. The newest first."""
    story = Story.objects.filter(pk=number).first()
    behind = max(1, story.version - version) if story else 1
    return history("story", number)[: min(behind, 10)]


def _accounts(story: Story) -> tuple[Account, ...]:
    listed = list(
        Article.objects.filter(story=story).select_related("outlet", "copy_of__outlet").order_by("published_at", "id")
    )
    joins = {join.article_id: join for join in Join.objects.filter(story=story)}
    changes: dict[int, list[Change]] = {}
    for change in Change.objects.filter(article__in=listed).order_by("at"):
        changes.setdefault(change.article_id, []).append(change)
    return tuple(_account(a, story, joins.get(a.pk), tuple(changes.get(a.pk, ()))) for a in listed)


def _account(article: Article, story: Story, join: Join | None, changes: tuple[Change, ...]) -> Account:
    return Account(
        id=article.pk,
        outlet=article.outlet.name,
        outlet_id=article.outlet_id,
        title=article.title,
        url=article.url,
        excerpt=article.excerpt,
        author=article.author,
        language=article.language,
        published_at=article.published_at,
        seen_at=article.seen_at,
        lead=article.pk == story.lead_id,
        kind=join.kind if join else "",
        reason=join.reason if join else "",
        terms=tuple(_words(join.terms)) if join else (),
        copy_of=article.copy_of.outlet.name if article.copy_of else "",
        copy_share=round(100 * article.copy_share),
        changes=changes,
    )


def _words(terms: Any) -> list[str]:
    return [str(pair[0]) for pair in terms if isinstance(pair, list) and pair][:6]


def _places(number: int) -> tuple[Place, ...]:
    found = Filing.objects.filter(story=number, topic__retired_at__isnull=True).select_related("topic", "by")
    return tuple(
        Place(
            topic=filing.topic_id,
            name=filing.topic.name,
            clause=filing.clause,
            by=filing.by.get_username() if filing.by else "",
            at=filing.at,
            withdrawn_at=filing.withdrawn_at,
        )
        for filing in found.order_by("topic__position", "topic_id")
    )
