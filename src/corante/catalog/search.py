"""Search over public stories: FTS5 on SQLite, tsvector on PostgreSQL, one port.

Rule: the index is a helper: whatever it finds is asked again whether it is public. Kept in step by the topics room, in
the transaction that files. A search has a budget of words and of time: it ends with a sentence, never with the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from corante.core.rules import Everything, Near, Phrase, Rule, RuleError, leaves, parse
from corante.core.tokens import words
from corante.models import Article, Story

from . import weighing
from .querying import apart, fts5, line, tags, tsquery, tsvector
from .spending import TooLong, within
from .visibility import public_stories

__all__ = ["Found", "TooLong", "drop", "find", "keep", "put", "rebuild"]

NEWEST: Final = 2_000  # hits that "best match" weighs
COLUMNS: Final = ("headline", "excerpt", "outlets", "language")
LONGEST: Final = 200  # characters of a reader's query
MOST_WORDS: Final = 20
MOST_BEGINNINGS: Final = 4
WITHIN_S: Final = 2.0

Entry = tuple[int, Sequence[Sequence[str]]]
"""A story's number and the words of its four columns."""
Asked = tuple[str, list[int | str]]


@dataclass(frozen=True)
class Found:
    """Story numbers in order; `older` asks for the next page (None: no more)."""

    stories: tuple[int, ...]
    older: int | None


def keep(stories: Sequence[int]) -> None:
    """Put these stories into the index as they are now."""
    drop(stories)
    put(_entries(stories))


def drop(stories: Sequence[int]) -> None:
    """Take these stories out of the index."""
    if not stories:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DELETE FROM corante_search WHERE story = ANY(%s)", [list(stories)])
        else:
            cursor.executemany("DELETE FROM corante_search WHERE rowid = %s", [(one,) for one in stories])


def put(entries: Sequence[Entry]) -> None:
    """Write entries of stories that have none."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            rows = [(story, tsvector(columns)) for story, columns in entries]
            cursor.executemany("INSERT INTO corante_search (story, words) VALUES (%s, %s::tsvector)", rows)
        else:
            lines = [[str(story), *map(line, columns)] for story, columns in entries]
            cursor.executemany(
                "INSERT INTO corante_search (rowid, headline, excerpt, outlets, language) VALUES (%s, %s, %s, %s, %s)",
                lines,
            )


def find(
    query: str, limit: int = 30, before: int | None = None, best: bool = False, within_s: float = WITHIN_S
) -> Found:
    """Public stories that match, newest first (those with numbers below `before`), or the best of the newest 2,000.

    Raises RuleError when the query can't be understood or asks for too much, TooLong after `within_s` seconds.
    """
    rule = _asked(query)
    with within(within_s):
        hits = _hits(rule, NEWEST if best else limit + 1, before, best, limit + 1)
    shown = set(public_stories().filter(pk__in=hits[: limit + 1]).values_list("pk", flat=True))
    older = None if best or len(hits) <= limit else hits[limit - 1]
    return Found(tuple(hit for hit in hits[:limit] if hit in shown), older)


def rebuild() -> int:
    """Make the index anew from what is public; returns how many stories it holds."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM corante_search")
        ids = list(public_stories().order_by("id").values_list("pk", flat=True))
        for start in range(0, len(ids), 500):
            put(_entries(ids[start : start + 500]))
    return len(ids)


def _asked(query: str) -> Rule:
    """The parsed query, within a reader's budget."""
    if len(query) > LONGEST:
        raise RuleError("a search has %(n)s characters at most", LONGEST, n=LONGEST)
    rule = parse(query)
    if isinstance(rule, Everything):
        raise RuleError("write a word to look for", 0)
    said = [leaf for leaf in leaves(rule) if isinstance(leaf, Phrase | Near)]
    if sum(len(leaf.words) for leaf in said) > MOST_WORDS * 3 or len(said) > MOST_WORDS:
        raise RuleError("a search has %(n)s words at most", 0, n=MOST_WORDS)
    if sum(isinstance(leaf, Phrase) and leaf.prefix for leaf in said) > MOST_BEGINNINGS:
        raise RuleError("a search has %(n)s words with a star at most", 0, n=MOST_BEGINNINGS)
    return rule


def _entries(stories: Sequence[int]) -> list[Entry]:
    told: dict[int, list[Article]] = {number: [] for number in stories}
    listed = Article.objects.filter(story__in=stories).select_related("outlet").order_by("id")
    for row in listed.defer("signals", "provenance", "page_title"):
        if row.story_id is not None:
            told[row.story_id].append(row)
    rows = Story.objects.filter(pk__in=stories).select_related("lead").order_by("id")
    return [(story.pk, _columns(story, told[story.pk])) for story in rows]


def _columns(story: Story, articles: Iterable[Article]) -> list[list[str]]:
    lead = story.lead
    titles = dict.fromkeys([story.headline, *([lead.title] if lead else []), *(a.title for a in articles)])
    excerpt = story.excerpt or (lead.excerpt or lead.summary if lead else "")
    names = dict.fromkeys(f"{a.outlet.name} {a.outlet.slug}" for a in articles)
    spoken = {tag for a in articles for tag in tags(a.language or a.outlet.language)}
    return [apart(list(map(words, titles))), words(excerpt), apart(list(map(words, names))), sorted(spoken)]


def _hits(rule: Rule, weighed: int, before: int | None, best: bool, limit: int) -> list[int]:
    if connection.vendor == "postgresql":
        return [row[0] for row in _rows(_postgres(rule, weighed, before, best, limit))]
    if best:
        return weighing.best(rule, _rows(_sqlite(rule, weighed, before)), limit)
    return [row[0] for row in _rows(_newest(rule, weighed, before))]


def _rows(asked: Asked) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        return list(cursor.fetchall())


def _newest(rule: Rule, weighed: int, before: int | None) -> Asked:
    bound = "AND rowid < %s" if before else ""
    values: list[int | str] = [fts5(rule, COLUMNS), *([before] if before else []), weighed]
    sql = f"SELECT rowid FROM corante_search WHERE corante_search MATCH %s {bound} ORDER BY rowid DESC LIMIT %s"  # noqa: S608 - our own words
    return sql, values


def _sqlite(rule: Rule, weighed: int, before: int | None) -> Asked:
    """Newest hits with the words they are weighed by."""
    sql, values = _newest(rule, weighed, before)
    return f"SELECT rowid, headline, excerpt FROM corante_search WHERE rowid IN ({sql})", values  # noqa: S608 - our own words


def _postgres(rule: Rule, weighed: int, before: int | None, best: bool, limit: int) -> Asked:
    bound = "AND story < %s" if before else ""
    values: list[int | str] = [tsquery(rule), *([before] if before else []), weighed]
    newest = f"SELECT story, words FROM corante_search WHERE words @@ %s::tsquery {bound} ORDER BY story DESC LIMIT %s"  # noqa: S608 - our own words
    if not best:
        return f"SELECT story FROM ({newest}) hits", values  # noqa: S608 - as above
    ranked = f"SELECT story FROM ({newest}) hits ORDER BY ts_rank('{{0,0.2,0.2,1}}', words, %s::tsquery) DESC, story DESC LIMIT %s"  # noqa: S608 - as above
    return ranked, [*values, values[0], limit]
