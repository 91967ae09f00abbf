"""Suggestions: stories that read like a topic's, for an editor's word; the machine files none of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corante import topics
from corante.core.work import Impossible
from corante.models import Act, Filing, Gist, Story, Suggestion, Topic
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db

WALL = {"seawal": 0.6, "harbou": 0.5, "counci": 0.4, "flood": 0.48}
CUP = {"cup": 0.7, "goal": 0.5, "league": 0.5}


def told(title: str, terms: dict[str, float]) -> Story:
    piece = world.article(world.Outlet.objects.first() or world.outlet(), title)
    Gist.objects.create(article=piece, terms=terms)
    return world.story(piece, first_at=NOW - timedelta(hours=1))


@pytest.fixture
def topic() -> Topic:
    """A topic that six stories stand under, all about a sea wall; and twenty stories of other things."""
    sea = world.topic("Sea", "flood")
    for n in range(20):
        told(f"Cup goal {n}", CUP | {"harbou": 0.1})
    for n in range(6):
        world.filed(told(f"Flood at the seawall, harbour council {n}", WALL), sea)
    return sea


def test_a_story_like_the_topics_own_is_suggested_with_the_words_they_share(topic: Topic) -> None:
    like, other = told("Harbour council raises the seawall", WALL), told("Cup goal", CUP)
    assert topics.suggest(NOW) == 1
    found = Suggestion.objects.get()
    assert (found.story_id, found.topic_id) == (like.pk, topic.pk)
    assert found.score > 0.6
    assert found.terms[0] == "seawall"
    assert not Filing.objects.filter(story__in=(like, other)).exists()


def test_a_suggestion_is_made_once_and_filed_only_by_an_editor(topic: Topic) -> None:
    like, editor = told("Harbour council raises the seawall", WALL), world.account()
    topics.suggest(NOW)
    assert topics.suggest(NOW) == 0
    filing = topics.accept(Suggestion.objects.get(), editor, NOW)
    assert (filing.story_id, filing.by) == (like.pk, editor)
    assert filing.clause.startswith("by hand: suggested, it shares seawall")
    with pytest.raises(Impossible, match="answered already"):
        topics.dismiss(Suggestion.objects.get(), editor, NOW)


def test_what_was_dismissed_is_not_suggested_again_until_that_is_undone(topic: Topic) -> None:
    told("Harbour council raises the seawall", WALL)
    editor = world.account()
    topics.suggest(NOW)
    act = topics.dismiss(Suggestion.objects.get(), editor, NOW)
    Topic.objects.update(version=7)
    assert topics.suggest(NOW) == 0
    assert not Suggestion.objects.filter(answered_at=None).exists()
    topics.undo(act, editor, NOW)
    assert Suggestion.objects.filter(answered_at=None).exists()


def test_what_an_editor_took_out_of_a_topic_is_not_suggested_to_it(topic: Topic) -> None:
    gone = told("Harbour council raises the seawall", WALL)
    world.filed(gone, topic, withdrawn_at=NOW)
    assert topics.suggest(NOW) == 0


def test_what_all_stories_share_makes_none_a_topics(topic: Topic) -> None:
    told("Harbour", {"harbou": 0.9, "cup": 0.4})
    assert topics.suggest(NOW) == 0


@pytest.mark.parametrize("rule", ["lang:en", "outlet:harbour", "*"])
def test_a_topic_whose_rule_is_about_no_words_misses_nothing(topic: Topic, rule: str) -> None:
    Topic.objects.update(rule=rule)
    told("Harbour council raises the seawall", WALL)
    assert topics.suggest(NOW) == 0


def test_a_topic_of_everything_and_one_with_hardly_a_story_suggest_nothing() -> None:
    every, small = world.topic(), world.topic("Sea", "flood")
    world.filed(told("Flood", WALL), small)
    world.filed(Story.objects.get(), every)
    told("Harbour council raises the seawall", WALL)
    assert topics.suggest(NOW) == 0


def test_words_of_what_was_filed_by_hand_are_offered_to_the_rule(topic: Topic) -> None:
    editor = world.account()
    for n in range(2):
        topics.file_by_hand(told(f"Council and seawalls {n}", {"counci": 0.6, "seawal": 0.7}), topic, editor, NOW, "")
    offered = topics.words_to_add(topic)
    assert [(word.said, word.rule) for word in offered] == [
        ("seawalls", "flood OR seawal*"),
        ("Council", "flood OR counci*"),
    ]
    topic.refresh_from_db()
    assert topic.rule == "flood"


def test_a_suggestion_nobody_answers_is_forgotten_after_two_weeks(topic: Topic) -> None:
    told("Harbour council raises the seawall", WALL)
    topics.suggest(NOW)
    topics.thin(NOW + timedelta(days=13))
    assert Suggestion.objects.exists()
    topics.thin(NOW + timedelta(days=15))
    assert not Suggestion.objects.exists()


def test_the_act_of_dismissing_stands_in_the_log(topic: Topic) -> None:
    story = told("Harbour council raises the seawall", WALL)
    topics.suggest(NOW)
    topics.dismiss(Suggestion.objects.get(), world.account(), NOW)
    act = Act.objects.get()
    assert (act.subject, act.verb, act.after["story"]) == ("topic", "dismiss", story.pk)


def test_the_index_of_new_articles_is_filled_up_and_thinned_by_housekeeping() -> None:
    new, old = world.article(world.outlet()), world.article(world.Outlet.objects.first() or world.outlet())
    for piece in (new, old):
        world.story(piece)
    topics.thin(NOW)
    assert topics.preview("wall", NOW).total == 2
    old.published_at = NOW - timedelta(days=16)
    old.save()
    topics.thin(NOW)
    assert [hit.article for hit in topics.preview("wall", NOW, days=30).hits] == [new.pk]
