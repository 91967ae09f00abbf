"""An admin's acts on outlets: change, take down, bring back; and the undoing of every act of this room.

Rule: each is an Act in the log, against the version the admin saw; what the public may see of an outlet's stories is
decided again by the topics room, which is told by `unfiled`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from corante.core.composing import leading_sentences
from corante.core.markup import words
from corante.core.work import Impossible
from corante.models import Account, Act, Article, Dirty, Feed, Outlet, Story

from .pausing import RESUMED, log, pause, paused_feed, resume

UNDOABLE: Final = frozenset({"change_outlet", "take_down", "bring_back", "pause", "resume", "join_feeds"})
CHANGEABLE: Final = ("name", "language", "owner", "group", "note", "excerpt_words", "body_selector", "hold")
LONGEST: Final = 400
"""Words an excerpt may be set to at most."""


class Conflict(Exception):
    """Somebody changed the outlet since this one looked; `outlet` is as it is now."""

    def __init__(self, outlet: Outlet) -> None:
        super().__init__(f"“{outlet.name}” was changed meanwhile (it is at version {outlet.version}): look again")
        self.outlet = outlet


@transaction.atomic
def change(
    outlet: Outlet, by: Account, why: str, now: datetime, version: int, undoes: Act | None = None, **to: Any
) -> Act:
    """Change name, language, owner, group, note, longest excerpt, where the text stands, or hold.

    Raises Conflict, Impossible.

    A shorter excerpt is an outlet's wish and holds for what stands already; a longer one for what comes.
    """
    fresh = _take(outlet, version)
    _check(to)
    after = {name: value for name, value in to.items() if getattr(fresh, name) != value}
    if not after:
        raise Impossible("nothing was changed")
    before = {name: getattr(fresh, name) for name in after}
    for name, value in after.items():
        setattr(fresh, name, value)
    if after.get("excerpt_words") is not None:
        _shorten(fresh, after["excerpt_words"])
    act = log(fresh, "change_outlet", by, why, now, before, after, undoes)
    _save(fresh, "outlet changed", now, *after)
    return act


@transaction.atomic
def take_down(outlet: Outlet, by: Account, why: str, now: datetime, version: int, undoes: Act | None = None) -> Act:
    """Nothing of it is public any more, and it is not asked again. Raises Conflict, Impossible."""
    fresh = _take(outlet, version)
    if fresh.removed_at:
        raise Impossible("this outlet was taken down already")
    paused = list(Feed.objects.filter(outlet=fresh, state="active").values_list("pk", flat=True))
    for feed in Feed.objects.filter(pk__in=paused):
        feed.pause()
        feed.save(update_fields=["state"])
    fresh.removed_at = now
    act = log(fresh, "take_down", by, why, now, after={"paused": paused}, undoes=undoes)
    _save(fresh, "outlet taken down", now, "removed_at")
    return act


@transaction.atomic
def bring_back(outlet: Outlet, taken: Act, by: Account, why: str, now: datetime) -> Act:
    """Undo of a taking down: public again, and the feeds it paused are asked again."""
    fresh = _take(outlet, outlet.version)
    if not fresh.removed_at:
        raise Impossible("this outlet stands already")
    for feed in Feed.objects.filter(pk__in=taken.after["paused"], state="paused"):
        feed.resume(now)
        feed.save(update_fields=RESUMED)
    fresh.removed_at = None
    act = log(fresh, "bring_back", by, why, now, undoes=taken)
    _save(fresh, "outlet back", now, "removed_at")
    return act


@transaction.atomic
def undo(act: Act, by: Account, now: datetime) -> Act:
    """Take an act on an outlet back; returns the act that did. Raises Impossible."""
    if act.verb not in UNDOABLE:
        raise Impossible(f"{act.verb} can't be undone here")
    if Act.objects.filter(undoes=act).exists():
        raise Impossible("this was undone already")
    outlet, why = Outlet.objects.get(pk=act.subject_id), f"undo of {act.verb}"
    if act.verb == "take_down":
        return bring_back(outlet, act, by, why, now)
    if act.verb == "bring_back":
        return take_down(outlet, by, why, now, outlet.version, act)
    if act.verb in ("pause", "resume", "join_feeds"):
        return (pause if act.verb == "resume" else resume)(paused_feed(act), by, why, now, act)
    if any(getattr(outlet, name) != value for name, value in act.after.items()):
        raise Impossible("the outlet was changed again since: undo that first")
    return change(outlet, by, why, now, outlet.version, act, **act.before)


def _shorten(outlet: Outlet, most: int) -> None:
    """Cut what stands to whole sentences of at most so many words; 0 leaves the headline alone."""
    cut = []
    for article in Article.objects.filter(outlet=outlet).exclude(excerpt="").only("excerpt", "language").iterator(500):
        shorter = leading_sentences(article.excerpt, article.language, most)
        shorter = shorter if words(shorter) <= most else ""
        if shorter != article.excerpt:
            article.excerpt = shorter
            cut.append(article)
    Article.objects.bulk_update(cut, ["excerpt"], batch_size=500)


def _take(outlet: Outlet, version: int) -> Outlet:
    fresh = Outlet.objects.select_for_update().get(pk=outlet.pk)
    if fresh.version != version:
        raise Conflict(fresh)
    return fresh


def _check(to: dict[str, Any]) -> None:
    if unknown := sorted(to.keys() - set(CHANGEABLE)):
        raise Impossible(f"an outlet has no {', '.join(unknown)} to change")
    if "name" in to and not 0 < len(to["name"].strip()) <= 200:
        raise Impossible("an outlet's name has 1 to 200 characters")
    if len(to.get("owner", "")) > 200 or len(to.get("body_selector", "")) > 300:
        raise Impossible("an owner has 200 characters at most, a selector 300")
    if len(to.get("group", "")) > 200 or len(to.get("note", "")) > 5000:
        raise Impossible("a group has 200 characters at most, a note 5,000")
    most = to.get("excerpt_words")
    if most is not None and not 0 <= most <= LONGEST:
        raise Impossible(f"the longest excerpt has 0 to {LONGEST} words")


def _save(outlet: Outlet, reason: str, now: datetime, *fields: str) -> None:
    """Its stories get a new look, and every page that names it is due."""
    outlet.version += 1
    outlet.save(update_fields=[*fields, "version"])
    Story.objects.filter(articles__outlet=outlet).update(unfiled=True)
    Dirty.mark("outlet", [outlet.pk], reason, now)
