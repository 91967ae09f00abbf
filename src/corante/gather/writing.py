"""From a parsed feed to rows: new articles, what is remembered of old ones, headlines that changed.

Rule: the core decides, this only looks up and writes, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from corante.core.entries import Named, name_all
from corante.core.feeds import FLOOD, Decision, Intent, ParsedFeed, Retitled, Seen, decide
from corante.core.lifecycles import NotAllowed
from corante.core.likeness import sketch
from corante.models import Article, Body, Change, Dirty, Feed, Sighting, Story
from corante.models.bulk import insert_each

from .standing import without_foreign

_AT_ONCE = 900
"""Parameters of one query; SQLite's old limit is 999."""


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
    _remember(feed, [(i.named, articles[i.named.key]) for i in decision.fresh], now)
    _remember(feed, [(one, None) for one in decision.remembered], now)
    _remember(feed, [(one, was.article) for one, was in decision.joined], now)
    _retitle(decision.retitled, now)
    return decision


def _seen(feed: Feed, keys: Iterable[str]) -> dict[str, Seen]:
    """What this outlet's names stand for. Only the feed an article came from may change its headline."""
    found: dict[str, Seen] = {}
    for some in _chunks(keys):
        rows = Sighting.objects.filter(outlet_id=feed.outlet_id, key__in=some)
        for key, article, title, of in rows.values_list("key", "article_id", "article__title", "article__feed_id"):
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
    insert_each([_article(feed, parsed, intents[key], now) for key in fresh_keys])
    made = _numbers(fresh_keys)
    insert_each([Body(article_id=pk, feed_html=intents[key].named.entry.html) for key, pk in made.items()])
    return known | made


def _numbers(keys: Iterable[str]) -> dict[str, int]:
    """The articles that bear these keys."""
    found: dict[str, int] = {}
    for some in _chunks(keys):
        found.update(Article.objects.filter(key__in=some).values_list("key", "pk"))
    return found


def _article(feed: Feed, parsed: ParsedFeed, intent: Intent, now: datetime) -> Article:
    entry = intent.named.entry
    return Article(
        outlet_id=feed.outlet_id,
        feed=feed,
        url=entry.url,
        key=intent.named.key,
        title=entry.title[:500],
        summary=entry.summary,
        author=entry.author[:300],
        language=feed.outlet.language or entry.language or parsed.language,
        section=entry.section[:200],
        image_url=entry.image_url[:2000],
        published_at=intent.published,
        published_asserted=intent.asserted,
        provenance={"title": "address"} if entry.guessed else {},
        seen_at=now,
        next_read_at=now,
    )


def _remember(feed: Feed, pairs: Iterable[tuple[Named, int | None]], now: datetime) -> None:
    """A sighting under every name; names we have already stay as they are."""
    rows = [
        Sighting(outlet_id=feed.outlet_id, key=key, article_id=article, at=now)
        for one, article in pairs
        for key in one.keys
    ]
    insert_each(rows, known=True)


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


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    every = list(values)
    return (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE))
