"""What an outlet changed: told word by word, and only where a reader would call it a change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.changes import corrections, counted, headline_change, spots, text_change, word_diff

BEFORE = "The council voted nine to four to raise the wall by one metre. Work is to start in spring, the mayor said."
AFTER = "The council voted nine to four to raise the wall by two metres. Work is to start in spring, the mayor said."


def test_the_word_that_changed_is_the_one_that_is_marked() -> None:
    assert ("gone", "one metre.") in word_diff(BEFORE, AFTER)
    assert ("new", "two metres.") in word_diff(BEFORE, AFTER)


@given(st.text(alphabet="ab c", max_size=80), st.text(alphabet="ab c", max_size=80))
def test_both_versions_can_be_read_back_from_the_diff(before: str, after: str) -> None:
    runs = word_diff(before, after)
    assert " ".join(text for what, text in runs if what != "new") == " ".join(before.split())
    assert " ".join(text for what, text in runs if what != "gone") == " ".join(after.split())


def test_what_stayed_the_same_is_cut_beside_a_change() -> None:
    runs = spots(f"{'same ' * 50}old {'same ' * 50}", f"{'same ' * 50}new {'same ' * 50}", around=2)
    assert runs == [("same", "… same same"), ("gone", "old"), ("new", "new"), ("same", "same same …")]


def test_words_that_came_and_went_are_counted() -> None:
    assert counted("one two three", "one two four five") == (2, 1)


@pytest.mark.parametrize("after", ["THE SEA WALL, TO RISE!", "", "The sea wall to rise"])
def test_case_and_punctuation_are_no_new_headline(after: str) -> None:
    assert headline_change("The sea wall to rise", after) is None


def test_a_page_that_came_back_without_its_text_did_not_change() -> None:
    assert text_change(f"{BEFORE}\n\n{BEFORE}", "We value your privacy.") is None


@pytest.mark.parametrize(
    "line",
    [
        "Correction: an earlier version gave the height as one metre.",
        "CLARIFICATION — The mayor was not in the room.",
        "This article was amended on 3 March 2026 because the height was wrong.",
        "An earlier version of this article misspelt the mayor’s name.",
        "Korrektur: In einer früheren Fassung stand eine falsche Höhe.",
        "Rectificatif : la hauteur est de deux mètres.",
        "Corrección: la altura es de dos metros.",
        "Fe de errores: la altura es de dos metros.",
        "Rettifica: l’altezza è di due metri.",
        "Rectificatie: de hoogte was onjuist.",
        "Rättelse: höjden var fel.",
        "Sprostowanie: wysokość była błędna.",
        "Oprava: výška byla chybná.",
        "Düzeltme: yükseklik yanlıştı.",
        "Исправление: высота была указана неверно.",
        "Виправлення: висоту вказано неправильно.",
        "Διόρθωση: το ύψος ήταν λάθος.",
        "תיקון: הגובה היה שגוי.",
        "تصحيح: كان الارتفاع خاطئا.",
        "更正：高度有误。",
        "訂正：高さに誤りがありました。",
        "정정: 높이가 잘못되었습니다.",
    ],
)
def test_a_correction_is_recognised_in_many_languages(line: str) -> None:
    found = corrections(BEFORE, f"{BEFORE}\n\n{line}")
    assert [one.after for one in found] == [line]
    assert corrections(f"{BEFORE}\n\n{line}", f"{BEFORE}\n\n{line}") == []


@pytest.mark.parametrize(
    "line", ["Corrections officers walked out on Monday.", "The correction of the course took a day."]
)
def test_a_line_about_something_else_is_no_correction(line: str) -> None:
    assert corrections(BEFORE, f"{BEFORE}\n\n{line}") == []
