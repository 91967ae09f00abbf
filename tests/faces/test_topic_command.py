"""`corante topic`: what an operator reads."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from corante.models import Topic
from tests.fakes import world

pytestmark = pytest.mark.django_db


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
    shown = said("preview", "FLOOD title:road")
    assert "understood as   flood title:road" in shown
    assert "[Flood] closes the [road]" in shown
    assert "1 of 1 articles in 14 days" in shown
