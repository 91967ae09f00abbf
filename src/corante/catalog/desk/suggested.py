"""What waits for an editor's word at a topic: stories that read like its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from corante.models import Suggestion


@dataclass(frozen=True)
class Suggested:
    """One story, and why it was thought of."""

    id: int
    story: int
    headline: str
    language: str
    outlet: str
    at: datetime
    terms: tuple[str, ...]


def suggested(topic: int) -> list[Suggested]:
    """Suggestions nobody answered, the most alike first; none of a story that was merged or lost its lead."""
    waiting = Suggestion.objects.filter(
        topic=topic, answered_at=None, story__merged_into=None, story__lead__isnull=False
    )
    rows = waiting.select_related("story__lead__outlet").order_by("-score", "-story_id")
    return [_suggested(row) for row in rows]


def waiting() -> Mapping[int, int]:
    """Topic -> how many wait there."""
    open_ = Suggestion.objects.filter(answered_at=None, story__merged_into=None, story__lead__isnull=False)
    return dict(open_.values_list("topic").annotate(n=Count("pk")).order_by())


def _suggested(row: Suggestion) -> Suggested:
    story = row.story
    lead = story.lead
    assert lead is not None
    return Suggested(
        id=row.pk,
        story=story.pk,
        headline=story.headline or lead.title,
        language=story.language or lead.language,
        outlet=lead.outlet.name,
        at=story.first_at,
        terms=tuple(str(term) for term in row.terms[:5]),
    )
