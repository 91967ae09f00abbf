"""A long list is taken in portions: nobody waits long for the database, and a list that was cut off is simply given again."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from corante import gather
from corante.core.opml import Outline, write
from corante.gather import lists
from corante.models import Feed, Outlet
from tests.fakes import world
from tests.fakes.gathering import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PORTION", 5)


def a_list(count: int) -> bytes:
    of = [Outline(f"https://h{n}.example/feed", f"Outlet {n // 2}", "https://h.example/") for n in range(count)]
    return write(of, "bench", NOW)


def test_a_list_that_is_cut_off_keeps_what_was_added_and_goes_on_when_given_again() -> None:
    told = list[tuple[int, int]]()

    def cut_off(done: int, of: int) -> None:
        told.append((done, of))
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gather.import_opml(a_list(12), NOW, cut_off)
    assert (told, Feed.objects.count()) == ([(5, 12), (10, 12)], 10)
    assert gather.import_opml(a_list(12), NOW) == gather.Imported(added=2, known=10)
    assert (Feed.objects.count(), Outlet.objects.count()) == (12, 6)
    assert gather.import_opml(a_list(12), NOW) == gather.Imported(added=0, known=12)


def test_a_portion_is_added_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[str]()

    def failing(outline: Outline, *rest: object) -> Feed:
        made.append(outline.url)
        if len(made) == 8:
            raise RuntimeError("killed")
        return original(outline, *rest)  # type: ignore[arg-type]  # handed on as it came

    original = lists._feed
    monkeypatch.setattr(lists, "_feed", failing)
    with pytest.raises(RuntimeError):
        gather.import_opml(a_list(12), NOW)
    assert (Feed.objects.count(), Outlet.objects.count()) == (5, 3)


def test_feeds_of_one_outlet_and_of_outlets_we_have_come_to_those() -> None:
    had = world.outlet("Outlet 0", home_url="https://h.example/")
    gather.import_opml(a_list(7), NOW)
    assert Outlet.objects.count() == 4
    assert had.feeds.count() == 2


def test_the_command_says_how_far_it_is(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "corante.toml").write_text("")
    settings.CORANTE_DIR = tmp_path
    (tmp_path / "list.opml").write_bytes(a_list(12))
    said = StringIO()
    call_command("add", opml=tmp_path / "list.opml", stdout=said)
    assert said.getvalue().splitlines() == [
        "5 of 12 feeds added …",
        "10 of 12 feeds added …",
        "12 feeds added, 0 were there already.",
    ]
