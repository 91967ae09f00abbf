"""A story's counters and lead, worked out from its articles and written to its row.

Rule: always from all articles of the story, never by adding one, so a merge, a split and their undoing need no rule
of their own. An editor's lead stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from corante.core.coverage import Telling, coverage
from corante.models import Article, Dirty, Story

COUNTED = ("lead", "language", "outlets", "articles_count", "first_at", "last_at", "unfiled")


def recount(stories: Iterable[Story], now: datetime, reason: str) -> None:
    """Bring stories in step with their articles and tell the pages; the topics room looks again.

    A story left without articles keeps its counters: it was merged into another.
    """
    by_id = {story.pk: story for story in stories}
    told = tellings(by_id)
    for number, story in by_id.items():
        story.unfiled = True
        if told[number]:
            _count(story, told[number])
    Story.objects.bulk_update(by_id.values(), COUNTED, batch_size=200)
    Dirty.mark("story", (number for number, story in by_id.items() if story.public_at), reason, now)


def tellings(stories: Iterable[int]) -> dict[int, list[Telling]]:
    """The articles of stories as the core sees them."""
    found: dict[int, list[Telling]] = defaultdict(list)
    rows = Article.objects.filter(story__in=list(stories)).select_related("outlet").order_by("join__id", "id")
    for row in rows.defer("summary", "excerpt", "signals", "provenance"):
        assert row.story_id is not None
        found[row.story_id].append(telling(row))
    return found


def telling(row: Article) -> Telling:
    """An article as the core sees it; its time is the earlier of what the outlet says and what we saw."""
    return Telling(
        row.pk,
        row.outlet_id,
        row.outlet.owner,
        row.title,
        row.words,
        told_at(row),
        row.copy_share,
        row.language,
        bool(row.outlet.removed_at or row.withdrawn_at),
    )


def told_at(row: Article) -> datetime:
    """When it was told: feeds' times lie, but never to before we looked."""
    return min(row.published_at, row.seen_at)


def _count(story: Story, told: Sequence[Telling]) -> None:
    found = coverage(told, story.lead_id if story.lead_chosen else None)
    story.lead_id, story.language = found.lead, found.language
    story.outlets, story.articles_count = found.outlets, found.articles
    story.first_at, story.last_at = found.first_at, found.last_at
