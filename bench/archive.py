"""An archive of any size in seconds: rows written in bulk, as a site that ran for months would have them.

Rule: everything comes from a seed. A site with A_DAY articles a day: the newest three days are live (with what grouping
remembers of them), the newest thirty have fingerprints, the newest fourteen whole texts; older articles keep the opening.
Words never were, so that nothing is borrowed, and are as unevenly frequent as in a language.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

NOW: Final = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
A_DAY: Final = 3334  # three days of them are ten thousand live stories
LIVE: Final = 3 * A_DAY
OUTLETS: Final = 200
FINGERPRINTS: Final = 38  # of an article of 300 words
TEXT: Final = 220  # words
CHUNK: Final = 20_000


@dataclass
class Writer:
    """Words, headlines and texts from a seed."""

    seed: int = 7
    dice: random.Random = field(init=False)
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.words = vocabulary(random.Random(3), 30_000)

    def pick(self, count: int) -> list[str]:
        """Words, the first of the list far more often than the last."""
        dice, words, size = self.dice.random, self.words, len(self.words)
        return [words[int(size * dice() ** 3)] for _ in range(count)]

    def headline(self) -> str:
        """Eight words, some with a capital."""
        return " ".join(w.capitalize() if n % 3 == 0 else w for n, w in enumerate(self.pick(8)))

    def text(self, count: int = TEXT) -> str:
        """Sentences of fourteen words."""
        picked = self.pick(count)
        return " ".join(" ".join(picked[n : n + 14]).capitalize() + "." for n in range(0, count, 14))


def vocabulary(dice: random.Random, count: int) -> list[str]:
    """Words that never were, each once."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    made = ("".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(count * 3))
    return list(dict.fromkeys(made))[:count]


def when(number: int, size: int) -> datetime:
    """When the article of this number was told; the last one just before NOW."""
    return NOW - timedelta(seconds=(size - number + 1) * 86_400 / A_DAY)


def load(size: int) -> float:
    """So many stories of one article each, filed under two topics and searchable; returns seconds of wall clock."""
    from django.db import connection, transaction

    from corante.models import Outlet, Topic

    connection.disable_constraint_checking()  # an article and its story name each other
    began = time.monotonic()
    Outlet.objects.bulk_create(
        Outlet(name=f"Outlet {n}", slug=f"outlet-{n}", language="en", created_at=NOW) for n in range(OUTLETS)
    )
    outlets = list(Outlet.objects.order_by("id").values_list("id", flat=True))
    topics = [Topic.objects.create(name=n, slug=n.lower(), rule="*", created_at=NOW).pk for n in ("Everything", "All")]
    writer = Writer()
    pool = [writer.text() for _ in range(500)]
    for start in range(1, size + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, size + 1))
        titles = [writer.headline() for _ in numbers]
        with transaction.atomic():
            _articles(numbers, titles, pool, outlets, size)
            _stories(numbers, size, topics)
            _index(numbers, titles, pool)
    connection.enable_constraint_checking()
    _remember(max(1, size - LIVE + 1), size)
    _after(size)
    return time.monotonic() - began


def _articles(numbers: range, titles: Sequence[str], pool: Sequence[str], outlets: Sequence[int], size: int) -> None:
    from corante.models import Article, Body, Shingle

    def article(n: int, title: str) -> dict[str, Any]:
        at = when(n, size)
        return {
            "id": n, "outlet_id": outlets[n % len(outlets)], "story_id": n, "url": f"https://outlet.example/{n}",
            "key": f"bench-{n}", "title": title, "language": "en", "published_at": at, "seen_at": at, "reading": "read",
            "excerpt": _opening(pool, n), "excerpt_source": "body", "words": TEXT, "free": True,
            "text_hash": f"{n:032x}",
        }  # fmt: skip

    write(Article, (article(n, title) for n, title in zip(numbers, titles, strict=True)))
    whole = size - 14 * A_DAY
    write(Body, ({"article_id": n, "text": pool[n % 500] if n > whole else _opening(pool, n)} for n in numbers))
    dice, hot = random.Random(numbers.start), [n for n in numbers if n > size - 30 * A_DAY]
    marks = ({"hash": dice.getrandbits(60) << 3, "article_id": n} for n in hot for _ in range(FINGERPRINTS))
    write(Shingle, marks)


