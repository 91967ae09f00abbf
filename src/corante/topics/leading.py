"""Who leads a story when an outlet was taken down or came back, or a piece was taken back.

Rule: core.coverage's, the same as when an article joins, so a story never goes dark while one of its pieces may
stand, and gets its old lead again when that comes back.
"""

from __future__ import annotations

from collections.abc import Sequence

from corante.catalog.tellings import counted
from corante.models import Story
from corante.models.bulk import update_each

FIELDS = ("lead", "lead_chosen", "language", "outlets")


def lead_anew(stories: Sequence[Story]) -> None:
    """Bring lead and outlets of these locked stories in step with what stands of their pieces."""
    found = counted(story.pk for story in stories if story.merged_into_id is None)
    changed = []
    for story in stories:
        if (now := found.get(story.pk)) is None:
            continue
        values = (now.lead, now.chosen, now.language, now.outlets)
        if values != (story.lead_id, story.lead_chosen, story.language, story.outlets):
            story.lead_id, story.lead_chosen, story.language, story.outlets = values
            changed.append(story)
    update_each(changed, FIELDS)
