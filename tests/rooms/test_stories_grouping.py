"""The stories room: one event once, and it says why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from corante import stories
from corante.models import Article, Dirty, Join, Outlet, Proposal, Shingle, Story, Term
from corante.stories.commonwords import LEAST, usual
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db

WALL = "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its whole length, and to start before a permit for the northern section has been granted. Engineers had warned that the present wall would not stand another winter like the last one."
WALL_TOLD_AGAIN = "Councillors in the harbour town agreed on Saturday night, nine against four, that the old sea wall must grow by a metre. Work begins before the permit for the north section is there, the mayor said after the vote."
MUSEUM = "The maritime museum opens a hall of whale skeletons on Tuesday. Curator Ines Almada spent eleven years collecting them from beaches of three oceans, and visitors may walk through the largest."


@pytest.fixture(autouse=True)
def _fresh() -> None:
    stories.forget()


def clock() -> datetime:
    return NOW


def work() -> None:
    stories.work(stories.due(NOW, 1000), clock)


def loose(outlet: Outlet, title: str, text: str, minutes: int = 0, **more: object) -> Article:
    at = NOW - timedelta(hours=3) + timedelta(minutes=minutes)
    return world.article(outlet, title, text, published_at=at, seen_at=at, words=len(text.split()), **more)


def two_on_the_wall() -> tuple[Article, Article]:
    one = loose(world.outlet("Harbour Post"), "Council votes to raise the sea wall by a metre", WALL)
    two = loose(world.outlet("Estuary Wire"), "Sea wall to grow by a metre after council vote", WALL_TOLD_AGAIN, 4)
    return one, two


def test_two_outlets_on_one_event_make_one_story_with_the_reason_in_words() -> None:
    one, two = two_on_the_wall()
    work()
    story = Story.objects.get()
    assert (story.outlets, story.articles_count, story.unfiled) == (2, 2, True)
    join = Join.objects.get(article=two)
    assert join.kind == "joined"
    assert "“Council votes to raise the sea wall by a metre” (Harbour Post, 4 minutes earlier)" in join.reason
    assert join.reason.startswith("shares “")
    assert join.terms
    assert join.nearest_id == one.pk


def test_another_event_opens_a_story_of_its_own() -> None:
    two_on_the_wall()
    loose(world.outlet("Museum News"), "Museum opens hall of whale skeletons", MUSEUM, 5)
    work()
    assert Story.objects.count() == 2


def test_another_language_never_joins() -> None:
    _, two = two_on_the_wall()
    Article.objects.filter(pk=two.pk).update(language="pt")
    work()
    assert Story.objects.count() == 2


def test_a_word_for_word_copy_joins_and_is_no_second_outlet() -> None:
    one = loose(world.outlet("Harbour Post"), "Council votes to raise the sea wall", WALL)
    copy = loose(world.outlet("Copycat Daily"), "Harbour wall news tonight", " ".join(WALL.split()[:45]), 9)
    work()
    story = Story.objects.get()
    copy.refresh_from_db()
    assert (story.outlets, story.articles_count) == (1, 2)
    assert (copy.copy_of_id, copy.copy_share) == (one.pk, 1.0)
    assert Join.objects.get(article=copy).reason.startswith("100 % of its text is word for word in “Council votes")
    assert Shingle.objects.filter(article=one).exists()


def test_outlets_of_one_owner_count_once() -> None:
    two_on_the_wall()
    Outlet.objects.update(owner="Coastal Media")
    work()
    assert Story.objects.get().outlets == 1


def test_the_same_story_after_a_restart_between_any_two_articles() -> None:
    two_on_the_wall()
    loose(world.outlet("Museum News"), "Museum opens hall of whale skeletons", MUSEUM, 5)
    for one in stories.due(NOW, 1000):
        stories.forget()
        stories.work([one], clock)
    assert sorted(Story.objects.values_list("articles_count", flat=True)) == [1, 2]
    assert Term.objects.get(language="en", term="").articles == 3


def test_working_twice_changes_nothing() -> None:
    two_on_the_wall()
    ids = stories.due(NOW, 1000)
    stories.work(ids, clock)
    before = list(Join.objects.order_by("id").values())
    stories.work(ids, clock)
    assert list(Join.objects.order_by("id").values()) == before


def test_a_public_story_that_grows_tells_its_pages() -> None:
    one, two = two_on_the_wall()
    stories.work([one.pk], clock)
    Story.objects.update(public_at=NOW, unfiled=False)
    stories.work([two.pk], clock)
    assert Dirty.objects.filter(kind="story", ref=Story.objects.get().pk).exists()
    assert Story.objects.get().unfiled


def test_pending_articles_wait() -> None:
    loose(world.outlet(), "Not read yet", WALL, reading="pending")
    assert stories.due(NOW, 10) == []


def test_proposals_are_made_once_a_pair() -> None:
    two_on_the_wall()
    work()
    assert Proposal.objects.count() == len(set(Proposal.objects.values_list("story", "other")))


def test_thinning_forgets_old_fingerprints_and_gists_but_no_decision() -> None:
    two_on_the_wall()
    work()
    assert stories.thin(NOW) == 0
    before = list(Join.objects.values())
    Article.objects.update(seen_at=NOW - timedelta(days=31))
    assert stories.thin(NOW) > 0
    assert not Shingle.objects.exists()
    assert list(Join.objects.values()) == before


def test_the_same_text_is_known_for_a_copy_when_fingerprints_are_long_gone() -> None:
    old = loose(world.outlet("Harbour Post"), "Council votes to raise the sea wall", WALL, text_hash="of the wall")
    work()
    Article.objects.update(seen_at=NOW - timedelta(days=40))
    Story.objects.update(last_at=NOW - timedelta(days=40))
    stories.thin(NOW)
    again = loose(world.outlet("Copycat Daily"), "Harbour wall news tonight", WALL, text_hash="of the wall")
    other = loose(world.outlet("Museum News"), "Museum opens hall", MUSEUM, text_hash="of the whales")
    work()
    again.refresh_from_db()
    other.refresh_from_db()
    assert not Shingle.objects.filter(article=old).exists()
    assert (again.copy_of_id, again.copy_share) == (old.pk, 1.0)
    assert other.copy_of_id is None


def test_reasons_never_outgrow_their_column() -> None:
    long = "Council " + "votes to raise the sea wall " * 17
    for name in ("Harbour Post", "Estuary Wire"):
        loose(world.outlet(name), long[:500].strip(), WALL)
    work()
    assert max(len(reason) for reason in Join.objects.values_list("reason", flat=True)) <= 500


def test_common_words_of_a_language_are_known_beforehand_and_unknown_languages_start_with_nothing() -> None:
    assert usual("en")["the"] > 0.9
    assert usual("no") == usual("nb") != {}
    assert min(usual("uk").values()) >= LEAST
    assert usual("tlh") == {}
