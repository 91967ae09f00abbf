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
from corante.models import Account, Act, Article, Dirty, Feed, Outlet, Story, deeds

from .pausing import RESUMED, pause, paused_feed, resume

UNDOABLE: Final = frozenset({"change_outlet", "take_down", "bring_back", "pause", "resume", "join_feeds"})
CHANGEABLE: Final = ("name", "language", "owner", "group", "note", "excerpt_words", "body_selector", "hold")
LONGEST: Final = 400
"""Words an excerpt may be set to at most."""


@transaction.atomic
def change(
    outlet: Outlet, by: Account, why: str, now: datetime, version: int, undoes: Act | None = None, **to: Any
) -> Act:
    """Change name, language, owner, group, note, longest excerpt, where the text stands, or hold.

    Raises Conflict, Impossible.

    A shorter excerpt is an outlet's wish and holds for what stands already; a longer one for what comes.
    """
    fresh = deeds.take(outlet, version)
    before, after = deeds.differing(fresh, to, CHANGEABLE)
    _check(after)
    for name, value in after.items():
        setattr(fresh, name, value)
    if after.get("excerpt_words") is not None:
        _shorten(fresh, after["excerpt_words"])
    act = Act.on(fresh, "change_outlet", by, why, now, before, after, undoes)
    _save(fresh, "outlet changed", now, *after)
    return act


@transaction.atomic
def take_down(outlet: Outlet, by: Account, why: str, now: datetime, version: int, undoes: Act | None = None) -> Act:
    """Nothing of it is public any more, and it is not asked again. Raises Conflict, Impossible."""
    fresh = deeds.take(outlet, version)
    if fresh.removed_at:
        raise Impossible("this outlet was taken down already")
    paused = list(Feed.objects.filter(outlet=fresh, state="active").values_list("pk", flat=True))
    for feed in Feed.objects.filter(pk__in=paused):
        feed.pause()
        feed.save(update_fields=["state"])
    fresh.removed_at = now
    act = Act.on(fresh, "take_down", by, why, now, after={"paused": paused}, undoes=undoes)
    _save(fresh, "outlet taken down", now, "removed_at")
    return act


@transaction.atomic
def bring_back(outlet: Outlet, taken: Act, by: Account, why: str, now: datetime) -> Act:
    """Undo of a taking down: public again, and the feeds it paused are asked again."""
    fresh = deeds.take(outlet, outlet.version)
    if not fresh.removed_at:
        raise Impossible("this outlet stands already")
    for feed in Feed.objects.filter(pk__in=taken.after["paused"], state="paused"):
        feed.resume(now)
        feed.save(update_fields=RESUMED)
    fresh.removed_at = None
    act = Act.on(fresh, "bring_back", by, why, now, undoes=taken)
    _save(fresh, "outlet back", now, "removed_at")
    return act


@transaction.atomic
def undo(act: Act, by: Account, now: datetime) -> Act:
    """Take an act on an outlet back; returns the act that did. Raises Impossible."""
    deeds.may_undo(act, UNDOABLE)
    outlet, why = Outlet.objects.get(pk=act.subject_id), f"undo of {act.verb}"
    if act.verb == "take_down":
        return bring_back(outlet, act, by, why, now)
    if act.verb == "bring_back":
        return take_down(outlet, by, why, now, outlet.version, act)
    if act.verb in ("pause", "resume", "join_feeds"):
        return (pause if act.verb == "resume" else resume)(paused_feed(act), by, why, now, act)
    deeds.unchanged_since(act, outlet)
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


def _check(to: dict[str, Any]) -> None:
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
