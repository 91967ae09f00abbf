"""Where one story ends and another begins, by an editor's word: merge, split, and the machine's proposals.

Rule: a merge leaves a redirect from the other story's number, a split gives the articles taken out a new number. Both
leave links (must, cannot) that every later decision asks before any score, and both can be undone: by more links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import product

from django.db import transaction

from corante.core.work import Impossible
from corante.models import Account, Act, Article, Filing, Join, Link, Merge, Proposal, Split, Story

from .counting import recount
from .editing import finish, log, take

SPOKEN = 20  # articles of each side that links are made between


@transaction.atomic
def merge(
    story: Story,
    other: Story,
    by: Account,
    why: str,
    now: datetime,
    version: int,
    undoes: Act | None = None,
) -> Act:
    """Make one story of two: `other`'s articles come over, its number redirects. Raises Conflict, Impossible."""
    if story.pk == other.pk:
        raise Impossible("a story can't be merged with itself")
    into, gone = take(story, version), take(other)
    moved = list(Article.objects.filter(story=gone).order_by("id").values_list("id", flat=True))
    redirected = list(Story.objects.filter(merged_into=gone).values_list("id", flat=True))
    after = {"other": gone.pk, "moved": moved, "redirected": redirected}
    act = log(into, "merge", by, why, now, after=after, undoes=undoes)
    Merge.objects.create(story=into, other=gone, act=act, moved=moved, at=now)
    _link([(into.lead_id, gone.lead_id)], True, now)
    _move(moved, into)
    _take_over(gone, into, now)
    Story.objects.filter(pk__in=redirected).update(merged_into=into)
    gone.merged_into = into
    Proposal.objects.filter(story__in=(into, gone), other__in=(into, gone)).update(answered_at=now)
    _settle(into, gone, now, "merged")
    return act


@transaction.atomic
def unmerge(into: Story, act: Act, by: Account, why: str, now: datetime) -> Act:
    """Take a merge apart again: what came over and is still there goes back."""
    fresh = take(into)
    gone = Story.objects.select_for_update().get(pk=act.after["other"])
    if gone.merged_into_id != fresh.pk:
        raise Impossible("the merged story went on to another one since: undo that merge first")
    back = list(Article.objects.filter(pk__in=act.after["moved"], story=fresh).values_list("id", flat=True))
    if not back or len(back) == Article.objects.filter(story=fresh).count():
        raise Impossible("the articles that came over are not there any more: use split instead")
    done = log(fresh, "unmerge", by, why, now, before=act.after, undoes=act)
    Merge.objects.filter(act=act).update(undone_at=now)
    stay = Article.objects.filter(story=fresh).exclude(pk__in=back).values_list("id", flat=True)
    _unlink(back, stay)
    _link(product(back[:SPOKEN], list(stay)[:SPOKEN]), False, now)
    _move(back, gone)
    gone.merged_into = None
    Story.objects.filter(pk__in=act.after["redirected"]).update(merged_into=gone)
    _settle(fresh, gone, now, "merge undone")
    return done


@transaction.atomic
def split(
    story: Story,
    article_ids: Iterable[int],
    by: Account,
    why: str,
    now: datetime,
    version: int,
    undoes: Act | None = None,
) -> Story:
    """Take these articles out into a story of their own, which is returned. Raises Conflict, Impossible."""
    fresh = take(story, version)
    there = set(Article.objects.filter(story=fresh).values_list("id", flat=True))
    moved = sorted(set(article_ids))
    if not moved or not there.issuperset(moved):
        raise Impossible("choose articles of this story to take out")
    if len(moved) == len(there):
        raise Impossible("at least one article must stay: nothing would be left of the story")
    new = _new_story(fresh, moved[0])
    act = log(fresh, "split", by, why, now, after={"new": new.pk, "moved": moved}, undoes=undoes)
    Split.objects.create(story=fresh, new=new, act=act, moved=moved, at=now)
    stay = sorted(there.difference(moved))
    _unlink(moved, stay)
    _link(product(moved[:SPOKEN], stay[:SPOKEN]), False, now)
    _move(moved, new)
    _settle(fresh, new, now, "split")
    return new


@transaction.atomic
def unsplit(story: Story, act: Act, by: Account, why: str, now: datetime) -> Act:
    """Put what a split took out back: the new story is merged into the old."""
    fresh = take(story)
    new = take(Story.objects.get(pk=act.after["new"]))
    done = merge(fresh, new, by, why, now, fresh.version, undoes=act)
    Split.objects.filter(act=act).update(undone_at=now)
    return done


@transaction.atomic
def answer(proposal: Proposal, yes: bool, by: Account, why: str, now: datetime) -> Act:
    """An editor's word on a proposed merge: yes merges, no keeps the two apart for good. Raises Impossible."""
    if Proposal.objects.filter(pk=proposal.pk, answered_at=None).update(answered_at=now) != 1:
        raise Impossible("this proposal was answered already")
    one, other = take(proposal.story), take(proposal.other)
    if yes:
        return merge(one, other, by, why, now, one.version)
    act = log(one, "keep_apart", by, why, now, after={"other": other.pk, "proposal": proposal.pk})
    _link([(one.lead_id, other.lead_id)], False, now)
    return act


def _new_story(of: Story, lead: int) -> Story:
    """A story for what was taken out; released from review if the one it came from was."""
    return Story.objects.create(
        lead_id=lead, language=of.language, first_at=of.first_at, last_at=of.last_at, approved_at=of.approved_at
    )


def _move(articles: Sequence[int], into: Story) -> None:
    Article.objects.filter(pk__in=articles).update(story=into)
    Join.objects.filter(article__in=articles).update(story=into)


def _take_over(gone: Story, into: Story, now: datetime) -> None:
    """What an editor filed by hand stays filed."""
    have = set(Filing.objects.filter(story=into).values_list("topic", flat=True))
    by_hand = Filing.objects.filter(story=gone, by__isnull=False, withdrawn_at=None).exclude(topic__in=have)
    for filing in by_hand:
        Filing.objects.create(
            story=into,
            topic_id=filing.topic_id,
            by_id=filing.by_id,
            clause=filing.clause,
            told_at=into.first_at,
            at=now,
        )


def _settle(story: Story, other: Story, now: datetime, reason: str) -> None:
    """Both got or lost articles: counters are counted anew; an editor's lead that left is no lead any more."""
    for one in (story, other):
        finish(one, now, reason, "merged_into")
    recount([story, other], now, reason)


def _link(pairs: Iterable[tuple[int | None, int | None]], must: bool, now: datetime) -> None:
    """An editor's latest word on pairs of articles; the last one counts."""
    known = sorted({(min(one, other), max(one, other)) for one, other in pairs if one and other})
    rows = [Link(one_id=one, other_id=other, must=must, at=now) for one, other in known]
    Link.objects.bulk_create(
        rows, 500, update_conflicts=True, unique_fields=["one", "other"], update_fields=["must", "at"]
    )


def _unlink(some: Iterable[int], others: Iterable[int]) -> None:
    """Earlier words that said the opposite."""
    some, others = list(some), list(others)
    Link.objects.filter(one__in=some, other__in=others, must=True).delete()
    Link.objects.filter(one__in=others, other__in=some, must=True).delete()
