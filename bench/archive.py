"""An archive of any size in seconds: rows written in bulk, as a site that ran for months would have them.

Rule: everything comes from a seed. A site with A_DAY articles a day: the newest three days are live (with what grouping
remembers of them), the newest thirty have fingerprints, the newest fourteen whole texts; older articles keep the opening.
Words never were, so that nothing is borrowed, and are as unevenly frequent as in a language.
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

NOW: Final = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
A_DAY: Final = 3334  # three days of them are ten thousand live stories
LIVE: Final = 3 * A_DAY
OUTLETS: Final = 200
FINGERPRINTS: Final = 38  # of an article of 300 words
TEXT: Final = 220  # words
TITLES, TEXTS = 29_989, 2_003  # primes, so that no headline keeps meeting the same text
TAKEN: Final = f"t.n = i * 7919 %% {TITLES} AND x.n = i * 7 %% {TEXTS}"


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


def load(size: int, lean: bool = False) -> float:
    """So many stories of one article each, filed under two topics and searchable; returns seconds of wall clock.

    `lean`: only what lists and searches read.
    """
    from django.db import connection, transaction

    from corante.models import Outlet, Topic

    connection.disable_constraint_checking()  # an article and its story name each other
    began = time.monotonic()
    Outlet.objects.bulk_create(
        Outlet(name=f"Outlet {n}", slug=f"outlet-{n}", language="en", created_at=NOW) for n in range(OUTLETS)
    )
    first = Outlet.objects.order_by("id").values_list("id", flat=True)[0]
    for name in ("Everything", "All"):
        Topic.objects.create(name=name, slug=name.lower(), rule="*", created_at=NOW)
    with transaction.atomic():
        _pools()
        _stories(size, first)
        _index(size)
        if not lean:
            _texts(size)
    connection.enable_constraint_checking()
    if not lean:
        remember(max(1, size - LIVE + 1), size)
    _after()
    return time.monotonic() - began


def _pools() -> None:
    """Headlines and texts, as they stand and as the index holds them; each article takes one of each."""
    from django.db import connection

    from corante.catalog.querying import line, tsvector
    from corante.core.tokens import words

    writer, postgres = Writer(), connection.vendor == "postgresql"
    titles = [writer.headline() for _ in range(TITLES)]
    texts = [writer.text() for _ in range(TEXTS)]

    def held(text: str, title: bool) -> str:
        cut = words(text if title else opening(text))
        return tsvector([cut, [], [], []] if title else [[], cut, [], []]) if postgres else line(cut)

    with connection.cursor() as cursor:
        kind = "tsvector" if postgres else "text"
        cursor.execute(f"CREATE TEMP TABLE bench_title (n integer PRIMARY KEY, title text, line {kind})")
        cursor.execute(f"CREATE TEMP TABLE bench_text (n integer PRIMARY KEY, text text, opening text, line {kind})")
        rows = [(n, title, held(title, True)) for n, title in enumerate(titles)]
        cursor.executemany("INSERT INTO bench_title VALUES (%s, %s, %s)", rows)
        more = [(n, text, opening(text), held(text, False)) for n, text in enumerate(texts)]
        cursor.executemany("INSERT INTO bench_text VALUES (%s, %s, %s, %s)", more)


def _stories(size: int, outlet: int) -> None:
    from corante.models import Article, Filing, Join, Story, Topic

    at = _at(size)
    article = {
        "id": "i", "outlet_id": f"{outlet} + i %% {OUTLETS}", "story_id": "i", "url": "'https://outlet.example/' || i",
        "key": "'bench-' || i", "title": "title", "language": "'en'", "published_at": at, "seen_at": at,
        "reading": "'read'", "excerpt": "opening", "excerpt_source": "'body'", "words": str(TEXT),
        "text_hash": "'bench-' || i",
    }  # fmt: skip
    fill(Article, article, f"{_numbers(size)}, bench_title t, bench_text x WHERE {TAKEN}")
    story = {"id": "i", "lead_id": "i", "language": "'en'", "first_at": at, "last_at": at, "public_at": at}
    fill(Story, story | {"unfiled": "1 = 0"}, _numbers(size))
    join = {"article_id": "i", "story_id": "i", "kind": "'opened'", "reason": "'nothing like it'", "at": at}
    fill(Join, join, _numbers(size))
    for topic in Topic.objects.order_by("id").values_list("id", flat=True):
        filing = {"story_id": "i", "topic_id": str(topic), "clause": "'*'", "told_at": at, "at": at}
        fill(Filing, filing, _numbers(size))


def _index(size: int) -> None:
    """What search holds of each story: its headline, the opening, the outlet's name, the language."""
    from django.db import connection

    source = f"{_numbers(size)}, bench_title t, bench_text x WHERE {TAKEN}".replace("%%", "%")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            named = f"setweight(to_tsvector('simple', 'outlet ' || i % {OUTLETS}), 'C')"
            held = f"t.line || x.line || {named} || $$'langen':1D$$::tsvector"
            cursor.execute(f"INSERT INTO corante_search (story, words) SELECT i, {held} FROM {source}")
        else:
            columns = f"i, t.line, x.line, 'outlet ' || i % {OUTLETS}, 'langen'"
            cursor.execute(
                "INSERT INTO corante_search (rowid, headline, excerpt, outlets, language) "
                f"SELECT {columns} FROM {source}"
            )


