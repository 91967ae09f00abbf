"""Editors' acts on topics and filings: each an Act in the log, each against the version the editor saw.

Rule: a rule that cannot be understood is never stored (core.rules.RuleError says where). A change of rule files the
topic's history again in the background; what an editor filed or withdrew by hand stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from corante.core.rules import parse
from corante.core.slugs import free, slug
from corante.core.work import Impossible
from corante.models import Account, Act, Digest, Dirty, Filing, Profile, Scope, Story, Topic, deeds

from .refiling import REFILING, start

CHANGEABLE: Final = ("name", "rule", "description", "position", "hold")


@transaction.atomic
def add(name: str, rule: str, now: datetime, by: Account | None = None, **more: Any) -> Topic:
    """A new topic at the end of the list and in each letter that takes everything; its history is filed in the background.

    `more`: description, hold. Raises RuleError for the rule, Impossible for an empty or taken name.
    """
    name = _name(name)
    parse(rule)
    if Topic.objects.filter(name__iexact=name, retired_at=None).exists():
        raise Impossible(f"there is a topic “{name}” already")
    last = Topic.objects.aggregate(last=Max("position"))["last"]
    topic = Topic(name=name, slug=_free(slug(name)), rule=rule.strip(), created_at=now, **more)
    topic.position = 0 if last is None else last + 1
    start(topic)
    topic.save()
    if not topic.slug:  # a script with no plain transcription
        topic.slug = _free(f"topic-{topic.pk}")
        topic.save(update_fields=["slug"])
    _join_letters(topic)
    Act.on(topic, "add_topic", by, "", now, after={"name": name, "rule": topic.rule})
    _tell(topic, "added", now)
    return topic


@transaction.atomic
def change(
    topic: Topic, by: Account | None, why: str, now: datetime, version: int, undoes: Act | None = None, **to: Any
) -> Act:
    """Change name, rule, description, position or hold. Raises Conflict, RuleError, Impossible."""
    fresh = deeds.take(topic, version)
    before, after = deeds.differing(fresh, to, CHANGEABLE)
    _check(after)
    for name, value in after.items():
        setattr(fresh, name, value)
    if "rule" in after:
        start(fresh)
        Profile.objects.filter(topic=fresh).delete()  # it says what the old rule's stories were about
    act = Act.on(fresh, "change_topic", by, why, now, before, after, undoes)
    _save(fresh, "changed", now, *after, *REFILING)
    return act


@transaction.atomic
def retire(topic: Topic, by: Account | None, why: str, now: datetime, version: int, undoes: Act | None = None) -> Act:
    """Let a topic stand no more: its pages go, stories under no other topic are public no more. Raises Conflict."""
    fresh = deeds.take(topic, version)
    if fresh.retired_at:
        raise Impossible("this topic is retired already")
    fresh.retired_at = now
    act = Act.on(fresh, "retire", by, why, now, undoes=undoes)
    _look_again(fresh)
    _save(fresh, "retired", now, "retired_at")
    return act


@transaction.atomic
def restore(topic: Topic, by: Account | None, why: str, now: datetime, version: int, undoes: Act | None = None) -> Act:
    """Let a retired topic stand again, its history filed anew."""
    fresh = deeds.take(topic, version)
    fresh.retired_at = None
    start(fresh)
    act = Act.on(fresh, "restore_topic", by, why, now, undoes=undoes)
    _look_again(fresh)
    _save(fresh, "restored", now, "retired_at", *REFILING)
    return act


@transaction.atomic
def file_by_hand(story: Story, topic: Topic, by: Account, now: datetime, why: str, undoes: Act | None = None) -> Filing:
    """Put a story under a topic whatever the rule says. Raises Impossible when it stands there already."""
    told = Story.objects.select_for_update().get(pk=story.pk)
    if told.merged_into_id:
        raise Impossible(f"story {told.pk} was merged into story {told.merged_into_id}: file that one")
    filing = Filing.objects.filter(story=told, topic=topic).first()
    if filing and filing.withdrawn_at is None:
        raise Impossible(f"the story stands under “{topic.name}” already")
    filing = filing or Filing(story=told, topic=topic)
    filing.by, filing.clause, filing.at = by, f"by hand: {why}"[:500] if why else "by hand", now
    filing.told_at, filing.withdrawn_at = told.first_at, None
    filing.save()
    _log_filing(filing, "file", by, why, now, undoes)
    return filing


@transaction.atomic
def withdraw(filing: Filing, by: Account, now: datetime, why: str, undoes: Act | None = None) -> Act:
    """Take a story out of a topic; the rule won't put it back. Raises Impossible when it is out already."""
    if not Filing.objects.filter(pk=filing.pk, withdrawn_at=None).update(withdrawn_at=now):
        raise Impossible("this filing was withdrawn already")
    return _log_filing(filing, "withdraw", by, why, now, undoes)


@transaction.atomic
def put_back(filing: Filing, by: Account, now: datetime, why: str, undoes: Act | None = None) -> Act:
    """Let a withdrawn filing stand again. Raises Impossible when it stands."""
    if not Filing.objects.filter(pk=filing.pk, withdrawn_at__isnull=False).update(withdrawn_at=None):
        raise Impossible("this filing stands")
    return _log_filing(filing, "put_back", by, why, now, undoes)


def _save(topic: Topic, reason: str, now: datetime, *fields: str) -> None:
    topic.version += 1
    topic.save(update_fields=[*fields, "version"])
    _tell(topic, reason, now)


def _tell(topic: Topic, reason: str, now: datetime) -> None:
    """A topic stands in the navigation of every page."""
    Dirty.mark("topic", [topic.pk], reason, now)
    Dirty.mark("site", [0], f"topic {reason}", now)


def _join_letters(topic: Topic) -> None:
    """What a letter brings already stands there under its own heading from now on, and readers can choose it."""
    whole = Digest.objects.filter(topics__rule="*", topics__retired_at__isnull=True, retired_at__isnull=True)
    Scope.objects.bulk_create(Scope(digest=digest, topic=topic) for digest in whole.distinct())


def _look_again(topic: Topic) -> None:
    Story.objects.filter(filings__topic=topic).update(unfiled=True)


def _check(after: dict[str, Any]) -> None:
    if "rule" in after:
        parse(after["rule"])
    if "name" in after:
        after["name"] = _name(after["name"])


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Impossible("a topic's name has 1 to 120 characters")
    return name


def _free(wanted: str) -> str:
    return free(wanted, lambda slug: Topic.objects.filter(slug=slug).exists())


def _log_filing(filing: Filing, verb: str, by: Account, why: str, now: datetime, undoes: Act | None) -> Act:
    """The act on a filing stands with its topic; the story gets a new look."""
    Story.objects.filter(pk=filing.story_id).update(unfiled=True)
    Dirty.mark("topic", [filing.topic_id], verb, now)
    after = {"filing": filing.pk, "story": filing.story_id}
    return Act.on(filing.topic, verb, by, why, now, after=after, undoes=undoes)
