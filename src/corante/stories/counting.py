"""A story's counters and lead, worked out from its articles and written to its row.

Rule: always from all articles of the story, never by adding one, so a merge, a split and their undoing need no rule
of their own. An editor's lead stays while its article stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from corante.catalog.tellings import counted
from corante.core.coverage import Coverage
from corante.models import Dirty, Story
from corante.models.bulk import update_each

COUNTED = ("lead", "lead_chosen", "language", "outlets", "articles_count", "first_at", "last_at", "unfiled")


def recount(stories: Iterable[Story], now: datetime, reason: str) -> None:
    """Bring stories in step with their articles and tell the pages; the topics room looks again.

    A story left without articles keeps its counters: it was merged into another.
    """
    by_id = {story.pk: story for story in stories}
    found = counted(by_id)
    for number, story in by_id.items():
        story.unfiled = True
        if number in found:
            _count(story, found[number])
    update_each(by_id.values(), COUNTED)
    Dirty.mark("story", (number for number, story in by_id.items() if story.public_at), reason, now)


def _count(story: Story, found: Coverage) -> None:
    story.lead_id, story.lead_chosen, story.language = found.lead, found.chosen, found.language
    story.outlets, story.articles_count = found.outlets, found.articles
    story.first_at, story.last_at = found.first_at, found.last_at
