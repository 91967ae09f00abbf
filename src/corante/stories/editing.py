"""How an editor's act is done: against the version the editor saw, with an Act in the log.

Rule: a room function takes the story as the editor saw it (`version`); if another editor changed it since, it raises
Conflict and nothing is written. Every act marks the pages and asks the topics room to look again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from corante.core.work import Impossible
from corante.models import Account, Act, Dirty, Story, deeds

from .locking import one_at_a_time


def take(story: Story, version: int | None = None) -> Story:
    """The story as it stands now, locked until the transaction ends. Raises Conflict, and Impossible for a merged one.

    `version` is what the editor saw; None for acts that overwrite nobody's work.
    """
    one_at_a_time()
    fresh = deeds.take(story, version)
    if fresh.merged_into_id:
        raise Impossible(f"story {fresh.pk} was merged into story {fresh.merged_into_id}: act on that one")
    return fresh


def finish(story: Story, now: datetime, reason: str, *fields: str) -> None:
    """Write these fields and the new version; pages and topics look again."""
    story.version += 1
    story.unfiled = True
    story.save(update_fields=[*fields, "version", "unfiled"])
    Dirty.mark("story", [story.pk], reason, now)


def log(
    story: Story,
    verb: str,
    by: Account | None,
    why: str,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    undoes: Act | None = None,
) -> Act:
    """The act's row."""
    return Act.record(("story", story.pk, label(story)), verb, by, why, now, before, after, undoes)


def label(story: Story) -> str:
    """The story's name in the log."""
    return (story.headline or (story.lead.title if story.lead else "") or str(story))[:500]
