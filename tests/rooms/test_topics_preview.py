"""A preview asks an index, and finds exactly what the rule itself would."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from corante import topics
from corante.catalog import recent
from corante.core.matching import matches
from corante.core.rules import parse
from corante.gather import acts as outlets
from corante.models import Article, Story
from corante.topics import keeping
from corante.topics.documents import articles, told
from tests.core.test_rules import _rules
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = pytest.mark.django_db


def file_all() -> None:
    Story.objects.update(unfiled=True)
    while ids := topics.due(NOW, 500):
        topics.work(ids, lambda: NOW)


WORDS = ["sea", "wall", "dam", "burst", "council", "東", "京", "都", "5", "tokyo", "flooded"]


def some_articles() -> None:
    """Three dozen pieces of the words the generated rules are made of."""
    post, wire = world.outlet("Sea Wall Post"), world.outlet("Tidewire", language="pt")
    for n in range(36):
        title = " ".join(WORDS[(n * k + k) % len(WORDS)] for k in range(1, 5))
        text = " ".join(WORDS[(n + k * k) % len(WORDS)] for k in range(1, 12))
        world.story(world.article(post if n % 2 else wire, title, text, excerpt="", language="en" if n % 3 else ""))
    file_all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=_rules)
def check(rule: object) -> None:
    from corante.core.rules import text_of

    text = text_of(rule)  # type: ignore[arg-type]
    alone = {row.pk for row in articles() if matches(parse(text), told(row).document) is not None}
    found = topics.preview(text, NOW, limit=100)
    assert {hit.article for hit in found.hits} == alone, text
    assert found.total == len(alone), text


def test_a_preview_finds_exactly_what_the_rule_alone_matches() -> None:
    some_articles()
    check()


@pytest.mark.parametrize(
    "rule",
    [
        "東京",
        "東京都",
        "outlet:tidewire",
        "lang:pt",
        "* -sea",
        "sea -(wall OR dam)",
        "flood*",
        "*",
        "sea -near:1(sea wall dam)",
        "-near:1(sea wall dam) *",
    ],
)
def test_fields_scripts_and_everything_but_are_found_alike(rule: str) -> None:
    some_articles()
    alone = {row.pk for row in articles() if matches(parse(rule), told(row).document) is not None}
    assert {hit.article for hit in topics.preview(rule, NOW, limit=100).hits} == alone


def test_what_was_told_before_these_days_or_taken_back_is_not_counted() -> None:
    old = world.article(world.outlet(), published_at=NOW - timedelta(days=20))
    back = world.article(world.outlet("Tidewire"), withdrawn_at=NOW)
    down = world.article(world.outlet("Dawn"))
    for piece in (old, back, down):
        world.story(piece)
    file_all()
    outlets.take_down(down.outlet, world.account(), "", NOW, down.outlet.version)
    found = topics.preview("wall", NOW)
    assert (found.total, found.hits) == (0, ())


def test_a_changed_headline_is_found_by_its_new_words() -> None:
    piece = world.article(world.outlet(), "The vote is open")
    world.story(piece)
    file_all()
    Article.objects.filter(pk=piece.pk).update(title="The vote is over")
    file_all()
    assert topics.preview("title:open", NOW).total == 0
    assert topics.preview("title:over", NOW).total == 1


def test_a_word_that_stands_in_the_text_alone_is_shown_where_it_stands() -> None:
    world.story(world.article(world.outlet(), text="One. " * 60 + "A heron was seen. " + "Two. " * 60))
    file_all()
    hit = topics.preview("heron", NOW).hits[0]
    assert hit.excerpt.startswith("… ")
    assert [hit.excerpt[a:b] for a, b in hit.excerpt_marks] == ["heron"]
    assert len(hit.excerpt) < 300


def test_a_piece_that_stays_or_is_gone_does_not_keep_older_ones_in_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PIECE", 3)
    some_articles()
    gone, stays, *others = Article.objects.order_by("pk")
    Article.objects.filter(pk__in=[other.pk for other in others]).update(published_at=NOW - timedelta(days=20))
    recent.put([replace(told(gone).words, article=0)])
    topics.thin(NOW)
    assert recent.lowest(100) == [gone.pk, stays.pk]
