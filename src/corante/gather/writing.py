"""From a parsed feed to rows: new articles, what is remembered of old ones, headlines that changed.

Rule: the core decides, this only looks up and writes, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from corante.core.entries import Named, name_all
from corante.core.feeds import FLOOD, Decision, Intent, ParsedFeed, Retitled, Seen, decide
from corante.core.lifecycles import NotAllowed
from corante.core.likeness import sketch
from corante.models import Article, Body, Change, Dirty, Feed, Sighting, Story
from corante.models.bulk import insert_lines, prepared

from .standing import without_foreign

_AT_ONCE = 900
"""Parameters of one query; SQLite's old limit is 999."""
_SEEN: Final = (
    f"SELECT s.key, s.article_id, a.title, a.feed_id FROM {Sighting._meta.db_table} s"  # noqa: S608 - our own names
    f" LEFT JOIN {Article._meta.db_table} a ON a.id = s.article_id WHERE s.outlet_id = %%s AND s.key IN (%s)"
)
_NUMBERS: Final = f"SELECT key, id FROM {Article._meta.db_table} WHERE key IN (%s)"  # noqa: S608 - our own name
_GUESSED: Final = Article._meta.get_field("provenance")


def write(feed: Feed, parsed: ParsedFeed, now: datetime, news: timedelta) -> Decision:
    """Write what is new of a parsed feed, and return what was decided."""
    named = name_all(parsed.entries)
    seen = _seen(feed, {key for one in named for key in one.keys})
    first = feed.imported_at is None
    unknown = [one.entry.title for one in named if not any(key in seen for key in one.keys)]
    titles = _titles_had(feed, unknown) if len(unknown) >= FLOOD and not first else set()
    decision = decide(parsed, seen, now, news, first, feed.last_ok_at, titles, named)
    decision = without_foreign(feed, decision)
    feed.sketch = sketch(one.key for one in named)
    articles = _add_articles(feed, parsed, decision.fresh, now)
    pairs = list[tuple[Named, int | None]]((i.named, articles[i.named.key]) for i in decision.fresh)
    pairs += [(one, None) for one in decision.remembered]
    pairs += [(one, was.article) for one, was in decision.joined]
    _remember(feed, pairs, now)
    _retitle(decision.retitled, now)
    return decision


def _seen(feed: Feed, keys: Iterable[str]) -> dict[str, Seen]:
    """What this outlet's names stand for. Only the feed an article came from may change its headline."""
    found: dict[str, Seen] = {}
    for some in _chunks(keys):
        for key, article, title, of in _rows(_SEEN, [feed.outlet_id], some):
            found[key] = Seen(article, title or "" if of == feed.pk else "")
    return found


def _titles_had(feed: Feed, titles: Iterable[str]) -> set[str]:
    """Which of these headlines the outlet has had before."""
    had: set[str] = set()
    for some in _chunks(set(titles)):
        rows = Article.objects.filter(outlet_id=feed.outlet_id, title__in=some)
        had.update(rows.values_list("title", flat=True))
    return had


def _add_articles(feed: Feed, parsed: ParsedFeed, fresh: Iterable[Intent], now: datetime) -> dict[str, int]:
    """New articles and their content; one that another outlet's feed brought already is left as it is."""
    intents = {intent.named.key: intent for intent in fresh}
    known = _numbers(intents)
    fresh_keys = [key for key in intents if key not in known]
    alike = prepared(Article(outlet_id=feed.outlet_id, feed=feed, published_at=now, seen_at=now, next_read_at=now))
    lines = [[*(alike | _article(feed, parsed, intents[key])).values()] for key in fresh_keys]
    insert_lines(Article, [*alike], lines)
    made = _numbers(fresh_keys)
    bodies = [(number, intents[key].named.entry.html, "") for key, number in made.items()]
    insert_lines(Body, ("article_id", "feed_html", "text"), bodies)
    return known | made


def _numbers(keys: Iterable[str]) -> dict[str, int]:
    """The articles that bear these keys."""
    return {key: number for some in _chunks(keys) for key, number in _rows(_NUMBERS, [], some)}


def _article(feed: Feed, parsed: ParsedFeed, intent: Intent) -> dict[str, Any]:
    """What is an article's own, by column; the rest is alike for all of one look."""
    entry = intent.named.entry
    own: dict[str, Any] = {
        "url": entry.url,
        "key": intent.named.key,
        "title": entry.title[:500],
        "summary": entry.summary,
        "author": entry.author[:300],
        "language": feed.outlet.language or entry.language or parsed.language,
        "section": entry.section[:200],
        "image_url": entry.image_url[:2000],
        "published_at": connection.ops.adapt_datetimefield_value(intent.published),
        "published_asserted": intent.asserted,
    }
    return own | {"provenance": _GUESSED.get_db_prep_save({"title": "address"}, connection)} if entry.guessed else own


def _remember(feed: Feed, pairs: Iterable[tuple[Named, int | None]], now: datetime) -> None:
    """A sighting under every name; names we have already stay as they are."""
    at = connection.ops.adapt_datetimefield_value(now)
    rows = [(feed.outlet_id, key, article, at) for one, article in pairs for key in one.keys]
    insert_lines(Sighting, ("outlet_id", "key", "article_id", "at"), rows, known=True)


def _retitle(changes: Iterable[Retitled], now: datetime) -> None:
    """The outlet gave its piece another headline: kept as a change, shown, and the page read again."""
    for change in changes:
        article = Article.objects.select_for_update().get(pk=change.article)
        after = change.named.entry.title[:500]
        Change.objects.create(article=article, kind="headline", before=article.title, after=after, at=now)
        article.title = after
        try:
            article.reread(now)
        except NotAllowed:
            article.next_read_at = article.next_read_at or now  # it waits to be read anyway
        article.save(update_fields=["title", "reading", "reading_tries", "next_read_at"])
        if article.story_id:
            Story.objects.filter(pk=article.story_id).update(unfiled=True)
            Dirty.mark("story", [article.story_id], "an outlet changed its headline", now)


def _rows(sql: str, first: Sequence[Any], keys: Sequence[str]) -> list[tuple[Any, ...]]:
    """A prepared query: to build it anew for every look costs more than to run it."""
    with connection.cursor() as cursor:
        cursor.execute(sql % ", ".join(["%s"] * len(keys)), [*first, *keys])
        return list(cursor.fetchall())


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    every = list(values)
    return (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE))
