"""The accounts of an edition: identities that must hold at every moment, asked by `corante verify`.

    stories newly public since the last edition  =  in this edition (told or listed)  +  not public any more
    every delivery's letter                      =  stories of the edition, under topics it stands under

The third identity, of deliveries by state, is kept by the room that delivers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from corante.catalog.visibility import public_filings
from corante.core import ledger
from corante.models import Edition, Hiding, Item, Merge, Scope, Story

from .ledger import families

COMMITTING = timedelta(minutes=10)
"""A row is stamped when its batch begins and seen when it commits: what was stamped so shortly before a freeze may
have come after it, and then stands in the next edition. A later edition ends the excuse."""


def check(edition: Edition) -> list[str]:
    """What does not add up, in words; empty when all does."""
    if edition.state == "folded":
        return _folded(edition)
    return [*_missed(edition), *_strangers(edition), *_unread(edition)]


def _missed(edition: Edition) -> list[str]:
    """Public under a topic of the digest when the edition froze, and in no edition of it, told or listed."""
    since = dict(Scope.objects.filter(digest=edition.digest).values_list("topic_id", "since"))
    by = _seen_by(edition)
    owed = {
        (story, topic)
        for story, topic, public_at in public_filings()
        .filter(topic__in=since, at__lte=by, story__public_at__lte=by)
        .exclude(story__in=_away(edition))
        .values_list("story_id", "topic_id", "story__public_at")
        if public_at is not None and public_at >= (since[topic] or edition.frozen_at)
    }
    survivor = families({story for story, _ in owed})
    items = Item.objects.filter(digest=edition.digest, kind="story", story__in=survivor)
    told = ledger.news(owed, items.values_list("story_id", "topic_id"), survivor)
    return [
        f"story {story} was public under topics {sorted(topics)} when edition {edition.pk} froze and is in no edition"
        for story, topics in sorted(told.items())
    ]


def _seen_by(edition: Edition) -> datetime:
    """Up to when what was public must stand in an edition by now."""
    later = Edition.objects.filter(digest=edition.digest, frozen_at__gt=edition.frozen_at).exclude(state="folded")
    return edition.frozen_at if later.exists() else edition.frozen_at - COMMITTING


def _away(edition: Edition) -> QuerySet[Story, int]:
    """Stories public now that were not when it froze: hidden then, or released or parted from another since."""
    hidden = Hiding.objects.filter(story=OuterRef("pk"), at__lte=edition.frozen_at, ended_at__gt=edition.frozen_at)
    parted = Merge.objects.filter(other=OuterRef("pk"), undone_at__gt=edition.frozen_at)
    away = Exists(hidden) | Exists(parted) | Q(approved_at__gt=edition.frozen_at)
    return Story.objects.filter(away).values_list("pk", flat=True)


def _strangers(edition: Edition) -> list[str]:
    """A letter carries a story its edition does not hold."""
    held = set(edition.items.filter(kind="story").values_list("story_id", flat=True))
    return [
        f"variant {number} of edition {edition.pk} carries stories the edition does not hold: {sorted(set(s) - held)}"
        for number, s in edition.variants.values_list("pk", "stories")
        if set(s) - held
    ]


def _unread(edition: Edition) -> list[str]:
    """The readers counted at the freeze are those with a delivery."""
    rows = edition.deliveries.count()
    if rows == edition.recipients:
        return []
    return [f"edition {edition.pk} had {edition.recipients} recipients at its freeze and has {rows} deliveries"]


def _folded(edition: Edition) -> list[str]:
    if edition.items.exists():
        return [f"edition {edition.pk} was folded and still holds its stories back from the next"]
    return []