def _texts(size: int) -> None:
    """Bodies, whole for fourteen days; fingerprints of thirty."""
    from django.db import connection

    from corante.models import Body, Shingle

    whole = f"CASE WHEN i > {size - 14 * A_DAY} THEN x.text ELSE x.opening END"
    fill(Body, {"article_id": "i", "text": whole}, f"{_numbers(size)}, bench_text x WHERE x.n = i * 7 %% {TEXTS}")
    hashed = "(random() * 1e18)::bigint * 8" if connection.vendor == "postgresql" else "(random() >> 4) << 3"
    hot, each = _numbers(size, max(1, size - 30 * A_DAY + 1)), _numbers(FINGERPRINTS, name="k")
    fill(Shingle, {"hash": hashed, "article_id": "n.i"}, f"{hot}, {each}")


def fill(model: Any, given: dict[str, str], source: str) -> None:
    """Rows of a model made by the database itself: SQL for the columns given, defaults for the rest."""
    from django.db import connection

    fields = [f for f in model._meta.concrete_fields if f.attname in given or not (f.primary_key or f.null)]
    parts = [given.get(f.attname, "%s") for f in fields]
    values = [_plain(f.get_default()) for f in fields if f.attname not in given]
    names = ", ".join(f'"{f.column}"' for f in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({names}) SELECT {', '.join(parts)} FROM {source}", values)


def _numbers(last: int, first: int = 1, name: str = "n") -> str:
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"generate_series({first}::bigint, {last}) AS {name}(i)"
    return (
        f"(WITH RECURSIVE m(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM m WHERE i < {last}) SELECT i FROM m)"
        f" AS {name}"
    )


def _at(size: int) -> str:
    """When article i was told; the last one just before NOW."""
    from django.db import connection

    second = f"{int(NOW.timestamp())} - ({size} - i + 1) * 86400 / {A_DAY}"
    if connection.vendor == "postgresql":
        return f"to_timestamp({second})"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', {second}, 'unixepoch')"


def remember(first: int, last: int) -> None:
    """What grouping remembers of the live stories."""
    from django.db import transaction

    from corante.core.twins import marks_of
    from corante.core.vectors import Piece, Vocabulary, vector, weigh
    from corante.models import Article, Gist, Term
    from corante.models.bulk import insert_each

    known, gists = Vocabulary(), []
    for number, title, text in Article.objects.filter(pk__gte=first).values_list("id", "title", "body__text"):
        piece = Piece(title, text)
        weighed, marks = weigh(piece), marks_of(piece)
        known.learn(weighed.weights)
        terms = vector(weighed, known)
        gists.append(Gist(article_id=number, terms=terms, names=sorted(marks.names), figures=sorted(marks.figures)))
    counted = [Term(language="en", term=term, articles=count) for term, count in known.terms.items()]
    with transaction.atomic():
        insert_each(gists)
        insert_each([Term(language="en", term="", articles=last - first + 1), *counted])


def opening(text: str) -> str:
    """The first three hundred characters, up to a whole word."""
    return text[:300].rpartition(" ")[0]


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (dict, list)) else value


def _after() -> None:
    """Numbers go on where the rows end, and the planner knows what is there."""
    from django.core.management.color import no_style
    from django.db import connection

    from corante.models import Article, Story

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Article, Story]):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # as its autovacuum would have done by then
