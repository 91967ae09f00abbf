"""What a story's page says of its accounts: when each was told, why it stands there, and what changed since."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from corante import publish
from corante.catalog import accounts
from corante.catalog.teasers import teasers
from corante.models import Article, Change, Join, Story
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told(name: str, title: str, hours_ago: float, seen_ago: float = 0) -> Article:
    """A piece dated so many hours ago, first seen so many hours ago."""
    at = NOW - hours_ago * HOUR
    return world.article(world.outlet(name), title, published_at=at, seen_at=NOW - seen_ago * HOUR)


def page_of(story: Story) -> accounts.StoryPage:
    """The page of a public story."""
    return accounts.story_pages([story.pk])[story.pk]


def join(
    article: Article, story: Story, terms: list[str], nearest: Article | None = None, kind: str = "joined"
) -> None:
    """Why the machine put it there; replaces what the world wrote."""
    Join.objects.update_or_create(
        article=article,
        defaults={
            "story": story,
            "kind": kind,
            "reason": f"shares {terms}",
            "nearest": nearest,
            "at": NOW,
            "terms": [[term, 0.4] for term in terms],
        },
    )


def test_accounts_stand_by_the_outlets_own_time_even_when_all_were_imported_at_once() -> None:
    late, early, middle = told("A", "Third", 1), told("B", "First", 40), told("C", "Second", 3)
    story = world.story(late, early, middle)
    world.filed(story, world.topic())
    shown = page_of(story).accounts
    assert [one.title for one in shown] == ["First", "Second", "Third"]
    assert [one.seen_late for one in shown] == [True, False, False]
    line = teasers([story.pk])[0].coverage
    assert line is not None
    assert (line.first_at, line.last_at) == (NOW - 40 * HOUR, NOW - HOUR)


def test_a_date_in_the_future_counts_as_the_moment_we_saw_the_piece() -> None:
    story = world.story(told("A", "From tomorrow", -20, seen_ago=2), told("B", "Now", 1, seen_ago=1))
    world.filed(story, world.topic())
    assert [one.told_at for one in page_of(story).accounts] == [NOW - 2 * HOUR, NOW - HOUR]


def test_the_reason_names_no_piece_that_stands_elsewhere() -> None:
    first, second, elsewhere = (
        told("A", "Dyke seeps", 5),
        told("B", "Dyke gives at Low Marsh", 4),
        told("C", "Hidden piece", 6),
    )
    story = world.story(first, second)
    world.filed(story, world.topic())
    join(first, story, ["Dyke"], elsewhere)
    join(second, story, ["Marsh", "Dyke", "Low"], first)
    one, other = page_of(story).accounts
    assert one.bond is not None
    assert other.bond is not None
    assert (one.bond.shared, one.bond.title, one.bond.outlet) == (("Dyke",), "", "")
    assert (other.bond.shared, other.bond.title, other.bond.outlet) == (("Dyke", "Low Marsh"), "Dyke seeps", "A")
    assert page_of(story).shared[0] == "Dyke"


def test_the_page_says_how_much_of_a_copy_is_word_for_word_in_what_and_how_to_work_out_the_storys_place(
    tmp_path: Path,
) -> None:
    first, copy, own = (
        told("Tidewire", "Dyke seeps", 5),
        told("B", "Dyke: seepage", 4),
        told("C", "Water at the dyke", 3),
    )
    copy.copy_of, copy.copy_share = first, 0.71
    copy.save()
    story = world.story(first, copy, own, outlets=2)
    world.filed(story, world.topic())
    with override_settings(PUBLIC_TREE=tmp_path):
        publish.rebuild(lambda: NOW)
    page = re.sub(r"<[^>]+>|[\u2068\u2069]", "", (tmp_path / "stories" / f"{story.pk}.html").read_text("utf-8"))
    assert "71% word for word from Tidewire" in page
    assert page.count("own text") == 2
    assert "log2(1 + 2) × 1 × 0.5h / 12, where h is the hours since" in page


def test_an_editors_choice_of_lead_is_said_to_be_one() -> None:
    first, second = told("A", "Dyke seeps", 5), told("B", "Dyke gives at Low Marsh", 4)
    story = world.story(first, second, lead=second, lead_chosen=True)
    world.filed(story, world.topic())
    assert page_of(story).lead_because == "chosen"


def test_a_changed_headline_is_shown_word_by_word() -> None:
    piece = told("A", "Council backs 38m wall", 5)
    Change.objects.create(
        article=piece, kind="headline", before="Council backs 28m wall", after="Council backs 38m wall", at=NOW
    )
    story = world.story(piece, told("B", "Wall backed", 4))
    world.filed(story, world.topic())
    (change,) = page_of(story).accounts[0].amendments
    assert change.runs == [("same", "Council backs"), ("gone", "28m"), ("new", "38m"), ("same", "wall")]


def test_a_changed_text_is_told_by_how_much_and_not_quoted(tmp_path: Path) -> None:
    piece = told("A", "Council backs wall", 5)
    Change.objects.create(article=piece, kind="text", before="It costs 28m.", after="It costs 38m or more.", at=NOW)
    story = world.story(piece, told("B", "Wall backed", 4))
    world.filed(story, world.topic())
    (change,) = page_of(story).accounts[0].amendments
    assert change.counted == (3, 1)
    with override_settings(PUBLIC_TREE=tmp_path):
        publish.rebuild(lambda: NOW)
    shown = (tmp_path / "stories" / f"{story.pk}.html").read_text(encoding="utf-8")
    assert "Text changed" in shown
    assert "words: +3 −1" in shown
    assert "28m" not in shown


@pytest.mark.parametrize(
    ("language", "heading", "direction"),
    [
        ("en", "2 accounts, in the order they were told", "ltr"),
        ("de", "2 Berichte, nach der Zeit geordnet", "ltr"),
        ("uk", "2 розповіді за порядком часу", "ltr"),
        ("ar", "روايتان، بترتيب الوقت", "rtl"),
        ("es", "2 relatos, por orden de hora", "ltr"),
    ],
)
def test_a_site_speaks_its_own_language(language: str, heading: str, direction: str, tmp_path: Path) -> None:
    story = world.story(told("A", "Dyke seeps", 5), told("B", "Dyke gives at Low Marsh", 4))
    world.filed(story, world.topic())
    with override_settings(CORANTE=replace(settings.CORANTE, language=language), PUBLIC_TREE=tmp_path):
        publish.rebuild(lambda: NOW)
    page = (tmp_path / "stories" / f"{story.pk}.html").read_text(encoding="utf-8")
    assert heading in page
    assert f'<html lang="{language}" dir="{direction}">' in page
