"""Search over public stories: FTS5 on SQLite, tsvector on PostgreSQL, one port.

Rule: both hold our own words (core.tokens), so both find the same, in every script; a reader's text reaches either
only as quoted words of a parsed query (core.rules), never as its syntax. The index is a helper: whatever it finds is
asked again whether it is public. Kept in step by the topics room, in the transaction that files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from corante.core.rules import And, Everything, Near, Not, Or, Phrase, Rule, RuleError, parse
from corante.core.tokens import words
from corante.models import Article, Story

from .visibility import public_stories

NEWEST: Final = 2_000  # hits that "best match" weighs
COLUMNS: Final = ("headline", "excerpt", "outlets", "language")
_FIELD: Final = {"title": "headline", "outlet": "outlets", "lang": "language", "": ""}
_WEIGHT: Final = {"title": "A", "outlet": "C", "lang": "D", "": "ABC"}
LONGEST: Final = 200  # characters of a reader's query
DISTANCE: Final = 12


@dataclass(frozen=True)
class Found:
    """Story numbers in order; `older` asks for the next page (None: no more)."""

    stories: tuple[int, ...]
    older: int | None


def keep(stories: Sequence[int]) -> None:
    """Put these stories into the index as they are now."""
    drop(stories)
    _insert(_entries(stories))


def drop(stories: Sequence[int]) -> None:
    """Take these stories out of the index."""
    if not stories:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DELETE FROM corante_search WHERE story = ANY(%s)", [list(stories)])
        else:
            cursor.executemany("DELETE FROM corante_search WHERE rowid = %s", [(one,) for one in stories])


def find(query: str, limit: int = 30, before: int | None = None, best: bool = False) -> Found:
    """Public stories that match, newest first (those with numbers below `before`), or the best of the newest 2,000.

    Raises RuleError when the query can't be understood.
    """
    if len(query) > LONGEST:
        raise RuleError(f"a search has {LONGEST} characters at most", LONGEST)
    rule = parse(query)
    if isinstance(rule, Everything):
        raise RuleError("write a word to look for", 0)
    hits = _hits(rule, NEWEST if best else limit + 1, before, best)
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
            _insert(_entries(ids[start : start + 500]))
    return len(ids)


def _entries(stories: Sequence[int]) -> list[tuple[int, list[list[str]]]]:
    """(story, words of each column)."""
    told: dict[int, list[Article]] = {number: [] for number in stories}
    for row in Article.objects.filter(story__in=stories).select_related("outlet").order_by("id"):
        if row.story_id is not None:
            told[row.story_id].append(row)
    rows = Story.objects.filter(pk__in=stories).select_related("lead").order_by("id")
    return [(story.pk, _columns(story, told[story.pk])) for story in rows]


def _columns(story: Story, articles: Iterable[Article]) -> list[list[str]]:
    lead = story.lead
    titles = dict.fromkeys([story.headline, *([lead.title] if lead else []), *(a.title for a in articles)])
    excerpt = story.excerpt or (lead.excerpt or lead.summary if lead else "")
    names = dict.fromkeys(f"{a.outlet.name} {a.outlet.slug}" for a in articles)
    tags = {tag for a in articles for tag in _tags(a.language or a.outlet.language)}
    return [_apart(titles), words(excerpt), _apart(names), sorted(tags)]


def _apart(texts: Iterable[str]) -> list[str]:
    """Words of several texts with a stop between, so that no phrase runs from one into the next."""
    joined: list[str] = []
    for text in texts:
        joined += [*words(text), "¦"] if text else []
    return joined


def _tags(language: str) -> list[str]:
    """zh-Hant is also zh. Written without hyphens: one word for either engine."""
    parts = language.lower().replace("_", "-").split("-")
    return ["lang" + "x".join(parts[: n + 1]) for n in range(len(parts)) if parts[0]]


def _insert(entries: Sequence[tuple[int, list[list[str]]]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            rows = [(story, _tsvector(columns)) for story, columns in entries]
            cursor.executemany("INSERT INTO corante_search (story, words) VALUES (%s, %s::tsvector)", rows)
        else:
            lines = [[str(story), *map(_line, columns)] for story, columns in entries]
            cursor.executemany(
                "INSERT INTO corante_search (rowid, headline, excerpt, outlets, language) VALUES (%s, %s, %s, %s, %s)",
                lines,
            )


def _line(column: Sequence[str]) -> str:
    """A column as FTS5 reads it; the stop is a word no query has."""
    return " ".join("zzstopzz" if word == "¦" else word for word in column)


def _tsvector(columns: Sequence[Sequence[str]]) -> str:
    """The literal, spelled by us: no parser of PostgreSQL's cuts our words. Its positions end at 16,383."""
    parts, place = [], 0
    for weight, column in zip("ABCD", columns, strict=True):
        place += 2
        for word in column:
            place = min(place + 1, 16383)
            if word != "¦":
                parts.append(f"{_quoted(word)}:{place}{weight}")
    return " ".join(parts)


def _quoted(word: str) -> str:
    """As a lexeme of PostgreSQL; our words are letters and digits, so this only makes sure."""
    bare = word.replace("\\", "").replace("'", "")[:200]
    return f"'{bare}'"


