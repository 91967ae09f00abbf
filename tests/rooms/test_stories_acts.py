"""An editor's word is final, stands in the log, and can be taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from corante import stories
from corante.core.work import Impossible
from corante.models import (
    Account,
    Act,
    Article,
    Dirty,
    Hiding,
    Join,
    Link,
    Merge,
    Pin,
    Proposal,
    Revision,
    Split,
    Story,
)
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Account:
    stories.forget()
    return world.account()


def clock() -> datetime:
    return NOW


def tell(name: str, title: str = "Council votes to raise the sea wall", **changes: object) -> Article:
    return world.article(world.outlet(name), title, **changes)


def now_is(story: Story) -> Story:
    return Story.objects.get(pk=story.pk)


def test_a_merge_leaves_a_redirect_and_counts_anew(editor: Account) -> None:
    one, other = world.story(tell("Harbour Post")), world.story(tell("Estuary Wire"))
    stories.merge(one, other, editor, "one vote", NOW, one.version)
    assert now_is(other).merged_into_id == one.pk
    assert (now_is(one).outlets, now_is(one).articles_count) == (2, 2)
    assert Merge.objects.get().act.why == "one vote"
    assert Link.objects.get().must
    assert {"story"} == set(Dirty.objects.values_list("kind", flat=True))


def test_a_merge_of_a_merged_story_redirects_in_one_hop(editor: Account) -> None:
    a, b, c = (world.story(tell(name)) for name in ("Harbour Post", "Estuary Wire", "Lagoon Mail"))
    stories.merge(b, a, editor, "", NOW, b.version)
    stories.merge(c, now_is(b), editor, "", NOW, c.version)
    assert now_is(a).merged_into_id == c.pk
    with pytest.raises(Impossible, match="merged into story"):
        stories.hide(a, editor, "", NOW, now_is(a).version)


def test_undoing_a_merge_puts_everything_back_and_keeps_the_two_apart(editor: Account) -> None:
    one, other = world.story(tell("Harbour Post")), world.story(tell("Estuary Wire"))
    act = stories.merge(one, other, editor, "", NOW, one.version)
    stories.undo(act, editor, NOW)
    assert now_is(other).merged_into_id is None
    assert [now_is(s).articles_count for s in (one, other)] == [1, 1]
    assert not Link.objects.get().must
    with pytest.raises(Impossible, match="already"):
        stories.undo(act, editor, NOW)


def test_a_split_gives_the_articles_taken_out_a_new_number(editor: Account) -> None:
    first, second, third = tell("Harbour Post"), tell("Estuary Wire"), tell("Lagoon Mail")
    story = world.story(first, second, third)
    new = stories.split(story, [second.pk, third.pk], editor, "two votes", NOW, story.version)
    assert new.pk != story.pk
    assert [now_is(s).articles_count for s in (story, new)] == [1, 2]
    assert Join.objects.filter(story=new).count() == 2
    assert Split.objects.get().moved == [second.pk, third.pk]
    stories.undo(Act.objects.get(verb="split"), editor, NOW)
    assert now_is(story).articles_count == 3
    assert now_is(new).merged_into_id == story.pk


@pytest.mark.parametrize("chosen", ["none", "all", "stranger"])
def test_a_split_that_makes_no_sense_is_refused(editor: Account, chosen: str) -> None:
    first, second = tell("Harbour Post"), tell("Estuary Wire")
    story = world.story(first, second)
    stranger = world.story(tell("Lagoon Mail")).lead_id
    ids = {"none": [], "all": [first.pk, second.pk], "stranger": [stranger]}[chosen]
    with pytest.raises(Impossible):
        stories.split(story, ids, editor, "", NOW, story.version)


def test_articles_an_editor_split_are_kept_apart_when_joined_anew(editor: Account) -> None:
    first, second = tell("Harbour Post"), tell("Estuary Wire", "Sea wall raised by council vote")
    stories.work([first.pk, second.pk], clock)
    story = Story.objects.get()
    stories.split(story, [second.pk], editor, "", NOW, story.version)
    Article.objects.filter(pk=second.pk).update(story=None)
    Join.objects.filter(article=second).delete()
    second.gist.delete()
    stories.work([second.pk], clock)
    second.refresh_from_db()
    assert second.story_id != story.pk


def test_hiding_can_be_undone_and_the_undoing_too(editor: Account) -> None:
    story = world.story(tell("Harbour Post"))
    hidden = stories.hide(story, editor, "wrong", NOW, story.version)
    shown = stories.undo(hidden, editor, NOW)
    assert not Hiding.objects.filter(ended_at=None).exists()
    stories.undo(shown, editor, NOW)
    assert Hiding.objects.filter(ended_at=None).count() == 1
    assert [act.verb for act in Act.objects.order_by("id")] == ["hide", "unhide", "hide"]


def test_an_edit_keeps_old_and_new_and_goes_back(editor: Account) -> None:
    story = world.story(tell("Harbour Post"))
    act = stories.edit(story, "The wall grows", None, editor, "shorter", NOW, story.version)
    assert now_is(story).headline == "The wall grows"
    assert Revision.objects.get().after == "The wall grows"
    stories.undo(act, editor, NOW)
    assert now_is(story).headline == ""


def test_an_edit_of_an_older_version_is_a_conflict_and_writes_nothing(editor: Account) -> None:
    story = world.story(tell("Harbour Post"))
    stories.edit(story, "First", None, editor, "", NOW, story.version)
    with pytest.raises(stories.Conflict) as conflict:
        stories.edit(story, "Second", None, editor, "", NOW, story.version)
    assert conflict.value.row.headline == "First"
    assert now_is(story).headline == "First"


def test_an_edit_changed_again_since_is_not_undone(editor: Account) -> None:
    story = world.story(tell("Harbour Post"))
    act = stories.edit(story, "First", None, editor, "", NOW, story.version)
    stories.edit(story, "Second", None, editor, "", NOW, story.version + 1)
    with pytest.raises(Impossible, match="again since"):
        stories.undo(act, editor, NOW)


def test_a_pin_ends_when_taken_out_and_comes_back_with_undo(editor: Account) -> None:
    story = world.story(tell("Harbour Post"))
    pin = stories.pin(story, None, NOW + timedelta(hours=6), editor, "", NOW)
    act = stories.unpin(pin, editor, "", NOW)
    assert not Pin.objects.filter(ended_at=None).exists()
    stories.undo(act, editor, NOW)
    assert Pin.objects.get(ended_at=None).expires_at == NOW + timedelta(hours=6)


def test_a_chosen_lead_stays_when_more_articles_join(editor: Account) -> None:
    first, second = tell("Harbour Post"), tell("Estuary Wire", "Sea wall raised after council vote")
    stories.work([first.pk, second.pk], clock)
    story = Story.objects.get()
    stories.choose_lead(story, second, editor, "clearer", NOW, story.version)
    third = tell("Lagoon Mail", "Council raises sea wall, votes nine to four")
    stories.work([third.pk], clock)
    assert now_is(story).articles_count == 3
    assert now_is(story).lead_id == second.pk


def test_approval_is_given_and_taken_back(editor: Account) -> None:
    story = world.story(tell("Harbour Post"), held=True, public_at=None)
    act = stories.approve(story, editor, "", NOW, story.version)
    assert now_is(story).approved_at == NOW
    stories.undo(act, editor, NOW)
    assert now_is(story).approved_at is None


def test_a_proposal_is_answered_once(editor: Account) -> None:
    one, other = world.story(tell("Harbour Post")), world.story(tell("Estuary Wire"))
    proposal = Proposal.objects.create(story=one, other=other, score=0.5, at=NOW)
    stories.answer(proposal, False, editor, "two votes", NOW)
    assert not Link.objects.get().must
    with pytest.raises(Impossible):
        stories.answer(proposal, True, editor, "", NOW)


def test_a_proposal_said_yes_to_merges(editor: Account) -> None:
    one, other = world.story(tell("Harbour Post")), world.story(tell("Estuary Wire"))
    proposal = Proposal.objects.create(story=one, other=other, score=0.5, at=NOW)
    stories.answer(proposal, True, editor, "", NOW)
    assert now_is(other).merged_into_id == one.pk
