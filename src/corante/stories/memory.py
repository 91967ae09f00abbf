"""The live index of this process: a cache of rows, rebuilt whenever the rows say someone else wrote.

Rule: rebuilt from rows it is exactly what it was before, so a restart changes no decision. Members stand in the order
they joined (Join.id); what an article weighed is kept in its Gist; how often terms stood is kept in Term.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern

from django.db import connection
from django.db.models import F, Max

from corante.catalog.tellings import telling
from corante.core.clustering import WINDOW, Links, LiveStories, links_of
from corante.core.fingerprints import SHORTEST
from corante.core.members import Member
from corante.core.twins import Marks
from corante.core.vectors import Vocabulary
from corante.models import Act, Article, Gist, Join, Link, Outlet, Story, Term
from corante.models.acts import BOUNDARY

from .commonwords import usual
from .meaning import likeness

# Thousands of rows a batch: as model instances they cost more than all deciding. Both databases speak this.
UPSERT = (
    "INSERT INTO corante_term (language, term, articles) VALUES (%s, %s, %s) "
    "ON CONFLICT (language, term) DO UPDATE SET articles = excluded.articles"
)
# What a member is made of: the rest of an article's row stays where it is.
ARTICLE = [
    "outlet_id",
    "title",
    "language",
    "published_at",
    "seen_at",
    "words",
    "excerpt_source",
    "copy_share",
    "withdrawn_at",
    "gist",
]
OUTLET = ["name", "owner", "language", "removed_at"]
ALL = ""  # the row that counts a language's articles


@dataclass
class Memory:
    """What deciding needs, and the state of the rows it was made from."""

    seal: tuple[object, ...]
    live: LiveStories
    words: dict[str, Vocabulary] = field(default_factory=dict)
    learned: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # terms to write

    def vocabulary(self, language: str) -> Vocabulary:
        """A language's terms, read the first time they are asked for."""
        if language not in self.words:
            rows = dict(Term.objects.filter(language=language).values_list("term", "articles"))
            self.words[language] = Vocabulary(rows.pop(ALL, 0), rows, usual(language))
        return self.words[language]

    def learn(self, language: str, terms: list[str]) -> None:
        """Count an article's terms, now here and at the end of the batch in rows."""
        self.vocabulary(language).learn(terms)
        self.learned[language].update(terms)

    def write_terms(self) -> None:
        """The counts of this batch, as absolute numbers: writing them twice changes nothing."""
        rows: list[tuple[str, str, int]] = []
        for language, terms in sorted(self.learned.items()):
            words = self.words[language]
            rows.append((language, ALL, words.articles))
            rows += [(language, term, words.terms[term]) for term in sorted(terms)]
        with connection.cursor() as cursor:
            cursor.executemany(UPSERT, rows)
        self.learned.clear()


_kept: Memory | None = None


def recall() -> Memory:
    """The memory of this process, made anew when the rows moved on without it."""
    global _kept
    seal = read_seal()
    if _kept is None or _kept.seal != seal:
        _kept = Memory(seal, _read())
        # Ten thousand live stories are a million objects: the collector would go through all of them every few batches.
        gc.collect()
        gc.freeze()
    return _kept


def keep(memory: Memory) -> None:
    """The batch is written: the rows are as this memory is."""
    memory.seal = read_seal()


def forget() -> None:
    """Drop the cache; the next batch reads the rows."""
    global _kept
    _kept = None


def read_seal() -> tuple[object, ...]:
    """Changes whenever an article joins or an editor moves articles between stories."""
    last = Join.objects.order_by("-id").values_list("id", "article__key").first()
    act = Act.objects.filter(verb__in=BOUNDARY).order_by("-id").values_list("id", flat=True).first()
    link = Link.objects.aggregate(last=Max("id"))["last"]
    return (last, act, link)


def stream_time() -> datetime | None:
    """When the newest new outlet joined any story: the clock that ends stories."""
    return Story.objects.filter(merged_into=None).order_by("-last_at", "-id").values_list("last_at", flat=True).first()


def _read() -> LiveStories:
    live = LiveStories(_links(), likeness())
    newest = stream_time()
    if newest is None:
        return live
    growing = Story.objects.filter(merged_into=None, last_at__gte=newest - WINDOW)
    joined = Article.objects.filter(join__story__in=growing, gist__isnull=False).annotate(stands=F("join__story"))
    outlets = Outlet.objects.only(*OUTLET).in_bulk()
    weights: dict[float, float] = {}
    for row in joined.select_related("gist").only(*ARTICLE).order_by("join__id").iterator(2000):
        row.outlet, row.gist.terms = outlets[row.outlet_id], _lean(row.gist.terms, weights)
        live.add(row.stands, language_of(row), member_of(row, row.gist))
    return live


def _lean(terms: Mapping[str, float], weights: dict[float, float]) -> dict[str, float]:
    """The same vector of strings and numbers that all share: ten thousand articles have the same ones over and over."""
    return {intern(term): weights.setdefault(weight, weight) for term, weight in terms.items()}


def _links() -> Links:
    return links_of(Link.objects.order_by("id").values_list("one_id", "other_id", "must"))


def member_of(article: Article, gist: Gist) -> Member:
    """An article as grouping remembers it."""
    one = telling(article)
    return Member(
        article.pk,
        article.outlet_id,
        article.outlet.name,
        article.title,
        one.at,
        gist.terms,
        Marks(frozenset(gist.names), frozenset(gist.figures)),
        gist.has_text,
        one.voice,
        one.own,
        article.words < SHORTEST and article.excerpt_source != "body",
        tuple(gist.meaning),
    )


def language_of(article: Article) -> str:
    """The gate: base language of the article, else of its outlet; unknown ones are together."""
    tag = article.language or article.outlet.language
    return tag.replace("_", "-").split("-")[0].lower()[:8]
