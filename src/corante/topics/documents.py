"""What rules look at: the articles of stories as documents, and the standing topics as one book of rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zlib import crc32

from django.db.models import QuerySet

from corante.catalog import recent
from corante.core.matching import Document, RuleBook
from corante.core.rules import Rule, RuleError, parse
from corante.models import Article, Topic

READ: Final = 20_000  # characters of a text that rules look at


@dataclass(frozen=True)
class Told:
    """An article as rules see it."""

    article: int
    at: datetime
    document: Document

    @property
    def words(self) -> recent.Words:
        """As the index for previews holds it."""
        doc = self.document
        said = "\0".join((doc.title, doc.text, doc.outlet, doc.language)).encode("utf-8", "replace")
        mark = f"{crc32(said):08x}"
        return recent.Words(self.article, mark, doc.headline.words, doc.told, doc.publisher.words, doc.language)


def documents(stories: Iterable[int]) -> dict[int, list[Told]]:
    """Story -> its articles, in order; none that was taken back or whose outlet was taken down."""
    found: dict[int, list[Told]] = defaultdict(list)
    for row in articles().filter(story__in=list(stories)).order_by("id"):
        assert row.story_id is not None
        found[row.story_id].append(told(row))
    return found


def articles() -> QuerySet[Article]:
    """Articles that stand in stories, with what a document is made of."""
    rows = Article.objects.filter(outlet__removed_at=None, withdrawn_at=None, story__isnull=False)
    return rows.select_related("outlet", "body").defer("signals", "provenance", "body__feed_html")


def told(row: Article) -> Told:
    """One article as a document; its outlet and body come with it."""
    body = getattr(row, "body", None)
    text = f"{row.excerpt or row.summary}\n\n{(body.text if body else '')[:READ]}"
    outlet = f"{row.outlet.name} {row.outlet.slug}"
    document = Document(row.title, text, outlet, row.language or row.outlet.language)
    return Told(row.pk, row.published_at, document)


def remember(pieces: Sequence[Told], now: datetime) -> None:
    """Hold the new ones of these for previews."""
    words = [one.words for one in pieces if one.at >= now - recent.KEPT]
    held = recent.known([one.article for one in words])
    fresh = [one for one in words if held.get(one.article) != one.mark]
    recent.put(fresh, [one.article for one in fresh if one.article in held])


_book: tuple[tuple[tuple[int, str], ...], RuleBook] | None = None


def standing_rules() -> RuleBook:
    """The rules of all standing topics, compiled once for as long as they stay the same."""
    global _book
    rows = tuple(Topic.objects.filter(retired_at=None).order_by("id").values_list("id", "rule"))
    if _book is None or _book[0] != rows:
        _book = (rows, RuleBook({topic: rule for topic, text in rows if (rule := _parsed(text))}))
    return _book[1]


def _parsed(text: str) -> Rule | None:
    """A rule that no longer parses matches nothing; the desk shows what is wrong with it."""
    try:
        return parse(text)
    except RuleError:
        return None
