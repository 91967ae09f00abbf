"""The same articles and acts in the same order give the same stories, whatever restarts come between.

CORANTE_REPLAYS=100 plays a hundred of them.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from corante import stories, topics
from corante.core.work import Clock, Impossible
from corante.models import Account, Act, Article, Body, Join, Link, Outlet, Proposal, Story, Term
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db

EVENTS = [
    "harbour council raises sea wall metre northern permit",
    "maritime museum opens whale skeleton hall curator",
    "ferry line suspended engine fault passengers stranded island",
    "football club signs goalkeeper from estuary rivals",
    "quake shakes valley magnitude five villages no injured",
    "quake shakes coast magnitude six hotels evacuated tsunami",
    "orchard frost ruins cherry harvest growers ask for aid",
]


REPLAYS = int(os.environ.get("CORANTE_REPLAYS", "6"))


def clock() -> datetime:
    return NOW


def cast(seed: int, count: int = 60) -> list[int]:
    """Articles that mix the words of a few events."""
    dice = random.Random(seed)
    outlets = [world.outlet(f"Outlet {n}") for n in range(9)]
    made = []
    for n in range(count):
        words = dice.choice(EVENTS).split()
        dice.shuffle(words)
        other = dice.choice(EVENTS).split()
        title = " ".join(words[:6] + other[: dice.randint(0, 1)])
        text = " ".join(dice.choices(words, k=30))
        at = NOW - timedelta(hours=70) + timedelta(minutes=70 * n)
        made.append(world.article(dice.choice(outlets), title, text, published_at=at, seen_at=at).pk)
    return made


def act(dice: random.Random, editor: Account) -> None:
    """An editor's act somewhere, chosen by place in the list so that a replay chooses the same."""
    chosen = dice.choice((merge, split, split, split, undo, answer))
    with suppress(Impossible):  # a merge that went on can't be undone: the same in every replay
        chosen(dice, editor)


def merge(dice: random.Random, editor: Account) -> None:
    alive = list(Story.objects.filter(merged_into=None).order_by("id"))
    if len(alive) > 1:
        one, other = dice.sample(alive, 2)
        stories.merge(one, other, editor, "", NOW, one.version)


def split(dice: random.Random, editor: Account) -> None:
    wide = list(Story.objects.filter(merged_into=None, articles_count__gt=1).order_by("id"))
    if wide:
        story = dice.choice(wide)
        articles = list(story.articles.order_by("id").values_list("id", flat=True))
        stories.split(story, articles[: dice.randint(1, len(articles) - 1)], editor, "", NOW, story.version)


def undo(dice: random.Random, editor: Account) -> None:
    done = list(Act.objects.filter(verb__in=("merge", "split", "keep_apart")).order_by("id"))
    if done:
        stories.undo(dice.choice(done), editor, NOW)


def answer(dice: random.Random, editor: Account) -> None:
    asked = list(Proposal.objects.filter(answered_at=None).order_by("story__lead", "other__lead"))
    if asked:
        stories.answer(dice.choice(asked), dice.random() < 0.5, editor, "", NOW)


def machine(ids: list[int], clock: Clock) -> None:
    """The machine's turn: whatever stood in a story stands there after it, and no story went into another."""
    before, merged = standing(), merges()
    stories.work(ids, clock)
    after = standing()
    assert {article: after[article] for article in before} == before
    assert merges() == merged


def standing() -> dict[int, int]:
    """Article -> its story."""
    return dict(Article.objects.filter(story__isnull=False).values_list("pk", "story"))


def merges() -> list[tuple[int, int]]:
    """Which story redirects to which."""
    return list(Story.objects.filter(merged_into__isnull=False).order_by("pk").values_list("pk", "merged_into"))


def play(
    ids: list[int], seed: int, editor: Account, batch: int, restarts: bool, filed: bool = False
) -> list[tuple[int, ...]]:
    """Work through the articles, with acts at fixed places; returns the stories as sets of articles."""
    dice = random.Random(seed)
    stops = sorted(dice.sample(range(1, len(ids)), 9))
    for start, end in zip([0, *stops], [*stops, len(ids)], strict=True):
        part = ids[start:end]
        for at in range(0, len(part), batch):
            if restarts:
                stories.forget()
            machine(part[at : at + batch], clock)
            if filed:
                topics.work(topics.due(NOW, 500), clock)
        act(dice, editor)
    found: dict[int, list[int]] = {}
    for article, story in Article.objects.order_by("id").values_list("id", "story"):
        found.setdefault(story, []).append(ids.index(article))
    return sorted(tuple(members) for members in found.values())


def wipe() -> None:
    Story.objects.update(lead=None, merged_into=None)
    Act.objects.update(undoes=None)
    for model in (Join, Body, Article, Story, Outlet, Account):
        model.objects.all().delete()
    for model in (Link, Act, Term):
        model.objects.all().delete()
    stories.forget()


@pytest.mark.parametrize("seed", range(REPLAYS))
def test_replays_with_merges_splits_and_restarts_end_in_the_same_stories(seed: int) -> None:
    stories.forget()
    whole = play(cast(seed), seed, world.account(), 60, restarts=False)
    assert len(whole) > 2
    assert Join.objects.exclude(reason="").count() == 60
    wipe()
    pieces = play(cast(seed), seed, world.account(), 1, restarts=True)
    assert pieces == whole


def proposed(ids: list[int]) -> set[frozenset[int]]:
    """The proposals, by what leads the stories."""
    pairs = Proposal.objects.values_list("story__lead", "other__lead")
    return {frozenset((ids.index(one), ids.index(other))) for one, other in pairs}


@pytest.mark.parametrize("seed", range(3))
def test_how_soon_stories_are_filed_and_public_changes_no_story_and_no_proposal(seed: int) -> None:
    world.topic()
    stories.forget()
    alone = play(ids := cast(seed), seed, world.account(), 60, restarts=False)
    asked = proposed(ids)
    wipe()
    beside = play(ids := cast(seed), seed, world.account(), 1, restarts=False, filed=True)
    assert Story.objects.filter(public_at__isnull=False).exists()
    assert (beside, proposed(ids)) == (alone, asked)


def test_a_restart_finds_the_very_same_index() -> None:
    from corante.stories import memory

    stories.forget()
    for one in cast(3):
        stories.work([one], clock)
    before = memory.recall()
    stories.forget()
    after = memory.recall()
    assert after.live.stories.keys() == before.live.stories.keys()
    for number, live in before.live.stories.items():
        assert after.live.stories[number] == live
    for language, words in before.words.items():
        assert after.vocabulary(language) == words
