"""What a rule would have caught in the last days, with its words marked, before anyone saves it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from corante.core.matching import RuleBook, marks
from corante.core.rules import Rule, parse, text_of
from corante.models import Article

from .documents import document

SHOWN = 30
LOOKED_AT = 50_000

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
    looked_at: int


def preview(rule: str, now: datetime, days: int = 14, limit: int = SHOWN) -> Preview:
    """Try a rule on the articles told in the last `days`, newest first. Raises RuleError."""
    parsed = parse(rule)
    book = RuleBook({0: parsed})
    count: Counter[date] = Counter()
    hits: list[Hit] = []
    looked = 0
    for row in _articles(now - timedelta(days=days)):
        looked += 1
        clause = book.matches(document(row)).get(0)
        if clause is None:
            continue
        count[row.published_at.astimezone(settings.CORANTE.zone).date()] += 1
        if len(hits) < limit:
            hits.append(_hit(parsed, row, clause))
    return Preview(text_of(parsed), tuple(hits), count.total(), _days(count, now, days), looked)


def _articles(since: datetime) -> list[Article]:
    rows = Article.objects.filter(story__first_at__gte=since, story__merged_into=None, outlet__removed_at=None)
    rows = rows.select_related("outlet", "body").defer("signals", "provenance", "body__feed_html")
    return list(rows.order_by("-story__first_at", "-story__id", "-id")[:LOOKED_AT])


def _hit(rule: Rule, row: Article, clause: str) -> Hit:
    excerpt = row.excerpt or row.summary
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


def _days(count: Counter[date], now: datetime, days: int) -> tuple[tuple[date, int], ...]:
    today = now.astimezone(settings.CORANTE.zone).date()
    each = (today - timedelta(days=n) for n in range(days, -1, -1))
    return tuple((day, count[day]) for day in each)
