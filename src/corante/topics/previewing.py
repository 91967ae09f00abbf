"""What a rule would have caught in the last days, with its words marked, before anyone saves it.

Rule: asked of the index of the newest articles (catalog.recent), so that it answers while one types, whatever the
archive holds; only the pieces that are shown are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Final

from django.conf import settings
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from corante.catalog import recent
from corante.core.matching import marks, matches
from corante.core.rules import Rule, parse, text_of
from corante.models import Article, Story

from .documents import READ, articles, told

SHOWN: Final = 30
AROUND: Final = 120  # characters before and after
VERIFIED: Final = 3_000  # pieces read where the index can only be asked roughly (near: of three words, on PostgreSQL)

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hit:
    """An article the rule catches; spans are (start, end) of marked words in title and excerpt."""

    article: int
    story: int | None
    outlet: str
    title: str
    title_marks: Spans
    excerpt: str
    excerpt_marks: Spans
    told_at: datetime
    clause: str


@dataclass(frozen=True)
class Preview:
    """A rule as understood, what it catches, and how many articles on each day (all days named, oldest first)."""

    rule: str
    hits: tuple[Hit, ...]
    total: int
    days: tuple[tuple[date, int], ...]
    looked_at: int  # stories told in these days


def preview(rule: str, now: datetime, days: int = 14, limit: int = SHOWN) -> Preview:
    """Try a rule on the articles told in the last `days`, newest first. Raises RuleError."""
    parsed = parse(rule)
    midnights = _midnights(now, days)
    found = _found(parsed, now - timedelta(days=days))
    counted = _a_day(found, midnights)
    newest = articles().filter(pk__in=list(found.order_by("-pk").values_list("pk", flat=True)[:limit]))
    hits = [hit for row in newest.order_by("-pk") if (hit := _hit(parsed, row))]
    looked_at = Story.objects.filter(first_at__gte=now - timedelta(days=days)).count()
    shown = tuple((at.date(), counted.get(n, 0)) for n, at in enumerate(midnights))
    return Preview(text_of(parsed), tuple(hits), sum(counted.values()), shown, looked_at)


def _found(rule: Rule, since: datetime) -> QuerySet[Article]:
    standing = Article.objects.filter(outlet__removed_at=None, withdrawn_at=None, story__merged_into=None)
    found = standing.filter(recent.caught(rule), story__isnull=False, published_at__gte=since)
    return found if recent.is_exact(rule) else standing.filter(pk__in=_verified(rule, found))


def _verified(rule: Rule, found: QuerySet[Article]) -> list[int]:
    rows = articles().filter(pk__in=list(found.order_by("-pk").values_list("pk", flat=True)[:VERIFIED]))
    return [row.pk for row in rows if matches(rule, told(row).document) is not None]


def _a_day(found: QuerySet[Article], midnights: list[datetime]) -> dict[int, int]:
    """How many fell between each midnight and the next, counted where the rows are."""
    later = [When(published_at__gte=at, then=Value(n)) for n, at in reversed(list(enumerate(midnights)))]
    day = Case(*later, default=Value(0), output_field=IntegerField())
    return dict(found.annotate(day=day).values("day").annotate(n=Count("pk")).order_by().values_list("day", "n"))


def _midnights(now: datetime, days: int) -> list[datetime]:
    """When each of the last days began, in the site's zone; today last."""
    zone = settings.CORANTE.zone
    today = now.astimezone(zone).date()
    return [datetime.combine(today - timedelta(days=n), clock_time(), zone) for n in range(days, -1, -1)]


def _around(rule: Rule, row: Article) -> str:
    """The excerpt; where the rule's words stand in neither headline nor excerpt, what stands around them in the text."""
    excerpt = row.excerpt or row.summary
    body = getattr(row, "body", None)
    if not body or marks(rule, row.title, title=True) or marks(rule, excerpt):
        return excerpt
    found = marks(rule, body.text[:READ])
    if not found:
        return excerpt
    start, end = max(0, found[0][0] - AROUND), found[0][1] + AROUND
    begin = body.text.find(" ", start) + 1 if start else 0
    return " ".join(f"{'… ' if begin else ''}{body.text[begin:end].rpartition(' ')[0]} …".split())


def _hit(rule: Rule, row: Article) -> Hit | None:
    clause = matches(rule, told(row).document)
    if clause is None:
        return None
    excerpt = _around(rule, row)
    return Hit(
        row.pk,
        row.story_id,
        row.outlet.name,
        row.title,
        tuple(marks(rule, row.title, title=True)),
        excerpt,
        tuple(marks(rule, excerpt)),
        row.published_at,
        clause,
    )
