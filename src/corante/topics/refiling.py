"""History filed again after a topic's rule changed: a piece at a time, newest first, resumable.

Rule: `Topic.refile_from` is the next story number to look at, going down; null when done. A piece only asks that the
stories whose place would change be looked at (Story.unfiled), so filing itself is done in one place.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from corante.core.matching import Document, matches
from corante.core.rules import Rule, RuleError, parse
from corante.core.work import Tally
from corante.models import Dirty, Filing, Story, Topic

from .documents import documents

PIECE = 300
REFILING = ("refile_from", "refile_top", "refile_changed")


@transaction.atomic
def refile(number: int, now: datetime) -> Tally:
    """The next piece of a topic's history."""
    topic = Topic.objects.select_for_update().filter(pk=number, refile_from__isnull=False).first()
    if topic is None or topic.refile_from is None:
        return Tally()
    below = Story.objects.filter(pk__lte=topic.refile_from, merged_into=None).order_by("-id")
    stories = list(below.values_list("id", flat=True)[:PIECE])
    changed = _changed(topic, stories) if stories else []
    Story.objects.filter(pk__in=changed).update(unfiled=True)
    topic.refile_from = stories[-1] - 1 if len(stories) == PIECE else None
    topic.refile_changed += len(changed)
    topic.save(update_fields=REFILING)
    if topic.refile_from is None:
        Dirty.mark("topic", [topic.pk], "history filed again", now)
    return Tally(done=len(stories))


def start(topic: Topic) -> None:
    """Begin with the newest story there is; save REFILING."""
    topic.refile_from = topic.refile_top = Story.objects.aggregate(last=Max("id"))["last"]
    topic.refile_changed = 0


def _changed(topic: Topic, stories: list[int]) -> list[int]:
    """Stories that match and are not filed, or are filed by rule and match no more or by another clause."""
    rule = _rule(topic)
    texts = documents(stories)
    filed = {f.story_id: f for f in Filing.objects.filter(topic=topic, story__in=stories)}
    return [
        number
        for number in stories
        if _differs(filed.get(number), _clause(rule, [one.document for one in texts[number]]))
    ]


def _rule(topic: Topic) -> Rule | None:
    try:
        return parse(topic.rule) if topic.retired_at is None else None
    except RuleError:
        return None


def _clause(rule: Rule | None, texts: list[Document]) -> str | None:
    found = (matches(rule, one) for one in texts) if rule else iter(())
    return next((clause for clause in found if clause is not None), None)


def _differs(filing: Filing | None, clause: str | None) -> bool:
    if filing is None:
        return clause is not None
    by_rule = filing.by_id is None and filing.withdrawn_at is None
    return by_rule and filing.clause != (clause or "")[:500]
