"""The articles of stories as the core counts them, and which of them editors chose to lead.

Rule: an editor's choice is the last one in the log, and holds for as long as its article is in the story; whether it
may lead just now is core.coverage's to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from corante.core.coverage import Coverage, Telling, coverage
from corante.models import Act, Article


def counted(stories: Iterable[int]) -> dict[int, Coverage]:
    """Story -> its counters and lead; stories without articles are left out."""
    numbers = list(stories)
    chosen = choices(numbers)
    return {number: coverage(told, chosen.get(number)) for number, told in tellings(numbers).items()}


def tellings(stories: Iterable[int]) -> dict[int, list[Telling]]:
    """Story -> its articles, in the order they joined."""
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
        removed=row.outlet.removed_at is not None,
        withdrawn=row.withdrawn_at is not None,
    )


def told_at(row: Article) -> datetime:
    """When it was told: feeds' times lie, but never to before we looked."""
    return min(row.published_at, row.seen_at)


def choices(stories: Iterable[int]) -> dict[int, int | None]:
    """Story -> the article an editor last chose to lead it; None where the editor went back to the rule."""
    acts = Act.objects.filter(subject="story", subject_id__in=list(stories), verb="choose_lead").order_by("id")
    return {story: after["article"] for story, after in acts.values_list("subject_id", "after")}
