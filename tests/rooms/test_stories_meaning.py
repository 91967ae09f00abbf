"""The plug for grouping across languages: off by default, an installed function when set, the same after a restart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from corante import stories
from corante.core.config import ConfigError, read_config
from corante.models import Article, Join, Story
from tests.fakes import world
from tests.fakes.world import NOW

WALL = ("Council votes to raise the sea wall", "The harbour council voted for a higher wall.")
MAUER = ("Rat stimmt für höhere Mauer", "Der Hafenrat will die Mauer am Meer um einen Meter erhöhen.")
WHALES = ("Whale hall opens", "The museum opens its whale hall.")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    stories.forget()


@contextmanager
def embedder(name: str = "tests.fakes.embedder:embed") -> Iterator[None]:
    with override_settings(CORANTE=replace(settings.CORANTE, embedder=name)):
        yield


def tell(outlet: str, told: tuple[str, str], language: str) -> Article:
    return world.article(world.outlet(outlet), *told, language=language)


def work() -> int:
    return stories.work(stories.due(NOW, 100), lambda: NOW).failed


@pytest.mark.django_db
def test_without_a_setting_a_story_is_told_in_one_language() -> None:
    tell("Harbour Post", WALL, "en")
    tell("Hafenblatt", MAUER, "de")
    work()
    assert Story.objects.count() == 2


@pytest.mark.django_db
def test_an_installed_function_groups_across_languages_and_the_join_says_why() -> None:
    tell("Harbour Post", WALL, "en")
    german = tell("Hafenblatt", MAUER, "de")
    with embedder():
        work()
    assert Story.objects.get().articles_count == 2
    assert Join.objects.get(article=german).reason.endswith("(Harbour Post, at the same time) in another language")


@pytest.mark.django_db
def test_a_restart_between_two_languages_changes_nothing() -> None:
    tell("Harbour Post", WALL, "en")
    with embedder():
        work()
        stories.forget()
        tell("Hafenblatt", MAUER, "de")
        work()
    assert Story.objects.get().articles_count == 2


@pytest.mark.django_db
def test_a_text_the_embedder_fails_on_waits_and_stops_no_other() -> None:
    whales = tell("Museum News", WHALES, "en")
    tell("Harbour Post", WALL, "en")
    with embedder("tests.fakes.embedder:broken"):
        assert work() == 1
    assert stories.due(NOW, 10) == [whales.pk]
    assert Story.objects.count() == 1


def test_a_package_that_is_not_installed_is_named_at_start(tmp_path: Path) -> None:
    (tmp_path / "corante.toml").write_text(
        'title = "T"\nbase_url = "http://127.0.0.1:8000"\nembedder = "no_such_thing:embed"\n'
    )
    command = [sys.executable, "-m", "corante.cli", "doctor", "--dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "no package 'no_such_thing' is installed" in done.stdout + done.stderr


@pytest.mark.parametrize("wrong", [{"embedder": "not a function"}, {"embedder_likeness": 0}])
def test_a_setting_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="embedder"):
        read_config({"title": "T", "base_url": "http://127.0.0.1:8000", **wrong})
