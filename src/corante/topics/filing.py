"""From a story to its topics, its review and its first day in public, a batch at a time.

1. Lock the stories of the batch that are still owed a look, and read their articles.
2. Choose the lead anew: an outlet that was taken down or came back, a piece taken back or a headline changed since.
3. Ask all standing rules; write new filings with the clause that matched, and take out those of rules that match no
   more, unless the story stood in an edition under that topic: what was mailed stays where it was.
4. Does a story wait for an editor (site, outlet of its lead, topic)? Once public, it is not held any more by machine.
5. Is it public now? Mark its first time, put it into search or take it out, tell every page that shows it.

What can go wrong: killed before the commit, nothing was written; the story is still owed its look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, transaction

from corante.catalog import search
from corante.catalog.visibility import public_stories
from corante.core.work import Clock, Tally
from corante.models import Article, Dirty, Filing, Item, Story, Topic
from corante.models.bulk import insert_each, update_each

from .documents import documents, remember, standing_rules
from .leading import lead_anew
from .refiling import refile

BATCH = 200


def due(now: datetime, limit: int) -> list[int]:
    """Stories owed a look, in order; then, as negative numbers, topics whose history is being filed again."""
    stories = list(Story.objects.filter(unfiled=True).order_by("id").values_list("id", flat=True)[:limit])
    if len(stories) == limit:
        return stories
    topics = Topic.objects.filter(refile_from__isnull=False).order_by("id").values_list("id", flat=True)
    return stories + [-topic for topic in topics[: limit - len(stories)]]


def work(ids: list[int], clock: Clock) -> Tally:
    """File these stories, and go on with these topics' history; `made` counts filings."""
    tally, stories = Tally(), sorted(number for number in ids if number > 0)
    for start in range(0, len(stories), BATCH):
        tally += _batch(stories[start : start + BATCH], clock())
    for topic in (-number for number in ids if number < 0):
        tally += refile(topic, clock())
    return tally


def _batch(ids: Sequence[int], now: datetime) -> Tally:
    """One transaction; if it fails, its stories one by one, so that one bad row stops no other."""
    try:
        return _file(ids, now)
    except DatabaseError as error:
        if len(ids) == 1:
            return Tally(failed=1, note=f"story {ids[0]}: {error}"[:200])
    tally = Tally()
    for one in ids:
        tally += _batch([one], now)
    return tally


@dataclass
class _Run:
    """One batch in the making."""

    stories: list[Story]
    now: datetime
    filings: dict[int, list[Filing]] = field(default_factory=lambda: defaultdict(list))
    new: list[Filing] = field(default_factory=list)
    changed: list[Filing] = field(default_factory=list)
    gone: list[Filing] = field(default_factory=list)


@transaction.atomic
def _file(ids: Sequence[int], now: datetime) -> Tally:
    owed = Story.objects.filter(pk__in=ids, unfiled=True).order_by("id")
    run = _Run(list(owed.select_for_update()), now)
    lead_anew(run.stories)
    for filing in Filing.objects.filter(story__in=[s.pk for s in run.stories]).select_related("topic").order_by("id"):
        run.filings[filing.story_id].append(filing)
    _match(run)
    _write(run)
    _hold(run)
    _show(run)
    return Tally(done=len(run.stories), made=len(run.new))


def _match(run: _Run) -> None:
    """Ask the rules of every story that stands on its own."""
    alive = [story for story in run.stories if story.merged_into_id is None]
    texts, book = documents(story.pk for story in alive), standing_rules()
    remember([one for told in texts.values() for one in told], run.now)
    mailed = _mailed(run)
    for story in alive:
        clauses: dict[int, str] = {}
        for one in texts[story.pk]:
            clauses = book.matches(one.document) | clauses
        _compare(run, story, clauses, mailed)


def _mailed(run: _Run) -> set[tuple[int, int]]:
    """(story, topic) that stood in an edition."""
    return set(Item.objects.filter(story__in=[s.pk for s in run.stories]).values_list("story", "topic"))


def _compare(run: _Run, story: Story, clauses: dict[int, str], mailed: set[tuple[int, int]]) -> None:
    """What stands against what the rules say now."""
    for filing in run.filings[story.pk]:
        clause = clauses.pop(filing.topic_id, None)
        if filing.by_id is None and filing.withdrawn_at is None and clause is None:
            if filing.topic.retired_at is None and (story.pk, filing.topic_id) not in mailed:
                run.gone.append(filing)
            continue
        wanted = filing.clause if filing.by_id or clause is None else clause[:500]
        if (filing.clause, filing.told_at) != (wanted, story.first_at):
            filing.clause, filing.told_at = wanted, story.first_at
            run.changed.append(filing)
    for topic, clause in clauses.items():
        run.new.append(Filing(story=story, topic_id=topic, clause=clause[:500], told_at=story.first_at, at=run.now))


def _write(run: _Run) -> None:
    insert_each(run.new)
    update_each(run.changed, ["clause", "told_at"])
    Filing.objects.filter(pk__in=[filing.pk for filing in run.gone]).delete()


def _hold(run: _Run) -> None:
    """Which stories wait for an editor."""
    holding = set(Topic.objects.filter(hold=True, retired_at=None).values_list("id", flat=True))
    under = _topics_of(run)
    ids = [story.pk for story in run.stories]
    led_by_held = set(Story.objects.filter(pk__in=ids, lead__outlet__hold=True).values_list("id", flat=True))
    for story in run.stories:
        if story.public_at is None:
            outlet_holds = story.pk in led_by_held
            story.held = settings.CORANTE.hold_for_review or outlet_holds or bool(under[story.pk] & holding)
        story.unfiled = False
    update_each(run.stories, ["held", "unfiled"])


def _topics_of(run: _Run) -> dict[int, set[int]]:
    """The topics each story stands under now."""
    gone = {filing.pk for filing in run.gone}
    under: dict[int, set[int]] = defaultdict(set)
    for story, filings in run.filings.items():
        under[story] |= {f.topic_id for f in filings if f.withdrawn_at is None and f.pk not in gone}
    for filing in run.new:
        under[filing.story_id].add(filing.topic_id)
    return under


def _show(run: _Run) -> None:
    """First time public, search, pages."""
    ids = [story.pk for story in run.stories]
    public = set(public_stories().filter(pk__in=ids).values_list("pk", flat=True))
    first = [number for number in ids if number in public]
    Story.objects.filter(pk__in=first, public_at=None).update(public_at=run.now)
    search.keep(sorted(public))
    search.drop(sorted(set(ids) - public))
    _tell(run, [s.pk for s in run.stories if s.pk in public or s.public_at])


def _tell(run: _Run, seen: Sequence[int]) -> None:
    """Every page that shows one of these stories, or did, is due."""
    if not seen:
        return
    under, gone = _topics_of(run), {f.topic_id for f in run.gone}
    topics = gone.union(*(under[number] for number in seen))
    outlets = Article.objects.filter(story__in=seen).values_list("outlet", flat=True).distinct()
    _mark("story", seen, run.now)
    _mark("topic", sorted(topics), run.now)
    # After the news: one event told by eighty outlets would else print eighty pages at each account.
    Dirty.mark("outlet", sorted(outlets), "filed", run.now, later=True)


def _mark(kind: str, refs: Iterable[int], now: datetime) -> None:
    Dirty.mark(kind, refs, "filed", now)