def _hits(rule: Rule, limit: int, before: int | None, best: bool) -> list[int]:
    sql, values = (_postgres if connection.vendor == "postgresql" else _sqlite)(rule, limit, before, best)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def _sqlite(rule: Rule, limit: int, before: int | None, best: bool) -> tuple[str, list[int | str]]:
    bound = "AND rowid < %s" if before else ""
    values: list[int | str] = [_fts5(rule), *([before] if before else []), limit]
    newest = f"SELECT rowid FROM corante_search WHERE corante_search MATCH %s {bound} ORDER BY rowid DESC LIMIT %s"  # noqa: S608 - our own words
    if not best:
        return newest, values
    floor = f"SELECT MIN(rowid) FROM ({newest})"  # noqa: S608 - as above
    ranked = f"SELECT rowid FROM corante_search WHERE corante_search MATCH %s AND rowid >= ({floor}) ORDER BY bm25(corante_search, 5, 1, 1, 0), rowid DESC LIMIT %s"  # noqa: S608 - as above
    return ranked, [values[0], *values, limit]


def _postgres(rule: Rule, limit: int, before: int | None, best: bool) -> tuple[str, list[int | str]]:
    bound = "AND story < %s" if before else ""
    values: list[int | str] = [_tsquery(rule), *([before] if before else []), limit]
    newest = f"SELECT story, words FROM corante_search WHERE words @@ %s::tsquery {bound} ORDER BY story DESC LIMIT %s"  # noqa: S608 - our own words
    if not best:
        return f"SELECT story FROM ({newest}) hits", values  # noqa: S608 - as above
    ranked = (
        f"SELECT story FROM ({newest}) hits ORDER BY ts_rank('{{0,0.2,0.2,1}}', words, %s::tsquery) DESC, story DESC"  # noqa: S608 - as above
    )
    return ranked, [*values, values[0]]


def _fts5(rule: Rule) -> str:
    """The query in FTS5's language: every word of a reader's stands in double quotes."""
    match rule:
        case Phrase(parts, prefix, field):
            return _column(field) + _fts5_phrase(parts, prefix, field)
        case Near(distance, parts):
            each = " ".join(f'"{word}"' for word in parts)
            return f"NEAR({each}, {max(0, min(distance, DISTANCE) - 1)})"
        case And(parts):
            keep_, out = _sides(parts)
            joined = " AND ".join(f"({_fts5(part)})" for part in keep_)
            return joined + "".join(f" NOT ({_fts5(part.part)})" for part in out)
        case Or(parts):
            return " OR ".join(f"({_fts5(part)})" for part in parts)
    raise RuleError("a search needs a word that must stand; take the * and the minus apart from it", 0)


def _column(field: str) -> str:
    return f"{_FIELD[field]} : " if field else "{headline excerpt outlets} : "


def _fts5_phrase(parts: Sequence[str], prefix: bool, field: str) -> str:
    said = _tags(parts[0])[-1:] if field == "lang" else list(parts)
    return '"' + " ".join(said) + '"' + (" *" if prefix else "")


def _sides(parts: Sequence[Rule]) -> tuple[Sequence[Rule], Sequence[Not]]:
    """What must stand and what must not; `*` beside words says nothing."""
    stands = [part for part in parts if not isinstance(part, Not | Everything)]
    if not stands:
        raise RuleError("a search needs a word that must stand", 0)
    return stands, [part for part in parts if isinstance(part, Not)]


def _tsquery(rule: Rule) -> str:
    """The query in PostgreSQL's language: every word of a reader's is a quoted lexeme."""
    match rule:
        case Phrase(parts, prefix, field):
            return _lexemes(parts, prefix, field)
        case Near(distance, parts):
            return _near(parts, min(distance, DISTANCE))
        case And(parts):
            keep_, out = _sides(parts)
            joined = " & ".join(f"({_tsquery(part)})" for part in keep_)
            return joined + "".join(f" & !({_tsquery(part.part)})" for part in out)
        case Or(parts):
            return " | ".join(f"({_tsquery(part)})" for part in parts)
    raise RuleError("a search needs a word that must stand; take the * and the minus apart from it", 0)


def _lexemes(parts: Sequence[str], prefix: bool, field: str) -> str:
    said = _tags(parts[0])[-1:] if field == "lang" else list(parts)
    marks = [f":{_WEIGHT[field]}"] * len(said)
    if prefix:
        marks[-1] = f":*{_WEIGHT[field]}"
    return " <-> ".join(_quoted(word) + mark for word, mark in zip(said, marks, strict=True))


def _near(parts: Sequence[str], distance: int) -> str:
    """Two words: each distance either way. More: each next to the first; close enough for a search."""
    first, *rest = (_quoted(word) for word in parts)
    pairs = []
    for other in rest:
        ways = [f"({a} <{n}> {b})" for n in range(1, distance + 1) for a, b in ((first, other), (other, first))]
        pairs.append("(" + " | ".join(ways) + ")")
    return " & ".join(pairs)
