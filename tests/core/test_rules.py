"""The query language: what it understands, what it says when it doesn't, and what it matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.matching import Document, RuleBook, marks, matches
from corante.core.rules import And, Everything, Near, Not, Or, Phrase, Rule, RuleError, parse, text_of

WALL = Document(
    "Council votes to raise the sea wall",
    "The dam finally burst near Tōkyō. 日本の東京で. เขื่อนแตกในกรุงเทพ. Škoda’s plant was flooded.",
    "Harbour Post harbour-post",
    "pt-BR",
)


@pytest.mark.parametrize(
    ("rule", "clause"),
    [
        ("*", "*"),
        ("sea wall", "sea wall"),
        ("wall sea", "wall sea"),
        ('"sea wall"', '"sea wall"'),
        ("“Sea Wall”", '"sea wall"'),
        ('"wall sea"', None),
        ("SEA", "sea"),
        ("tokyo", "tokyo"),
        ("skoda", "skoda"),
        ("flood", None),
        ("flood*", "flood*"),
        ('"raise the se"*', '"raise the se"*'),
        ("flood OR wall", "wall"),
        ("sea (flood OR wall)", "sea wall"),
        ("sea -wall", None),
        ("sea -tunnel", "sea"),
        ("* -tunnel", "* -tunnel"),
        ("title:wall", "title:wall"),
        ("title:dam", None),
        ("title:(dam OR wall)", "title:wall"),
        ('outlet:"harbour post"', 'outlet:"harbour post"'),
        ("outlet:wire", None),
        ("lang:pt", "lang:pt"),
        ("lang:pt-BR", "lang:pt-br"),
        ("lang:en", None),
        ("near:2(dam burst)", "near:2(dam burst)"),
        ("near:2(burst dam)", "near:2(burst dam)"),
        ("near:1(dam burst)", None),
        ("near:9(dam burst tokyo)", "near:9(dam burst tokyo)"),
        ("東京", "東京"),
        ("กรุงเทพ", "กรุงเทพ"),
        ("京都", None),
        ('"wall the"', None),
        ("sea AND wall", "sea wall"),
        ("or", None),
    ],
)
def test_a_rule_matches_what_it_says_and_names_the_clause(rule: str, clause: str | None) -> None:
    found = matches(parse(rule), WALL)
    assert found == clause


@pytest.mark.parametrize(
    ("rule", "at", "says"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("flood (storm", 6, "never closed"),
        ("flood) storm", 5, "closes nothing"),
        ('flood "storm', 6, "never closed"),
        ("flood OR", 8, "missing"),
        ("OR flood", 0, "missing"),
        ("()", 1, "missing"),
        ("- flood", 0, "minus"),
        ("a --b", 3, "one minus"),
        ("-flood", 0, "must not stand"),
        ("flood OR -storm", 0, "must not stand"),
        ("colour:red", 0, "no colour:"),
        ("a title:", 2, "needs a word"),
        ("title:outlet:x", 6, "can't stand inside"),
        ("near:5(dam)", 0, "two words"),
        ("near:(dam burst)", 0, "distance"),
        ("lang:x", 5, "language tag"),
        ("flood ???", 6, "no letter"),
        ("a*", 0, "two letters"),
        ("flood -*", 6, "everything"),
    ],
)
def test_an_error_points_at_the_spot(rule: str, at: int, says: str) -> None:
    with pytest.raises(RuleError) as error:
        parse(rule)
    assert says in error.value.message
    assert error.value.at == at
    assert error.value.pointing(rule).splitlines()[1].index("^") == min(at, 60)


def test_brackets_without_end_are_refused_not_a_crash() -> None:
    with pytest.raises(RuleError, match="brackets"):
        parse("(" * 500 + "a" + ")" * 500)
    with pytest.raises(RuleError, match="longer"):
        parse("a " * 6000)


def understood(text: str) -> Rule | RuleError:
    try:
        return parse(text)
    except RuleError as error:
        return error


@given(st.text(max_size=80) | st.text(alphabet='ab"“()*-: ORnear:5title:lang:', max_size=40))
def test_parsing_never_crashes_and_an_error_stands_within_the_text(text: str) -> None:
    found = understood(text)
    if isinstance(found, RuleError):
        assert 0 <= found.at <= len(text)
        assert found.message in found.pointing(text)
    else:
        assert parse(text_of(found)) == found
        matches(found, WALL)
        marks(found, text)


_word = st.sampled_from(["sea", "wall", "dam", "burst", "council", "東", "5", "tokyo", "flooded"])
_phrase = st.builds(
    Phrase, st.lists(_word, min_size=1, max_size=3).map(tuple), st.just(False), st.sampled_from(["", "title", "outlet"])
)
_leaf = _phrase | st.builds(Near, st.integers(1, 9), st.lists(_word, min_size=2, max_size=3).map(tuple))


def _grow(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    both = st.lists(inner, min_size=2, max_size=3)
    return (
        both.map(
            lambda parts: And(tuple(p for part in parts for p in (part.parts if isinstance(part, And) else [part])))
        )
        | both.map(
            lambda parts: Or(tuple(p for part in parts for p in (part.parts if isinstance(part, Or) else [part])))
        )
        | st.tuples(_leaf, inner).map(lambda two: And((two[0], Not(two[1]) if not isinstance(two[1], Not) else two[1])))
    )


_rules = st.recursive(_leaf | st.just(Everything()), _grow, max_leaves=6).filter(lambda rule: "-*" not in text_of(rule))


@given(_rules)
def test_a_rule_as_text_reads_back_as_the_same_rule(rule: Rule) -> None:
    assert parse(text_of(rule)) == rule


@given(st.lists(_rules, max_size=8), st.lists(_word, max_size=12), st.lists(_word, max_size=30))
def test_a_book_of_rules_finds_exactly_what_each_rule_alone_finds(
    rules: list[Rule], title: list[str], text: list[str]
) -> None:
    document = Document(" ".join(title), " ".join(text), "sea wall", "en")
    alone = {n: clause for n, rule in enumerate(rules) if (clause := matches(rule, document)) is not None}
    assert RuleBook(dict(enumerate(rules))).matches(document) == alone


def test_matched_words_are_marked_where_they_stand() -> None:
    text = "The “Sea Wall” and the floods"
    assert [text[a:b] for a, b in marks(parse('"sea wall" OR flood* -and'), text)] == ["Sea Wall", "floods"]
    assert marks(parse("title:sea"), text) == []
    assert [text[a:b] for a, b in marks(parse("title:sea"), text, title=True)] == ["Sea"]
