"""Undo: another act that takes one back, where that is still possible.

Rule: nothing is removed from the log. An act is undone once; undoing what was changed again since is Impossible or a
Conflict, never a silent loss of the later work.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from corante.catalog.tellings import choices
from corante.core.work import Impossible
from corante.models import Account, Act, Article, Link, Pin, Story, Topic, deeds

from . import acts, boundaries
from .editing import log, take

UNDOABLE: Final = frozenset(
    {
        "hide",
        "unhide",
        "pin",
        "unpin",
        "edit",
        "approve",
        "withhold",
        "choose_lead",
        "merge",
        "unmerge",
        "split",
        "keep_apart",
        "retell",
    }
)


@transaction.atomic
def undo(act: Act, by: Account, now: datetime, why: str = "") -> Act:
    """Take an act back; returns the act that did. Raises Impossible with what stands against it."""
    deeds.may_undo(act, UNDOABLE)
    story = Story.objects.get(pk=act.subject_id)
    return _back(act, take(story), by, now, why or f"undo of {act.verb}")


def _back(act: Act, story: Story, by: Account, now: datetime, why: str) -> Act:
    """The opposite of each verb."""
    seen = story.version
    match act.verb:
        case "hide":
            return acts.unhide(story, by, why, now, seen, act)
        case "unhide":
            return acts.hide(story, by, why, now, seen, act)
        case "approve":
            return acts.withhold(story, by, why, now, seen, act)
        case "withhold":
            return acts.approve(story, by, why, now, seen, act)
        case "edit":
            return _edit_back(act, story, by, now, why)
        case "choose_lead":
            return _lead_back(act, story, by, now, why)
        case "pin" | "unpin":
            return _pin_back(act, story, by, now, why)
        case "merge":
            return boundaries.unmerge(story, act, by, why, now)
        case "retell":
            return log(story, "not_retell", by, why, now, before=act.after, undoes=act)
        case "unmerge":
            return boundaries.merge(story, Story.objects.get(pk=act.before["other"]), by, why, now, seen, act)
        case "split":
            return boundaries.unsplit(story, act, by, why, now)
    return _join_again(act, story, by, now, why)


def _edit_back(act: Act, story: Story, by: Account, now: datetime, why: str) -> Act:
    deeds.unchanged_since(act, story)
    return acts.edit(story, act.before.get("headline"), act.before.get("excerpt"), by, why, now, story.version, act)


def _lead_back(act: Act, story: Story, by: Account, now: datetime, why: str) -> Act:
    if choices([story.pk]).get(story.pk) != act.after["article"]:
        raise Impossible("another lead was chosen since: undo that first")
    before = Article.objects.filter(pk=act.before["article"], story=story).first()
    return acts.choose_lead(story, before, by, why, now, story.version, act)


def _pin_back(act: Act, story: Story, by: Account, now: datetime, why: str) -> Act:
    if act.verb == "pin":
        pin = Pin.objects.filter(act=act).first()
        if pin is None:
            raise Impossible("this pin is gone")
        return acts.unpin(pin, by, why, now, act)
    expires_at = datetime.fromisoformat(act.before["expires_at"])
    topic = Topic.objects.filter(pk=act.before["topic"]).first()
    return acts.pin(story, topic, expires_at, by, why, now, act).act


def _join_again(act: Act, story: Story, by: Account, now: datetime, why: str) -> Act:
    """An editor no longer says that two stories differ: the score decides again."""
    other = Story.objects.get(pk=act.after["other"])
    leads = (story.lead_id, other.lead_id)
    Link.objects.filter(one__in=leads, other__in=leads, must=False).delete()
    return log(story, "let_join", by, why, now, before=act.after, undoes=act)
