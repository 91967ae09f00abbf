"""Undo of what editors did to topics, filings and suggestions: another act, where that is still possible.

Rule: as in every room, nothing is removed from the log, and undoing what was changed again since is Impossible.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from corante.core.work import Impossible
from corante.models import Account, Act, Filing, Topic, deeds

from .acts import change, put_back, restore, retire, withdraw
from .answering import suggest_again

UNDOABLE: Final = frozenset({"file", "withdraw", "put_back", "change_topic", "retire", "restore_topic", "dismiss"})


@transaction.atomic
def undo(act: Act, by: Account, now: datetime, why: str = "") -> Act:
    """Take an act on a topic or filing back; returns the act that did. Raises Impossible."""
    deeds.may_undo(act, UNDOABLE)
    why = why or f"undo of {act.verb}"
    if act.verb == "dismiss":
        return suggest_again(act, by, now, why)
    if act.verb in ("file", "withdraw", "put_back"):
        return _filing_back(act, by, now, why)
    return _topic_back(act, Topic.objects.get(pk=act.subject_id), by, now, why)


def _topic_back(act: Act, topic: Topic, by: Account, now: datetime, why: str) -> Act:
    if act.verb == "retire":
        return restore(topic, by, why, now, topic.version, act)
    if act.verb == "restore_topic":
        return retire(topic, by, why, now, topic.version, act)
    deeds.unchanged_since(act, topic)
    return change(topic, by, why, now, topic.version, act, **act.before)


def _filing_back(act: Act, by: Account, now: datetime, why: str) -> Act:
    filing = Filing.objects.filter(pk=act.after["filing"]).first()
    if filing is None:
        raise Impossible("this filing is gone")
    return (put_back if act.verb == "withdraw" else withdraw)(filing, by, now, why, act)
