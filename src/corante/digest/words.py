"""A story's words for a letter: read from its rows once, at the freeze."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from django.db.models import Q

from corante.core.composing import ALSO, DEVELOPED, Also, ItemContent, Remark, leading_sentences
from corante.models import Article, Change, Digest, Pin, Story


def told(stories: Collection[int], digest: Digest, now: datetime) -> dict[int, ItemContent]:
    """The words of these stories as they stand now."""
    pinned = _pinned(stories, digest, now)
    rows = Story.objects.filter(pk__in=stories).select_related("lead__outlet")
    others = _others(stories)
    return {story.pk: _content(story, others.get(story.pk, []), story.pk in pinned) for story in rows}


def development(content: ItemContent, before: int, line: str | None) -> tuple[Remark, ...]:
    """What happened to a story since a letter told it: an editor's `line` on it (may be empty), and that it grew."""
    remarks = () if line is None else (Remark("retold", words=line),)
    if content.outlets < before + DEVELOPED:
        return remarks
    among = tuple(also.outlet for also in content.also[-2:])
    return (*remarks, Remark("grown", outlets=content.outlets, before=before, among=among))


def correction(changes: Iterable[Change]) -> tuple[Remark, ...]:
    """What outlets changed after a letter had carried it."""
    return tuple(map(_changed, changes))


def _changed(change: Change) -> Remark:
    name = change.article.outlet.name
    if change.kind == "withdrawn":
        return Remark("withdrawn", name)
    return Remark("corrected", name, leading_sentences(change.after, change.article.language, 40))


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
