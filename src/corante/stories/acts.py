"""An editor's acts on one story: hide, pin, edit, approve, choose the lead, and the way back of each.

Rule: a row for the act, a row of its own kind where there is one, the new version, and the pages told: all in one
transaction.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from corante.catalog.tellings import choices
from corante.core.work import Impossible
from corante.models import Account, Act, Article, Dirty, Hiding, Pin, Revision, Story, Topic

from .counting import recount
from .editing import finish, log, take


@transaction.atomic
def hide(story: Story, by: Account, why: str, now: datetime, version: int, undoes: Act | None = None) -> Act:
    """Take a story from public view. Raises Conflict, Impossible when it is hidden already."""
    fresh = take(story, version)
    if Hiding.objects.filter(story=fresh, ended_at=None).exists():
        raise Impossible("this story is hidden already")
    act = log(fresh, "hide", by, why, now, undoes=undoes)
    Hiding.objects.create(story=fresh, act=act, at=now)
    finish(fresh, now, "hidden")
    return act


@transaction.atomic
def unhide(story: Story, by: Account, why: str, now: datetime, version: int, undoes: Act | None = None) -> Act:
    """Show a hidden story again. Raises Conflict, Impossible when it is not hidden."""
    fresh = take(story, version)
    if not Hiding.objects.filter(story=fresh, ended_at=None).update(ended_at=now):
        raise Impossible("this story is not hidden")
    act = log(fresh, "unhide", by, why, now, undoes=undoes)
    finish(fresh, now, "shown again")
    return act


@transaction.atomic
def pin(
    story: Story,
    topic: Topic | None,
    expires_at: datetime,
    by: Account,
    why: str,
    now: datetime,
    undoes: Act | None = None,
) -> Pin:
    """Hold a story at the top of a topic (None: of the front) until `expires_at`; an earlier pin there ends."""
    if expires_at <= now:
        raise Impossible("a pin must end after now")
    fresh = take(story)
    Pin.objects.filter(story=fresh, topic=topic, ended_at=None).update(ended_at=now)
    where = {"topic": topic.pk if topic else None, "expires_at": expires_at.isoformat()}
    act = log(fresh, "pin", by, why, now, after=where, undoes=undoes)
    made = Pin.objects.create(story=fresh, topic=topic, act=act, at=now, expires_at=expires_at)
    finish(fresh, now, "pinned")
    Dirty.mark("story", [fresh.pk], "a pin ended", now, due_at=expires_at)
    return made


@transaction.atomic
def unpin(pin: Pin, by: Account, why: str, now: datetime, undoes: Act | None = None) -> Act:
    """Take a pin out. Raises Impossible when it ended already."""
    fresh = take(pin.story)
    if not Pin.objects.filter(pk=pin.pk, ended_at=None).update(ended_at=now):
        raise Impossible("this pin was taken out already")
    where = {"topic": pin.topic_id, "expires_at": pin.expires_at.isoformat()}
    act = log(fresh, "unpin", by, why, now, before=where, undoes=undoes)
    finish(fresh, now, "pin taken out")
    return act


@transaction.atomic
def edit(
    story: Story,
    headline: str | None,
    excerpt: str | None,
    by: Account,
    why: str,
    now: datetime,
    version: int,
    undoes: Act | None = None,
) -> Act:
    """Give a story an editor's headline or excerpt; "" goes back to the lead's, None leaves it. Raises Conflict."""
    fresh = take(story, version)
    wanted = {"headline": headline, "excerpt": excerpt}
    after = {name: value.strip() for name, value in wanted.items() if value is not None}
    before = {name: getattr(fresh, name) for name in after}
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        raise Impossible("nothing was changed")
    if len(after.get("headline", "")) > 500:
        raise Impossible("a headline has 500 characters at most")
    act = log(fresh, "edit", by, why, now, before, after, undoes)
    for name in changed:
        Revision.objects.create(story=fresh, act=act, field=name, before=before[name], after=after[name], at=now)
        setattr(fresh, name, after[name])
    finish(fresh, now, "edited", *changed)
    return act


@transaction.atomic
def retell(story: Story, line: str, by: Account, why: str, now: datetime, version: int) -> Act:
    """Ask the letters that told a story for one line on it in their next edition; `line` may say what is new.

    Raises Conflict; Impossible for a story no letter has told, or a line of more than 200 characters.
    """
    fresh = take(story, version)
    if not fresh.items.filter(kind="story").exclude(edition__state="folded").exists():
        raise Impossible("no letter has told this story yet: it will be news in the next one")
    if len(line) > 200:
        raise Impossible("a line on a story has 200 characters at most")
    return log(fresh, "retell", by, why, now, after={"line": " ".join(line.split())})


@transaction.atomic
def approve(story: Story, by: Account, why: str, now: datetime, version: int, undoes: Act | None = None) -> Act:
    """Release a story that waits for an editor. Raises Conflict, Impossible when it was approved already."""
    fresh = take(story, version)
    if fresh.approved_at:
        raise Impossible("this story was approved already")
    fresh.approved_at = now
    act = log(fresh, "approve", by, why, now, undoes=undoes)
    finish(fresh, now, "approved", "approved_at")
    return act


@transaction.atomic
def withhold(story: Story, by: Account, why: str, now: datetime, version: int, undoes: Act | None = None) -> Act:
    """Take an approval back: the story waits again. Raises Conflict, Impossible when there was none."""
    fresh = take(story, version)
    if not fresh.approved_at:
        raise Impossible("this story was not approved")
    fresh.approved_at = None
    act = log(fresh, "withhold", by, why, now, undoes=undoes)
    finish(fresh, now, "approval taken back", "approved_at")
    return act


@transaction.atomic
def choose_lead(
    story: Story,
    article: Article | None,
    by: Account,
    why: str,
    now: datetime,
    version: int,
    undoes: Act | None = None,
) -> Act:
    """Lead the story with this article; None goes back to the rule. Raises Conflict, Impossible for a stranger."""
    fresh = take(story, version)
    if article and not Article.objects.filter(pk=article.pk, story=fresh).exists():
        raise Impossible("only an article of the story can lead it")
    before = {"article": choices([fresh.pk]).get(fresh.pk)}
    after = {"article": article.pk if article else None}
    act = log(fresh, "choose_lead", by, why, now, before, after, undoes)
    finish(fresh, now, "lead chosen")
    recount([fresh], now, "lead chosen")
    return act
