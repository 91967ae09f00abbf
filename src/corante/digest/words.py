"""A story's words for a letter: read from its rows once, at the freeze."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from django.db.models import Q

from corante.core.composing import ALSO, Also, ItemContent, leading_sentences
from corante.models import Article, Change, Digest, Pin, Story


def told(stories: Collection[int], digest: Digest, now: datetime) -> dict[int, ItemContent]:
    """The words of these stories as they stand now."""
    pinned = _pinned(stories, digest, now)
    rows = Story.objects.filter(pk__in=stories).select_related("lead__outlet")
    others = _others(stories)
    return {story.pk: _content(story, others.get(story.pk, []), story.pk in pinned) for story in rows}


def development(content: ItemContent, before: int) -> str:
    """What happened to a story since we told it, in words."""
    names = [also.outlet for also in content.also[-2:]]
    which = f", among them {' and '.join(names)}" if names else ""
    return f"Now told by {content.outlets} outlets{which}; {before} when we last wrote of it."


def correction(changes: Iterable[Change]) -> str:
    """What outlets changed after we had carried it, in words."""
    return " ".join(_changed(change) for change in changes)


def _changed(change: Change) -> str:
    name = change.article.outlet.name
    if change.kind == "withdrawn":
        return f"{name} has withdrawn this piece."
    after = leading_sentences(change.after, change.article.language, 40)
    return f"{name} has corrected this piece: {after}" if after else f"{name} has corrected this piece."


def _content(story: Story, others: list[Article], pinned: bool) -> ItemContent:
    lead = story.lead
    assert lead is not None  # public stories have one: catalog.visibility
    language = lead.language or lead.outlet.language
    return ItemContent(
        headline=story.headline or lead.title,
        excerpt=leading_sentences(" ".join((story.excerpt or lead.excerpt).split()), language),
        outlet=lead.outlet.name,
        url=lead.url,
        told_at=lead.published_at.astimezone(UTC).isoformat(),
        language=language,
        outlets=story.outlets,
        story=story.pk,
        also=_also(lead, others),
        author=lead.author,
        pinned=pinned,
    )


def _also(lead: Article, others: list[Article]) -> tuple[Also, ...]:
    """Up to four other outlets, one account each, in the order they told it."""
    first: dict[int, Article] = {}
    for article in others:
        if article.outlet_id != lead.outlet_id:
            first.setdefault(article.outlet_id, article)
    return tuple(
        Also(a.outlet.name, a.title, a.url, a.language or a.outlet.language) for a in list(first.values())[:ALSO]
    )


def _others(stories: Collection[int]) -> dict[int, list[Article]]:
    """Own accounts first, word-for-word copies after them; nothing withdrawn or taken down."""
    rows = (
        Article.objects.filter(story__in=stories, withdrawn_at__isnull=True, outlet__removed_at__isnull=True)
        .select_related("outlet")
        .defer("summary", "signals", "provenance", "excerpt")
        .order_by("published_at", "pk")
    )
    found: dict[int, list[Article]] = {}
    for article in sorted(rows, key=lambda article: article.copy_of_id is not None):
        assert article.story_id is not None
        found.setdefault(article.story_id, []).append(article)
    return found


def _pinned(stories: Collection[int], digest: Digest, now: datetime) -> set[int]:
    where = Q(topic__isnull=True) | Q(topic__digests=digest)
    standing = Pin.objects.filter(where, story__in=stories, ended_at__isnull=True, at__lte=now, expires_at__gt=now)
    return set(standing.values_list("story_id", flat=True))
