"""The flow, in order. This is the whole product read top to bottom:

    pushes     what hubs pushed     -> entries become articles, before anything else
    gather     due feeds            -> entries become articles, everything else a sighting
    extract    due articles         -> clean text, a whole-sentence excerpt, the outlet's wishes
    stories    articles just read   -> the story they tell, and why
    topics     new or changed stories -> filed under topics by rule; public, or held for an editor
    publish    what is dirty        -> pages and feeds, written and swapped one by one
    digest     slots that passed    -> an edition, frozen once
    deliver    editions under way   -> one letter to each subscriber, once
    asks       sign-ups as they came -> who is owed a letter
    subscribe  addresses that asked -> one letter that asks back
    refusals   letters refused       -> who is suppressed, which domain stands still
    returns    the returns' mailbox  -> the same, of what came back by mail

Rule: a step knows its room's door and how much at a time, nothing else. Rooms meet in the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from corante import deliver, digest, extract, gather, publish, stories, subscribe, topics
from corante.core.work import Clock, Tally
from corante.gather import pushes


@dataclass(frozen=True)
class Job:
    """One job: its name, which it keeps when it is run again after a crash, and whether the process was told to end."""

    name: str
    stop: Callable[[], bool]  # asked between two letters


Work = Callable[[list[int], Clock, Job], Tally]


@dataclass(frozen=True)
class Step:
    """One room's turn of the crank: `due` names rows, `work` does them; `lanes` batches may run at once."""

    name: str
    due: Callable[[datetime, int], list[int]]
    work: Work
    batch: int
    lanes: int = 1


def whole(work: Callable[[list[int], Clock], Tally]) -> Work:
    """A batch short enough to be finished whatever happens (and, if it isn't, to be repeated)."""
    return lambda ids, clock, _job: work(ids, clock)


def named(work: Callable[[list[int], Clock, str], Tally]) -> Work:
    """A batch whose rows say which job holds them, so that the same job, run again, need not wait for them."""
    return lambda ids, clock, job: work(ids, clock, job.name)


def stoppable(work: Callable[[list[int], Clock, Callable[[], bool]], Tally]) -> Work:
    """A batch that may take long, and ends early when the process does."""
    return lambda ids, clock, job: work(ids, clock, job.stop)


FLOW: tuple[Step, ...] = (
    Step("pushes", pushes.due, whole(pushes.take), batch=50),
    Step("gather", gather.due, named(gather.work), batch=100, lanes=6),
    Step("extract", extract.due, whole(extract.work), batch=150, lanes=2),
    Step("stories", stories.due, whole(stories.work), batch=400),
    Step("topics", topics.due, whole(topics.work), batch=400),
    Step("publish", publish.due, whole(publish.work), batch=500),
    Step("digest", digest.due, whole(digest.work), batch=10),
    Step("deliver", deliver.due, stoppable(deliver.work), batch=4),
    Step("asks", subscribe.asks_due, whole(subscribe.take_asks), batch=500),
    Step("subscribe", subscribe.due, whole(subscribe.work), batch=50),
    Step("refusals", subscribe.refusals_due, whole(subscribe.take_refusals), batch=200),
    Step("returns", subscribe.boxes_due, whole(subscribe.look), batch=1),
)


def step(name: str) -> Step:
    """The step of that name. Raises KeyError."""
    return {one.name: one for one in FLOW}[name]
