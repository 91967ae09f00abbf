"""Where sentences end, and where they only seem to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.sentences import finished, sentences


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Mr. Smith met Dr. J. R. Jones of the U.S. Senate on Jan. 3.|He said: “No.”|Then he left."),
        ("en", "It cost $3.5 million, i.e. too much.|“What?” he asked.|Nobody knew."),
        ("de", "Am 3. Mai kam er z. B. nach Berlin.|„Das ist so.“|Er ging um 5 Uhr."),
        ("de", "Die Fa. Meier zahlt 3,5 Mio. Euro.|Das ist viel."),
        ("fr", "M. Dupont est arrivé.|« Oui ! » a-t-il dit.|Il est parti."),
        ("es", "El Sr. Gómez llegó a EE. UU. ayer.|¿Quién paga?|¡Nadie!"),
        ("ru", "В 2020 г. Иванов жил на ул. Ленина.|А. С. Пушкин жил там же."),
        ("uk", "Він жив на вул. Садовій.|Потім І. Франко поїхав."),
        ("pl", "Prof. Nowak mieszka przy ul. Długiej.|To prawda."),
        ("el", "Ποιος είναι;|Δεν ξέρω."),
        ("ar", "هل هذا صحيح؟|نعم."),
        ("ur", "یہ سچ ہے۔|وہ گیا۔"),
        ("hi", "यह है।|वह था।"),
        ("he", "האם זה נכון?|כן."),
        ("hy", "Սա է։|Նա գնաց։"),
        ("am", "ይህ ነው።|እሱ ሄደ።"),
        ("ko", "그는 갔다.|그녀는 왔다."),
    ],
)
def test_sentences_end_where_a_reader_says_so(language: str, text: str) -> None:
    assert [piece.strip() for piece in sentences(text.replace("|", " "), language)] == text.split("|")


@pytest.mark.parametrize("text", ["これは本だ。|「はい。」と言った。|終わり。", "他走了。|“好！”她说。|完了！"])
def test_no_space_is_needed_where_the_script_has_none(text: str) -> None:
    assert sentences(text.replace("|", "")) == text.split("|")


@given(st.text(max_size=300), st.sampled_from(["", "en", "de", "ru", "zh", "th"]))
def test_the_pieces_are_the_text(text: str, language: str) -> None:
    assert "".join(sentences(text, language)) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [("It ended.", True), ("“It ended.”", True), ("And then", False), ("Three things:", False), ("终于。", True), ("Ποιος;", True),
     ("one; two;", False), ("[...]", False), ("", False)],
)  # fmt: skip
def test_finished_is_final_punctuation(text: str, whole: bool) -> None:
    assert finished(text) is whole
