"""The words of the newest articles, kept so that a rule can be tried on two weeks of them while an editor types.

Rule: an index of the same words rules are matched with (core.tokens), asked in the same language (querying), so that it
finds exactly what core.matching would: tests compare them. It is a helper: written by the topics room in the
transaction that files, thinned and filled up by housekeeping, and never asked what is public.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from corante.core.rules import And, Everything, Not, Or, Rule, RuleError

from .querying import fts5, line, near_is_loose, tags, tsquery, tsvector

KEPT: Final = timedelta(days=15)  # a preview shows fourteen
COLUMNS: Final = ("title", "text", "outlet", "language")


@dataclass(frozen=True)
class Words:
    """An article as the index holds it; `mark` changes when its words do."""

    article: int
    mark: str
    title: Sequence[str]
    text: Sequence[str]
    outlet: Sequence[str]
    language: str

    @property
    def columns(self) -> tuple[Sequence[str], ...]:
        """In the order of COLUMNS."""
        return self.title, self.text, self.outlet, tags(self.language)


def known(articles: Sequence[int]) -> dict[int, str]:
    """Article -> the mark it is held with."""
    if not articles:
        return {}
    key = "article" if connection.vendor == "postgresql" else "rowid"
    found: dict[int, str] = {}
    with connection.cursor() as cursor:
        for one in (articles[n : n + 500] for n in range(0, len(articles), 500)):
            marks = ", ".join(["%s"] * len(one))
            cursor.execute(f"SELECT {key}, mark FROM corante_recent WHERE {key} IN ({marks})", one)  # noqa: S608 - our own names
            found.update(cursor.fetchall())
    return found


def put(rows: Sequence[Words], stale: Iterable[int] = ()) -> None:
    """Hold these articles; `stale` are those among them that were held with other words."""
    drop(list(stale))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            values = [(row.article, row.mark, tsvector(row.columns)) for row in rows]
            cursor.executemany(
                "INSERT INTO corante_recent (article, mark, words) VALUES (%s, %s, %s::tsvector) "
                "ON CONFLICT (article) DO UPDATE SET mark = excluded.mark, words = excluded.words",
                values,
            )
        else:
            lines: list[list[int | str]] = [[row.article, row.mark, *map(line, row.columns)] for row in rows]
            cursor.executemany(
                "INSERT INTO corante_recent (rowid, mark, title, text, outlet, language) VALUES (%s, %s, %s, %s, %s, %s)",
                lines,
            )


def drop(articles: Sequence[int]) -> None:
    """Hold these no more."""
    key = "article" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM corante_recent WHERE {key} = %s", [(one,) for one in articles])  # noqa: S608 - our own names


def oldest() -> int | None:
    """The lowest number of an article held."""
    return next(iter(lowest(1)), None)


def lowest(count: int) -> list[int]:
    """The lowest numbers of articles held, in order; some of them may be gone."""
    with connection.cursor() as cursor:
        key = "article" if connection.vendor == "postgresql" else "rowid"
        cursor.execute(f"SELECT {key} FROM corante_recent ORDER BY {key} LIMIT %s", [count])  # noqa: S608 - our own names
        return [number for (number,) in cursor.fetchall()]


def caught(rule: Rule) -> Q:
    """Articles held that match the rule, as a condition on Article; some more where the rule is not exact."""
    floor = oldest()
    return Q(pk__in=[]) if floor is None else _condition(rule, Q(pk__gte=floor))


def is_exact(rule: Rule) -> bool:
    """Does `caught` find nothing but matches? It never finds less."""
    return connection.vendor != "postgresql" or not near_is_loose(rule)


def _condition(rule: Rule, held: Q) -> Q:
    """One question to the index where it can be put so; else the parts, joined."""
    try:
        return Q(pk__in=_asked(rule))
    except RuleError:
        pass
    match rule:
        case Everything():
            return held
        case Not(part):
            return held & ~_condition(part, held) if is_exact(part) else held
        case And(parts):
            return _all([_condition(part, held) for part in parts])
        case Or(parts):
            return _any([_condition(part, held) for part in parts])
    raise TypeError(rule)


def _asked(rule: Rule) -> RawSQL:
    if connection.vendor == "postgresql":
        return RawSQL("SELECT article FROM corante_recent WHERE words @@ %s::tsquery", [tsquery(rule)])
    return RawSQL("SELECT rowid FROM corante_recent WHERE corante_recent MATCH %s", [fts5(rule, COLUMNS)])


def _all(parts: Iterable[Q]) -> Q:
    joined = Q()
    for part in parts:
        joined &= part
    return joined


def _any(parts: Iterable[Q]) -> Q:
    joined = Q()
    for part in parts:
        joined |= part
    return joined
