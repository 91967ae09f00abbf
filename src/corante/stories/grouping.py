"""From an article to its story, a batch at a time, in one transaction each.

1. Take the articles of the batch, in the order of their numbers, and lock out editors' acts meanwhile (an embedder, where
   one is set, is asked before).
2. For each: weigh its words, look for word-for-word copies, let the core decide, keep the decision in memory. Where
   two stories now look alike, propose to the editors to make them one: only they merge. (A machine's merge could
   not touch what was seen, and whether it was seen depends on other rooms' pace: a replay would differ.)
3. Write: articles joined with reasons, fingerprints, proposals, counters; tell pages and topics.

What can go wrong: killed before the commit, nothing was written and the batch runs again with the same outcome. An
article that cannot be weighed opens a story of its own and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, transaction

from corante.catalog.tellings import told_at
from corante.core.clustering import Decision
from corante.core.fingerprints import COPY
from corante.core.meanings import Meaning
from corante.core.members import Member
from corante.core.reasons import in_common
from corante.core.twins import Marks, marks_of
from corante.core.vectors import Piece, vector, weigh
from corante.core.work import Clock, Tally
from corante.models import Article, Gist, Join, Proposal, Story
from corante.models.bulk import insert_each, insert_one, update_each

from .copies import Copies
from .counting import recount
from .locking import one_at_a_time
from .meaning import Speechless, meanings, own_text
from .memory import Memory, forget, keep, language_of, member_of, recall

BATCH = 100
READY = ("read", "unread")


def due(now: datetime, limit: int) -> list[int]:
    """Articles that stand in no story yet, in order."""
    waiting = Article.objects.filter(story=None, reading__in=READY).order_by("id")
    return list(waiting.values_list("id", flat=True)[:limit])


def work(ids: list[int], clock: Clock) -> Tally:
    """File these articles into stories, in the order of their numbers; `made` counts stories opened."""
    tally = Tally()
    for start in range(0, len(ids), BATCH):
        tally += _batch(sorted(ids)[start : start + BATCH], clock())
    return tally


def _batch(ids: Sequence[int], now: datetime) -> Tally:
    """One transaction; if it fails, its articles one by one, so that one bad row stops no other."""
    try:
        return _write(ids, now)
    except (DatabaseError, Speechless) as error:
        forget()
        if len(ids) == 1:
            return Tally(failed=1, note=f"article {ids[0]}: {error}"[:200])
    tally = Tally()
    for one in ids:
        tally += _batch([one], now)
    return tally


@dataclass
class _Joined:
    """An article with its decision, until both are written."""

    article: Article
    decision: Decision
    story: int


@dataclass
class _Run:
    """One batch in the making."""

    memory: Memory
    copies: Copies
    now: datetime
    meant: Mapping[int, Meaning]
    joined: list[_Joined] = field(default_factory=list)
    opened: dict[int, Story] = field(default_factory=dict)
    gists: list[Gist] = field(default_factory=list)
    proposed: dict[tuple[int, int], tuple[float, str]] = field(default_factory=dict)


def _write(ids: Sequence[int], now: datetime) -> Tally:
    meant = meanings(_articles(ids))
    try:
        with transaction.atomic():
            one_at_a_time()
            run = _Run(recall(), Copies.for_batch(ids), now, meant)
            for article in _articles(ids):
                _take(run, article)
            _save(run)
            keep(run.memory)
    except BaseException:
        forget()  # the memory is ahead of the rows, which were rolled back
        raise
    return Tally(done=len(run.joined), made=len(run.opened))


def _articles(ids: Sequence[int]) -> Iterable[Article]:
    rows = Article.objects.filter(id__in=ids, story=None, reading__in=READY)
    return rows.select_related("outlet", "body").defer("body__feed_html", "signals", "provenance").order_by("id")


def _take(run: _Run, article: Article) -> None:
    """Decide on one article."""
    piece = Piece(article.title, own_text(article), told_at(article))
    language = language_of(article)
    weighed = weigh(piece)
    gist = _gist(article, piece, vector(weighed, run.memory.vocabulary(language)), run.meant.get(article.pk, ()))
    copy = run.copies.look(article) or run.memory.live.same_headline(member_of(article, gist))
    if copy:
        article.copy_of_id, article.copy_share = copy.of, copy.share
    member = member_of(article, gist)
    proof = copy if copy and copy.share >= COPY else None
    decision = run.memory.live.decide(member, language, weighed.surfaces, proof)
    run.memory.learn(language, run.memory.live.new_to(decision.story, weighed.weights))
    run.gists.append(gist)
    _join(run, article, member, language, decision)


def _gist(article: Article, piece: Piece, terms: dict[str, float], meaning: Meaning) -> Gist:
    marks: Marks = marks_of(piece)
    return Gist(
        article=article,
        terms=terms,
        names=sorted(marks.names),
        figures=sorted(marks.figures),
        has_text=bool(piece.text.strip()),
        meaning=list(meaning),
    )


def _join(run: _Run, article: Article, member: Member, language: str, decision: Decision) -> None:
    live, story = run.memory.live, decision.story or _open(run, article)
    run.joined.append(_Joined(article, decision, story))
    live.add(story, language, member)
    live.expire()
    if decision.kind == "joined" and story in live.stories:
        _compare(run, story)


def _open(run: _Run, article: Article) -> int:
    """A story of its own; its number."""
    at = told_at(article)
    story = Story(lead=article, language=article.language, first_at=at, last_at=at)
    insert_one(story)
    run.opened[story.pk] = story
    return story.pk


def _compare(run: _Run, story: int) -> None:
    """Is the story that grew the same event as another live one?"""
    live = run.memory.live
    for other, likeness in live.alike(story)[:3]:
        older, newer = sorted((story, other))
        run.proposed[older, newer] = likeness, in_common(live.stories[story], live.stories[other])


def _save(run: _Run) -> None:
    for one in run.joined:
        one.article.story_id = one.story
    update_each([one.article for one in run.joined], ["story", "copy_of", "copy_share"])
    insert_each([_row(one, run.now) for one in run.joined])
    insert_each(run.gists)
    run.copies.save()
    run.memory.write_terms()
    _propose(run)
    recount(_touched(run), run.now, "an article joined")


def _touched(run: _Run) -> list[Story]:
    """The stories of the batch, in the order they were opened or grew."""
    numbers = list(dict.fromkeys(one.story for one in run.joined))
    stories = Story.objects.in_bulk([number for number in numbers if number not in run.opened]) | run.opened
    return [stories[number] for number in numbers]


def _row(one: _Joined, now: datetime) -> Join:
    said = one.decision
    return Join(
        article=one.article,
        story_id=one.story,
        kind=said.kind,
        reason=said.reason[:500],
        score=said.score,
        nearest_id=said.nearest,
        terms=[list(term) for term in said.terms],
        at=now,
    )


def _propose(run: _Run) -> None:
    """Tell editors of stories that look alike; a pair is proposed once."""
    rows = [
        Proposal(story_id=one, other_id=other, score=round(score, 3), reason=reason[:500], at=run.now)
        for (one, other), (score, reason) in sorted(run.proposed.items())
    ]
    Proposal.objects.bulk_create(rows, ignore_conflicts=True)
