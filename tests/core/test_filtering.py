"""The line filter: it judges only what has a place on a page, and by signs that the table knows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corante.core import weights
from corante.core.filtering import LEFT_OUT, TAKEN, unlikely
from corante.core.marks import Known, points_elsewhere
from corante.core.pages import Block, Place
from corante.core.refining import refine
from corante.core.signs import signs

KNOWN = Known("Council votes to raise the sea wall")
LINE = "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its length."
GOOD = Place(frozenset(["p"]), shared=0.9, pure=0.95, pure_above=0.9, alike=0.9, alike_pure=1.0, main=True)
POOR = Place(frozenset(["aside"]), near=1, above=1, gap=20)
TEXT = [Block("paragraph", f"{LINE} Part {n}.", place=GOOD) for n in range(6)]


def test_a_line_without_a_place_is_not_judged() -> None:
    assert not unlikely([Block("paragraph", "Sign up"), Block("heading", "More")], KNOWN)
    bare = Block("paragraph", "Sign up")
    assert len(TEXT) not in unlikely([*TEXT, bare], KNOWN)


def test_the_text_stays_and_a_teaser_beside_it_goes() -> None:
    teaser = Block("paragraph", "How the wall of 1954 was built", 1.0, POOR)
    found = unlikely([*TEXT[:3], teaser, *TEXT[3:]], KNOWN)
    assert set(found) == {3}


def test_what_the_library_left_out_needs_more_for_it_than_what_it_took() -> None:
    assert LEFT_OUT > TAKEN
    scraps = [Block("paragraph", "Wall and water", place=place) for place in (GOOD, Place(GOOD.inside, taken=False))]
    kept = refine([*TEXT, *scraps], KNOWN)
    assert scraps[1] not in kept
    assert kept[: len(TEXT)] == TEXT


def test_every_sign_of_the_table_is_one_that_is_read() -> None:
    known = signs(TEXT, KNOWN)[0]
    assert {sign for sign, *_ in weights.RULES} <= known.keys()
    assert weights.RULES


def test_a_sign_is_the_same_whether_asked_for_alone_or_with_all() -> None:
    asking = Block("paragraph", "Sign up for more", 0.5, POOR)
    lines = [asking, *TEXT, asking]
    whole = signs(lines, KNOWN)
    for name in whole[0]:
        assert signs(lines, KNOWN, [name]) == [{name: line[name]} for line in whole], name


@given(
    st.lists(
        st.builds(Block, st.sampled_from(["paragraph", "heading", "list"]), st.text(max_size=80), place=st.just(GOOD)),
        max_size=8,
    )
)
def test_no_lines_whatever_break_it(blocks: list[Block]) -> None:
    assert set(unlikely(blocks, KNOWN)) <= set(range(len(blocks)))
    assert unlikely(blocks, KNOWN) == unlikely(blocks, KNOWN)


def test_pointers_to_other_pieces_are_known_by_how_they_begin() -> None:
    for line in ("Read more: the wall of 1954", "Les også: Muren fra 1954", "Lesen Sie auch: Die Mauer", "Читайте также: Стена",
                 "関連記事：堤防の歴史", "Lea también: El muro", "À lire aussi : le mur de 1954"):  # fmt: skip
        assert points_elsewhere(line), line
    for line in (
        LINE,
        "More than four hundred people came: it was cold.",
        "Mehr als vierhundert Menschen kamen.",
        "He said: no.",
    ):
        assert not points_elsewhere(line), line
