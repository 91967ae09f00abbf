"""The topics room: a story filed right, and it says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from corante import stories, topics
from corante.catalog import search
from corante.catalog.visibility import public_stories
from corante.core.rules import RuleError
from corante.core.work import Impossible
from corante.gather import acts as outlets
from corante.models import Dirty, Edition, Filing, Item, Story, Topic
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db


def clock() -> datetime:
    return NOW


def work() -> None:
    while ids := topics.due(NOW, 500):
        topics.work(ids, clock)


def new_story(
    title: str = "Council votes to raise the sea wall", outlet: str = "Harbour Post", **changes: object
) -> Story:
    article = world.article(world.Outlet.objects.filter(name=outlet).first() or world.outlet(outlet), title)
    return world.story(article, **({"unfiled": True, "public_at": None} | changes))


def test_a_story_is_filed_under_every_topic_whose_rule_matches_and_keeps_the_clause() -> None:
    everything, sea = world.topic(), world.topic("Sea", '"sea wall" OR flood')
    world.topic("Sport", "football")
    story = new_story()
    work()
    assert dict(Filing.objects.filter(story=story).values_list("topic", "clause")) == {
        everything.pk: "*",
        sea.pk: '"sea wall"',
    }


def test_a_story_becomes_public_once_filed_and_its_pages_are_told() -> None:
    topic, story = world.topic(), new_story()
    work()
    story.refresh_from_db()
    assert story.public_at == NOW
    assert not story.unfiled
    marked = set(Dirty.objects.values_list("kind", "ref"))
    assert {("story", story.pk), ("topic", topic.pk), ("outlet", story.lead.outlet_id)} <= marked


def test_a_story_no_rule_matches_is_not_public() -> None:
    world.topic("Sport", "football")
    story = new_story()
    work()
    story.refresh_from_db()
    assert story.public_at is None


@pytest.mark.parametrize("who", ["site", "outlet", "topic"])
def test_hold_for_review_keeps_a_story_from_the_public(who: str, settings: object) -> None:
    topic, story = world.topic(hold=who == "topic"), new_story()
    story.lead.outlet.hold = who == "outlet"
    story.lead.outlet.save()
    settings.CORANTE = replace(settings.CORANTE, hold_for_review=who == "site")
    work()
    story.refresh_from_db()
    assert story.held
    assert story.public_at is None
    Story.objects.update(approved_at=NOW, unfiled=True)
    work()
    story.refresh_from_db()
    assert story.public_at == NOW
    assert Filing.objects.filter(story=story, topic=topic).exists()


def test_what_an_editor_withdrew_no_rule_puts_back() -> None:
    world.topic()
    story, editor = new_story(), world.account()
    work()
    topics.withdraw(Filing.objects.get(), editor, NOW, "off the subject")
    work()
    assert Filing.objects.get().withdrawn_at == NOW
    assert not public_stories().filter(pk=story.pk).exists()


def test_a_withdrawal_can_be_undone() -> None:
    world.topic()
    story, editor = new_story(), world.account()
    work()
    act = topics.withdraw(Filing.objects.get(), editor, NOW, "off the subject")
    topics.undo(act, editor, NOW)
    work()
    assert public_stories().filter(pk=story.pk).exists()
    with pytest.raises(Impossible):
        topics.undo(act, editor, NOW)


def test_a_changed_rule_files_history_again_in_pieces() -> None:
    topic = world.topic("Sea", "flood")
    story = new_story(unfiled=False)
    editor = world.account()
    topics.change(topic, editor, "the wall too", NOW, topic.version, rule="wall")
    topic.refresh_from_db()
    assert topic.refile_from == story.pk
    work()
    topic.refresh_from_db()
    assert topic.refile_from is None
    assert Filing.objects.get().clause == "wall"
    topics.change(topic, editor, "", NOW, topic.version, rule="flood")
    work()
    assert not Filing.objects.exists()


def test_what_was_mailed_stays_filed() -> None:
    topic = world.topic("Sea", "wall")
    story, editor = new_story(), world.account()
    work()
    digest = world.digest(topic)
    edition = Edition.objects.create(
        digest=digest, slot_at=NOW, date=NOW.date(), number=1, frozen_at=NOW, deadline_at=NOW
    )
    Item.objects.create(edition=edition, digest=digest, story=story, topic=topic, position=1, content={})
    topics.change(topic, editor, "", NOW, topic.version, rule="flood")
    work()
    assert Filing.objects.filter(story=story, topic=topic, withdrawn_at=None).exists()


def test_an_older_version_of_a_topic_is_a_conflict() -> None:
    topic, editor = world.topic(), world.account()
    topics.change(topic, editor, "", NOW, topic.version, name="All")
    with pytest.raises(topics.Conflict):
        topics.change(topic, editor, "", NOW, topic.version, name="Everything at all")


def test_a_rule_that_cannot_be_understood_is_never_stored() -> None:
    with pytest.raises(RuleError) as error:
        topics.add("Broken", "flood (storm", NOW)
    assert error.value.pointing("flood (storm").endswith("      ^ this bracket is never closed")
    assert not Topic.objects.exists()


def test_a_story_filed_by_hand_stays_whatever_the_rules_say() -> None:
    topic, story, editor = world.topic("Sport", "football"), new_story(), world.account()
    topics.file_by_hand(story, topic, editor, NOW, "the wall is used for climbing")
    work()
    filing = Filing.objects.get()
    assert filing.by == editor
    assert filing.clause == "by hand: the wall is used for climbing"
    assert public_stories().filter(pk=story.pk).exists()


def test_a_retired_topic_takes_its_stories_from_view_and_undo_brings_them_back() -> None:
    topic, story, editor = world.topic("Sea", "wall"), new_story(), world.account()
    work()
    act = topics.retire(topic, editor, "", NOW, topic.version)
    work()
    assert not public_stories().exists()
    assert search.find("wall").stories == ()
    topics.undo(act, editor, NOW)
    work()
    assert public_stories().filter(pk=story.pk).exists()
    assert search.find("wall").stories == (story.pk,)


def test_a_preview_marks_the_words_and_counts_the_days() -> None:
    new_story("Flood closes the Harbour Road")
    new_story()
    work()
    found = topics.preview("flood* title:road", NOW)
    assert found.total == 1
    assert found.looked_at == 2
    hit = found.hits[0]
    assert [hit.title[a:b] for a, b in hit.title_marks] == ["Flood", "Road"]
    assert len(found.days) == 15
    assert found.days[-1] == (NOW.date(), 1)


def test_search_finds_public_stories_newest_first_in_every_script() -> None:
    world.topic()
    old = new_story("Sea wall debated")
    new = new_story("Sea wall: the vote")
    far = new_story("東京の防潮堤を一メートル高く")
    work()
    assert search.find("sea wall").stories == (far.pk, new.pk, old.pk)
    assert search.find("title:sea").stories == (new.pk, old.pk)
    assert search.find("防潮堤").stories == (far.pk,)
    assert search.find("title:sea -title:vote", best=True).stories == (old.pk,)
    assert search.find("title:near OR deb*").stories == (old.pk,)
    assert search.find("lang:en title:vote outlet:harbour").stories == (new.pk,)
    assert search.find("near:3(wall debated)").stories == (old.pk,)


def test_a_hidden_story_is_not_found() -> None:
    world.topic()
    story = new_story()
    work()
    Story.objects.filter(pk=story.pk).update(held=True)
    assert search.find("wall").stories == ()


def test_pages_of_a_search_follow_each_other() -> None:
    world.topic()
    stories = [new_story(f"Sea wall, part {n}") for n in range(5)]
    work()
    first = search.find("title:wall", limit=3)
    rest = search.find("title:wall", limit=3, before=first.older)
    assert [*first.stories, *rest.stories] == [s.pk for s in reversed(stories)]
    assert rest.older is None


@pytest.mark.parametrize(
    "query", ['"', "a' OR 1=1 --", "NEAR(", "{x}:y", "wall AND", "'; DROP TABLE", "*", "-wall", "a:b"]
)
def test_nothing_a_reader_types_reaches_the_engine_as_its_syntax(query: str) -> None:
    try:
        found = search.find(query)
    except RuleError:
        return
    assert found.stories == ()


def led_by(story: Story) -> str:
    story.refresh_from_db()
    assert story.lead
    return story.lead.outlet.name


def twice_told() -> tuple[Story, world.Article, world.Article]:
    first = world.article(world.outlet("Harbour Post"), words=300)
    other = world.article(world.outlet("Tidewire"), words=200)
    story = world.story(first, other, unfiled=True)
    return story, first, other


def test_when_an_outlet_is_taken_down_another_leads_its_stories_and_it_leads_again_when_it_is_back() -> None:
    world.topic()
    (story, first, _), editor = twice_told(), world.account()
    work()
    assert led_by(story) == "Harbour Post"
    taken = outlets.take_down(first.outlet, editor, "asked to", NOW, first.outlet.version)
    work()
    assert led_by(story) == "Tidewire"
    assert story.outlets == 1
    assert public_stories().filter(pk=story.pk).exists()
    outlets.undo(taken, editor, NOW)
    work()
    assert led_by(story) == "Harbour Post"
    assert story.outlets == 2


def test_an_editors_lead_gives_way_while_its_outlet_is_down_and_holds_again_when_it_is_back() -> None:
    world.topic()
    (story, _, other), editor = twice_told(), world.account()
    stories.choose_lead(story, other, editor, "", NOW, story.version)
    work()
    assert (led_by(story), story.lead_chosen) == ("Tidewire", True)
    taken = outlets.take_down(other.outlet, editor, "asked to", NOW, other.outlet.version)
    work()
    assert (led_by(story), story.lead_chosen) == ("Harbour Post", False)
    outlets.undo(taken, editor, NOW)
    work()
    assert (led_by(story), story.lead_chosen) == ("Tidewire", True)


def test_a_piece_its_outlet_took_back_leads_only_where_no_other_can() -> None:
    world.topic()
    story, first, other = twice_told()
    for piece, leads in ((first, "Tidewire"), (other, "Harbour Post")):
        piece.withdrawn_at = NOW
        piece.save()
        Story.objects.update(unfiled=True)
        work()
        assert led_by(story) == leads


@pytest.mark.parametrize(
    ("title", "query", "other"),
    [
        ("東京の防潮堤を一メートル高く", "防潮堤", "防波堤"),
        ("เขื่อนแตกในกรุงเทพ", "กรุงเทพ", "เทพกรุง"),
        ("東京の防潮堤を一メートル高く", "title:東京", "title:京東"),
        ("부산항 방파제 투표", "방파제", "방파제를"),
    ],
)
def test_titles_without_spaces_are_found_by_any_stretch_of_them(title: str, query: str, other: str) -> None:
    world.topic()
    story = new_story(title)
    work()
    assert search.find(query).stories == (story.pk,)
    assert search.find(query, best=True).stories == (story.pk,)
    assert search.find(other).stories == ()


def test_the_best_match_has_the_words_in_its_headline_and_oftener() -> None:
    world.topic()
    who = world.outlet()
    said = [
        ("Harbour dues", "A wall. " + "Nothing of it again. " * 20),
        ("The wall", "The wall, the whole wall and nothing but the wall."),
        ("A vote on the wall", "Nothing."),
    ]
    made = [world.story(world.article(who, title, excerpt=text), unfiled=True) for title, text in said]
    work()
    assert search.find("wall", best=True).stories == (made[1].pk, made[2].pk, made[0].pk)
    assert search.find("wall").stories == (made[2].pk, made[1].pk, made[0].pk)
