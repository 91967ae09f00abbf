"""`corante topic`: what an operator reads."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, load_command_class

from corante import topics
from corante.models import Topic
from tests.fakes import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site: Path) -> None:
    (site / "corante.toml").touch()


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("topic", *arguments, stdout=out)
    return out.getvalue()


def test_a_topic_is_added_and_listed_with_its_rule() -> None:
    assert "/topics/sea-and-coast/" in said("add", "Sea and coast", '"sea wall" OR flood*')
    assert said("list").splitlines() == ["Sea and coast", '    "sea wall" OR flood*']


def test_an_error_shows_the_rule_and_points_at_the_spot() -> None:
    with pytest.raises(CommandError) as error:
        said("add", "Broken", "flood (storm")
    assert str(error.value).splitlines()[-2:] == ["flood (storm", "      ^ this bracket is never closed"]
    assert not Topic.objects.exists()


def test_a_name_is_taken_once() -> None:
    said("add", "Sea", "sea")
    with pytest.raises(CommandError, match="already"):
        said("add", "sea", "wall")


def test_an_empty_list_says_what_to_do() -> None:
    assert "corante topic add Everything '*'" in said("list")


def test_a_preview_shows_matched_words_and_the_count() -> None:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    article = world.article(world.outlet(), "Flood closes the road", published_at=now, seen_at=now)
    world.story(article, first_at=now, last_at=now)
    topics.thin(now)
    shown = said("preview", "FLOOD title:road")
    assert "understood as   flood title:road" in shown
    assert "[Flood] closes the [road]" in shown
    assert "1 articles in 14 days, in which 1 stories were told" in shown


def test_a_name_in_another_script_has_an_address_of_its_own() -> None:
    assert "/topics/more-i-bereg/" in said("add", "Море и берег", "*")
    said("add", "海", "*")
    said("add", "雨", "*")
    slugs = list(Topic.objects.order_by("id").values_list("slug", flat=True))[1:]
    assert slugs == [f"topic-{pk}" for pk in Topic.objects.order_by("id").values_list("id", flat=True)[1:3]]


def test_help_shows_how_a_rule_is_written() -> None:
    shown = help_of("topic")
    assert "corante topic add" in shown
    assert "near:5(dam burst)" in shown


def help_of(name: str) -> str:
    return load_command_class("corante", name).create_parser("corante", name).format_help()
