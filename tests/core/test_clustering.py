"""Grouping, copies, counting and order: what the core promises, on values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.clustering import Copy, Decision, LiveStories, links_of
from corante.core.coverage import Telling, calm, coverage
from corante.core.fingerprints import COMMON, candidates, kept, overlap, shingles
from corante.core.members import PER_OUTLET, Member
from corante.core.ranking import Ranked, explain, ordered, score
from corante.core.tokens import fold, tokens, words
from corante.core.twins import Marks, Named, marks_of, names_factor
from corante.core.vectors import Piece, Vocabulary, terms_of, text_likeness, unit, vector, weigh

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WALL = ("Council votes to raise the sea wall", "The harbour council voted to raise the sea wall by one metre.")
AGAIN = ("Sea wall to be raised after council vote", "The council in the harbour town voted for a higher sea wall.")
QUAKE = ("Quake hits the valley", "A quake of magnitude five shook villages in the valley at dawn.")


def member(number: int, told: tuple[str, str], outlet: int | None = None, minutes: int = 0) -> Member:
    piece = Piece(*told)
    at = NOON + timedelta(minutes=minutes)
    who = outlet if outlet is not None else number
    return Member(number, who, f"Outlet {who}", told[0], at, vector(weigh(piece), Vocabulary()), marks_of(piece))


def decide(live: LiveStories, one: Member, copy: Copy | None = None) -> Decision:
    return live.decide(one, "en", weigh(Piece(one.title)).surfaces, copy)


def with_wall(**links: object) -> LiveStories:
    live = LiveStories(**links)
    live.add(100, "en", member(1, WALL))
    return live


def test_the_same_event_joins_and_names_words_nearest_and_gap() -> None:
    said = decide(with_wall(), member(2, AGAIN, minutes=4))
    assert (said.story, said.kind, said.nearest) == (100, "joined", 1)
    assert said.reason.startswith("shares “")
    assert said.reason.endswith("” with “Council votes to raise the sea wall” (Outlet 1, 4 minutes earlier)")
    assert "*" not in said.reason


def test_a_long_headline_is_cut_at_a_whole_word_in_a_reason() -> None:
    live = LiveStories()
    live.add(100, "en", member(1, (WALL[0] + " by a whole metre before the winter storms", WALL[1])))
    assert (
        "with “Council votes to raise the sea wall by a whole metre before…” (Outlet 1"
        in decide(live, member(2, AGAIN)).reason
    )


def test_another_event_opens_a_story_and_says_why() -> None:
    said = decide(with_wall(), member(2, QUAKE))
    assert said.story is None
    assert said.reason


def test_deciding_changes_nothing() -> None:
    live = with_wall()
    assert decide(live, member(2, AGAIN)) == decide(live, member(2, AGAIN))
    assert list(live.stories) == [100]


def test_another_language_is_never_compared() -> None:
    assert with_wall().decide(member(2, WALL), "pt", {}).story is None


def test_an_editors_must_link_goes_before_any_score() -> None:
    said = decide(with_wall(links=links_of([(1, 2, True)])), member(2, QUAKE))
    assert (said.story, said.kind) == (100, "editor")


def test_an_editors_cannot_link_goes_before_any_score() -> None:
    live = with_wall(links=links_of([(1, 2, False)]))
    assert decide(live, member(2, WALL)).story is None
    assert decide(live, member(2, WALL), Copy(1, 1.0)).story is None


def test_a_copy_says_how_much_is_word_for_word() -> None:
    said = decide(with_wall(), member(2, QUAKE), Copy(1, 0.71))
    assert (said.story, said.kind) == (100, "copy")
    assert said.reason.startswith("71 % of its text is word for word in “Council votes")


def test_one_outlets_text_used_again_with_other_figures_is_no_copy() -> None:
    live = LiveStories()
    live.add(100, "en", member(1, ("Quake of 5.1 in the valley", QUAKE[1]), outlet=9))
    said = decide(live, member(2, ("Quake of 6.3 in the valley", QUAKE[1]), outlet=9), Copy(1, 0.9))
    assert said.kind != "copy"


def test_an_outlet_cannot_ride_into_a_story_without_end() -> None:
    live = with_wall()
    for n in range(PER_OUTLET):
        live.add(100, "en", member(10 + n, WALL, outlet=7))
    assert "has 20 articles in that story already" in decide(live, member(99, WALL, outlet=7)).reason
    assert decide(live, member(99, WALL, outlet=8)).story == 100


def test_in_a_great_story_an_outlet_has_room_for_a_tenth() -> None:
    live = with_wall()
    for n in range(250):
        live.add(100, "en", member(10 + n, WALL, outlet=7 if n < PER_OUTLET else 1000 + n))
    assert decide(live, member(999, WALL, outlet=7)).story == 100
    for n in range(6):
        live.add(100, "en", member(300 + n, WALL, outlet=7))
    assert "has 26 articles in that story already" in decide(live, member(999, WALL, outlet=7)).reason


def test_a_story_that_no_new_outlet_joined_for_three_days_grows_no_more() -> None:
    live = with_wall()
    live.add(200, "en", member(2, QUAKE, minutes=60 * 73))
    live.expire()
    assert list(live.stories) == [200]
    assert decide(live, member(3, WALL, minutes=60 * 73)).story is None


STORY = {"reid": 2.0, "malibu": 2.0, "promis": 1.0}


def factor(*names: str, story: dict[str, float] = STORY, articles: int = 2) -> float:
    known = Named(articles, dict.fromkeys(story, articles), story, unit(story, 100))
    return names_factor(Marks(frozenset(names)), dict.fromkeys(names, 0.5), frozenset(names), known)


def test_other_names_lower_a_score_and_the_same_raise_it() -> None:
    assert factor("lohan", "betty", "ford") < 1
    assert factor("reid", "malibu", "promis") > 1
    assert factor("lohan") == 1


def test_new_names_alone_lower_a_score_less_than_new_ones_for_old_ones() -> None:
    more = factor("reid", "malibu", "promis", "lohan", "betty")
    other = factor("reid", "lohan", "betty", "ford")
    assert 1 < more < factor("reid", "malibu", "promis")
    assert other < 1


def test_one_article_is_less_of_a_witness_than_a_story() -> None:
    assert factor("reid", "lohan", "betty", articles=1) > factor("reid", "lohan", "betty", articles=8)


def test_another_year_halves_a_score_and_no_year_says_nothing() -> None:
    story = STORY | {"2008": 1.0}

    def likeness(*names: str) -> float:
        said = frozenset(("reid", "malibu", "promis", *names))
        known = Named(2, dict.fromkeys(story, 2), story, unit(story, 100))
        vector = dict.fromkeys(("reid", "malibu", "promis"), 0.5)
        return names_factor(Marks(said), vector, said | {"2008"}, known)

    assert likeness("2008") == likeness()
    assert likeness("2012") == likeness() / 2


def test_the_figures_of_the_day_say_nothing() -> None:
    told = Piece("Recap of 22 November 2026: 14 on the list", at=NOON)
    assert weigh(told).weights.keys() == {"recap", "of", "novemb", "14", "on", "the", "list"}


def test_one_shared_word_is_no_evidence_and_counts_half_of_what_the_others_do() -> None:
    town = {"saltme": 0.8, "wall": 0.6}
    assert text_likeness(town, {"saltme": 0.8, "school": 0.6}) == 0.0
    assert text_likeness(town, town) == pytest.approx(1.5 * 0.36)


def test_shared_figures_count_a_quarter_of_what_shared_words_do_at_most() -> None:
    costs = {"41": 0.5, "000": 0.5, "marks": 0.5, "bus": 0.5}
    assert text_likeness(costs, {"41": 0.7, "000": 0.7}) == 0.0
    assert text_likeness(costs, costs) == pytest.approx(1.25 * 1.5 * 0.25)


def test_a_copy_does_not_change_what_its_story_is_about() -> None:
    live = with_wall()
    before = (live.stories[100].centre, live.stories[100].named)
    live.add(100, "en", replace(member(2, QUAKE), own=False))
    assert (live.stories[100].centre, live.stories[100].named) == before
    live.add(100, "en", member(3, AGAIN))
    assert live.stories[100].named.articles == 2


def test_a_cyrillic_word_is_cut_shorter() -> None:
    assert [term for term, _ in terms_of("Правительство правительства government")] == ["прави", "прави", "govern"]


@given(st.lists(st.sampled_from([WALL, AGAIN, QUAKE]), min_size=1, max_size=12))
def test_the_same_order_gives_the_same_stories(told: list[tuple[str, str]]) -> None:
    def play() -> list[int]:
        live = LiveStories()
        for n, one in enumerate(told):
            said = decide(live, member(n, one))
            live.add(n if said.story is None else said.story, "en", member(n, one))
        return [live.story_of[n] for n in range(len(told))]

    assert play() == play()


LONG = " ".join(f"word{n}" for n in range(200))


def test_an_excerpt_is_all_of_itself() -> None:
    part = " ".join(LONG.split()[50:110])
    assert overlap(shingles(part), shingles(LONG)).own == 1.0
    assert overlap(shingles(LONG), shingles(part)).own < 0.5
    assert overlap(shingles(LONG), shingles(part)).shares


def test_fingerprints_are_the_same_everywhere_and_fit_a_column() -> None:
    assert shingles("Council " * 30) == frozenset({shingles("council " * 25).__iter__().__next__()})
    assert all(-(2**63) <= one < 2**63 and one % 8 == 0 for one in kept(shingles(LONG)))
    assert shingles("too short to say anything") == frozenset()


def test_boilerplate_nominates_nothing() -> None:
    everywhere = {1: range(COMMON + 1), 2: range(COMMON + 1), 3: [5], 4: [5]}
    assert candidates(everywhere) == [5]


def told(n: int, outlet: int, minutes: int = 0, **more: object) -> Telling:
    values: dict[str, object] = {"owner": "", "title": "A calm headline", "words": 100}
    return Telling(n, outlet, at=NOON + timedelta(minutes=minutes), **(values | more))


def test_copies_and_outlets_of_one_owner_count_once() -> None:
    every = [told(1, 1, owner="Coast"), told(2, 2, 5, owner="coast"), told(3, 3, 9, copy_share=0.9), told(4, 4, 20)]
    found = coverage(every)
    assert (found.outlets, found.articles) == (2, 4)
    assert found.last_at == NOON + timedelta(minutes=20)


def test_the_lead_is_the_longest_calm_own_text_of_the_first_quarter() -> None:
    early = [told(1, 1, words=50), told(2, 2, 1, words=300, title="WILL IT HOLD"), told(3, 3, 2, words=80)]
    late = [told(n, n, n, words=900) for n in range(10, 18)]
    assert coverage([*early, *late]).lead == 3
    assert coverage([*early, *late], chosen=12).lead == 12


@pytest.mark.parametrize(
    ("title", "is_calm"),
    [("Wall to grow", True), ("WALL TO GROW", False), ("Will it hold?", False), ("堤防を高く", True)],
)
def test_a_calm_headline_neither_shouts_nor_asks(title: str, is_calm: bool) -> None:
    assert calm(title) is is_calm


def ranked(n: int, outlets: int = 1, lead: int = 0, hours: float = 0, **more: object) -> Ranked:
    at = NOON - timedelta(hours=hours)
    return Ranked(n, outlets, lead or n, at, at, **more)


def test_the_printed_formula_gives_the_score() -> None:
    assert score(ranked(1, outlets=7, hours=12), NOON) == pytest.approx(3 * 0.5)
    assert explain(ranked(1, outlets=7, hours=12), NOON) == "log2(1 + 7) × 1 × 0.5^(12.0 h / 12 h) = 1.500"


def test_pins_come_first_and_ties_go_to_the_older_then_the_lower_number() -> None:
    stories = [ranked(3), ranked(2), ranked(1, pinned_at=NOON, hours=90)]
    assert [s.story for s in ordered(stories, NOON)] == [1, 2, 3]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9)), max_size=30))
def test_no_outlet_leads_more_than_two_of_the_first_ten_while_others_wait(rows: list[tuple[int, int]]) -> None:
    stories = [ranked(n, outlets, lead) for n, (lead, outlets) in enumerate(rows)]
    found = ordered(stories, NOON)
    assert sorted(s.story for s in found) == list(range(len(rows)))
    leads = [s.lead_outlet for s in stories]
    fillable = min(10, sum(min(2, leads.count(lead)) for lead in set(leads)))
    firsts = [s.lead_outlet for s in found[:fillable]]
    assert all(firsts.count(lead) <= 2 for lead in firsts)


def test_words_are_folded_alike_in_every_script() -> None:
    assert words("Škoda’s ΆΛΦΑ ЁЛКА İstanbul straße") == ["skoda", "s", "αλφα", "елка", "istanbul", "strasse"]
    assert words("हिन्दी में") == ["हिन्दी", "में"]
    assert words("東京AI株") == ["東", "京", "ai", "株"]


@given(st.text(max_size=60))
def test_tokens_stand_where_they_say(text: str) -> None:
    for token in tokens(text):
        assert fold(text[token.start : token.end]) == token.word
    assert [token.word for token in tokens(text)] == words(text)


def test_a_name_that_many_stories_here_have_says_little_whatever_was_known_beforehand() -> None:
    vocabulary = Vocabulary()
    for n in range(12):
        vocabulary.learn({"saltme", f"own{n}"})
    assert vocabulary.idf("saltme") < vocabulary.idf("own3") / 10
    assert vocabulary.idf("own3") == vocabulary.idf("own4")
