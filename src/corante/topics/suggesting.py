"""Stories a topic's rule missed, by what its accepted stories are about: suggested to editors, never filed by machine.

1. Fold the filings that are new since last time into the topic's profile: the mean of their leads' term vectors.
2. Compare the stories that are new since last time with what tells the topic from all others; the most alike are
   suggested.

Rule: a story is suggested to a topic once; what an editor took out of it, or dismissed, never again. A topic is
compared only when its rule asks for words, and when it has enough stories to be about something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from corante.core.profiles import Close, Shape, common, folded, is_close, likeness, telling
from corante.core.rules import Near, Phrase, RuleError, leaves, parse
from corante.core.vectors import terms_of
from corante.models import Filing, Gist, Profile, Story, Suggestion, Topic

ENOUGH: Final = 5  # stories of a topic before it suggests
FOLDED: Final = 300  # filings a run, and all that a new profile is made of
COMPARED: Final = 5_000  # stories a run
DAYS: Final = timedelta(days=3)
OPEN: Final = 20  # suggestions that wait at a topic


@dataclass(frozen=True)
class Fresh:
    """A new story, as its lead tells it."""

    story: int
    title: str
    terms: Mapping[str, float]


def suggest(now: datetime) -> int:
    """Look for stories each topic may have missed; returns how many were suggested."""
    stories = _fresh(now)
    background = common(one.terms for one in stories)
    asking = [topic for topic in Topic.objects.filter(retired_at=None) if _asks(topic)]
    return sum(_of_topic(topic, stories, background, now) for topic in asking)


def _asks(topic: Topic) -> bool:
    """Is its rule about words? One that takes everything, a language or an outlet misses nothing."""
    try:
        said = leaves(parse(topic.rule))
    except RuleError:
        return False
    return any(isinstance(leaf, Near) or (isinstance(leaf, Phrase) and leaf.field in ("", "title")) for leaf in said)


def _fresh(now: datetime) -> list[Fresh]:
    """The newest stories that grouping remembers, in order."""
    told = Story.objects.filter(merged_into=None, unfiled=False, first_at__gte=now - DAYS, lead__gist__isnull=False)
    rows = told.order_by("-pk").values_list("pk", "lead__title", "lead__gist__terms")[:COMPARED]
    return [Fresh(*row) for row in reversed(rows)]


@transaction.atomic
def _of_topic(topic: Topic, stories: Sequence[Fresh], background: Mapping[str, float], now: datetime) -> int:
    profile, _ = Profile.objects.get_or_create(topic=topic)
    _fold(profile)
    made = _compare(profile, stories, background, now) if profile.stories >= ENOUGH else 0
    profile.looked_at = max([profile.looked_at, *(one.story for one in stories)])
    profile.save()
    return made


def _fold(profile: Profile) -> None:
    """Step 1."""
    filed = Filing.objects.filter(topic=profile.topic_id, withdrawn_at=None, pk__gt=profile.upto).order_by("-pk")
    rows = list(filed.values_list("pk", "story__lead", "story__lead__title")[:FOLDED])
    known = dict(Gist.objects.filter(article__in=[lead for _, lead, _ in rows]).values_list("article", "terms"))
    shape = Shape(profile.terms, profile.stories)
    surfaces = dict(profile.surfaces)
    for number, lead, title in reversed(rows):
        profile.upto = max(profile.upto, number)
        if lead in known:
            shape = folded(shape, known[lead])
            surfaces |= dict(terms_of(title or ""))
    profile.terms, profile.stories = dict(shape.terms), shape.stories
    profile.surfaces = {term: word for term, word in surfaces.items() if term in shape.terms}


def _compare(profile: Profile, stories: Sequence[Fresh], background: Mapping[str, float], now: datetime) -> int:
    """Step 2."""
    told = telling(Shape(profile.terms, profile.stories), background)
    found = {one.story: likeness(told, one.terms) for one in stories}
    filed = Filing.objects.filter(topic=profile.topic_id, withdrawn_at=None, story__in=list(found))
    own = [found[story].score for story in filed.values_list("story_id", flat=True)]
    profile.likeness = round(sum(own) / len(own), 4) if own else 0.0
    near = [one for one in stories if one.story > profile.looked_at and is_close(found[one.story], own)]
    settled = _settled(profile.topic_id, [one.story for one in near])
    room = OPEN - Suggestion.objects.filter(topic=profile.topic_id, answered_at=None).count()
    best = sorted((one for one in near if one.story not in settled), key=lambda one: -found[one.story].score)
    rows = [_row(profile, one, found[one.story], now) for one in best[: max(0, room)]]
    return len(Suggestion.objects.bulk_create(rows))


def _row(profile: Profile, one: Fresh, found: Close, now: datetime) -> Suggestion:
    said = profile.surfaces | dict(terms_of(one.title))
    words = [said.get(term, term) for term in found.terms]
    return Suggestion(topic_id=profile.topic_id, story_id=one.story, score=round(found.score, 3), terms=words, at=now)


def _settled(topic: int, stories: Sequence[int]) -> set[int]:
    """Those of these that stand there, were taken out, or were suggested before."""
    filed = Filing.objects.filter(topic=topic, story__in=stories).values_list("story_id", flat=True)
    return {*filed, *Suggestion.objects.filter(topic=topic, story__in=stories).values_list("story_id", flat=True)}