def _stories(numbers: range, size: int, topics: Sequence[int]) -> None:
    from corante.models import Filing, Join, Story

    def story(n: int) -> dict[str, Any]:
        at = when(n, size)
        return {
            "id": n, "lead_id": n, "language": "en", "first_at": at, "last_at": at, "outlets": 1, "articles_count": 1,
            "unfiled": False, "public_at": at, "version": 1,
        }  # fmt: skip

    write(Story, map(story, numbers))
    write(
        Join,
        (
            {"article_id": n, "story_id": n, "kind": "opened", "reason": "nothing like it", "at": when(n, size)}
            for n in numbers
        ),
    )
    write(
        Filing,
        (
            {"story_id": n, "topic_id": topic, "clause": "*", "told_at": when(n, size), "at": when(n, size)}
            for n in numbers
            for topic in topics
        ),
    )


def _index(numbers: range, titles: Sequence[str], pool: Sequence[str]) -> None:
    from corante.catalog import search
    from corante.core.tokens import words

    names = [[f"outlet {n}".split(), ["langen"]] for n in range(OUTLETS)]
    excerpts = [words(_opening(pool, n)) for n in range(500)]
    rows = [(n, [words(t), excerpts[n % 500], *names[n % OUTLETS]]) for n, t in zip(numbers, titles, strict=True)]
    search.put(rows)


def _remember(first: int, last: int) -> None:
    """What grouping remembers of the live stories."""
    from corante.core.twins import marks_of
    from corante.core.vectors import Piece, Vocabulary, vector, weigh
    from corante.models import Article, Gist, Term

    known = Vocabulary()
    rows = []
    for number, title, text in Article.objects.filter(pk__gte=first).values_list("id", "title", "body__text"):
        piece = Piece(title, text)
        weighed = weigh(piece)
        known.learn(weighed.weights)
        marks = marks_of(piece)
        rows.append(
            {
                "article_id": number,
                "terms": vector(weighed, known),
                "names": sorted(marks.names),
                "figures": sorted(marks.figures),
                "has_text": True,
            }
        )
    write(Gist, rows)
    terms = [{"language": "en", "term": term, "articles": count} for term, count in known.terms.items()]
    write(Term, [{"language": "en", "term": "", "articles": last - first + 1}, *terms])


def _opening(pool: Sequence[str], n: int) -> str:
    return pool[n % 500][:300].rpartition(" ")[0]


def write(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Rows of a model as values of its columns, in bulk: executemany on SQLite, COPY on PostgreSQL."""
    from django.db import connection, transaction

    given = iter(rows)
    first = next(given, None)
    if first is None:
        return
    names, made = _columns(model, first)
    table = model._meta.db_table
    lines = (made(row) for row in _again(first, given))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)
        return
    marks = ", ".join("?" * len(names))
    with transaction.atomic(), connection.cursor() as cursor:
        raw = cursor.connection.cursor()
        while part := list(islice(lines, 5000)):
            raw.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", part)


def _columns(model: Any, first: dict[str, Any]) -> tuple[list[str], Any]:
    """The columns of a model that are written, and how a row becomes a line of them; defaults fill the rest."""
    from django.db import connection

    fields = [f for f in model._meta.concrete_fields if f.attname in first or not f.primary_key]
    fields = [f for f in fields if f.attname in first or f.has_default() or not f.null]
    standing = {f.attname: f.get_default() for f in fields}

    def line(row: dict[str, Any]) -> list[Any]:
        return [_plain(f, row.get(f.attname, standing[f.attname]), connection) for f in fields]

    return [f'"{f.column}"' for f in fields], line


def _plain(column: Any, value: Any, connection: Any) -> Any:
    if isinstance(value, datetime):
        return value if connection.vendor == "postgresql" else value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return json.dumps(value) if isinstance(value, (dict, list)) else value


def _again(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _after(size: int) -> None:
    """Numbers go on where the rows end, and the planner knows what is there."""
    from django.core.management.color import no_style
    from django.db import connection

    from corante.models import Article, Story

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Article, Story]):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # as its autovacuum would have done by then
