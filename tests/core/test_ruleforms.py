"""A rule as a form and as text is one object; a clause is said as a sentence."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corante.core.ruleforms import Form, form_of, rule_of
from corante.core.rules import parse
from corante.core.saying import because


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        (Form(every="sea wall"), '"sea wall"'),
        (Form(some="dam, weir"), "dam OR weir"),
        (Form(every="flood*", some="dam, weir", none="sport"), "flood* (dam OR weir) -sport"),
        (Form(outlets="Harbour Post, Tidewire"), 'outlet:"harbour post" OR outlet:tidewire'),
        (Form(some="dam", languages="pt, en"), "dam (lang:pt OR lang:en)"),
        (Form(none="sport"), "* -sport"),
        (Form(), "*"),
        (Form(some="東京, 大阪"), "東京 OR 大阪"),
    ],
)
def test_a_form_is_written_as_a_rule(form: Form, rule: str) -> None:
    assert rule_of(form) == rule
    assert parse(rule)


@pytest.mark.parametrize(
    "rule", ["near:5(dam burst)", "title:vote", "(a b) OR c", "-(a OR b) c", "(a OR b) (c OR d)", "-lang:pt a"]
)
def test_a_rule_that_says_more_than_a_form_can_has_none(rule: str) -> None:
    assert form_of(parse(rule)) is None


_word = st.sampled_from(["sea", "sea wall", "flood*", "東京", "Škoda", "5", "vote"])
_field = st.lists(_word, max_size=3).map(", ".join)
_tags = st.lists(st.sampled_from(["pt", "en", "zh-Hant"]), max_size=2).map(", ".join)
_plain = st.lists(st.sampled_from(["Harbour Post", "Tidewire", "東京新聞"]), max_size=2).map(", ".join)


@given(st.builds(Form, _field, _field, _field, _plain, _tags))
def test_there_and_back_again_changes_nothing(form: Form) -> None:
    written = rule_of(form)
    again = form_of(parse(written))
    assert again is not None, written
    assert parse(rule_of(again)) == parse(written)


@given(st.text(max_size=40), st.text(max_size=20))
@example("", "AA_")  # begins as a tag does, and is none
@example("", "en-ä")
def test_whatever_stands_in_the_fields_the_rule_can_be_read(every: str, languages: str) -> None:
    assert parse(rule_of(Form(every, every, every, every, languages)))


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("*", "the topic takes everything"),
        ('"sea wall"', "it says “sea wall”"),
        ("sea title:vote", "it says “sea” and “vote” in the headline"),
        ("flood* near:5(dam burst)", "it says “flood…” and “dam” and “burst” within 5 words"),
        ("lang:pt", "it is in the language pt"),
        ('dam outlet:"harbour post"', "it says “dam”, and it is told by “harbour post”"),
        ("東京", "it says “東京”"),
        ("* -sport", "nothing in it says “sport”"),
        ("by hand: of course", "of by hand: of course"),
        ("", "the topic takes everything"),
    ],
)
def test_a_clause_is_said_as_a_sentence(clause: str, said: str) -> None:
    assert because(clause) == said
