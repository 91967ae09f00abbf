"""What rules look at: the articles of stories as documents, and the standing topics as one book of rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from corante.core.matching import Document, RuleBook
from corante.core.rules import Rule, RuleError, parse
from corante.models import Article, Topic

READ: Final = 20_000  # characters of a text that rules look at


def documents(stories: Iterable[int]) -> dict[int, list[Document]]:
    """Story -> its articles as documents, in order."""
    found: dict[int, list[Document]] = defaultdict(list)
    rows = Article.objects.filter(story__in=list(stories), outlet__removed_at=None, withdrawn_at=None)
    for row in rows.select_related("outlet", "body").defer("signals", "provenance", "body__feed_html").order_by("id"):
        assert row.story_id is not None
        found[row.story_id].append(document(row))
    return found


def document(row: Article) -> Document:
    """One article as a document; select its outlet and body with it."""
    body = getattr(row, "body", None)
    text = f"{row.excerpt or row.summary}\n\n{(body.text if body else '')[:READ]}"
    outlet = f"{row.outlet.name} {row.outlet.slug}"
    return Document(row.title, text, outlet, row.language or row.outlet.language)


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
