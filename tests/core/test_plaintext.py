"""Plain text of 72 columns, in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.plaintext import WIDTH, isolate, underlined, width, wrap

TEXTS = {
    "en": "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre. " * 3,
    "uk": "Річкова служба очікує підйому рівня води на сорок сантиметрів до середи. " * 4,
    "ar": "أعلنت إدارة الميناء مساء السبت تعليق العمل في الرصيف الشمالي إلى أن ينتهي الفحص الهندسي. " * 3,
    "ja": "河口の沖合では日曜の朝、十一隻の船が停泊したまま入港を待っている。「交渉は月曜に再開」と組合は言う。" * 3,
    "th": "เรือสิบเอ็ดลำจอดทอดสมอรออยู่นอกปากแม่น้ำเมื่อเช้าวันอาทิตย์" * 3,
}


@pytest.mark.parametrize("language", TEXTS)
def test_no_line_is_wider_than_72_columns_and_nothing_is_lost(language: str) -> None:
    lines = wrap(TEXTS[language], "  ").splitlines()
    assert all(width(line) <= WIDTH for line in lines)
    assert "".join("".join(lines).split()) == "".join(TEXTS[language].split())


def test_a_japanese_line_begins_with_no_stop_and_ends_with_no_opening_quote() -> None:
    lines = wrap(TEXTS["ja"]).splitlines()
    assert len(lines) > 3
    assert not any(line[0] in "、。」" for line in lines)
    assert not any(line.endswith("「") for line in lines)


def test_an_address_is_never_broken() -> None:
    address = "https://harbour.example/" + "a" * 90
    assert address in wrap(f"Read it at {address} today").splitlines()


def test_wide_characters_count_two_and_marks_none() -> None:
    assert width("港") == 2
    assert width("e\u0301") == 1
    assert width(isolate("Ledger", "rtl")) == 6


def test_a_heading_is_underlined_to_its_width() -> None:
    assert underlined("港", "-") == "港\n--"


@given(st.text())
def test_any_text_is_wrapped_without_loss(text: str) -> None:
    assert "".join(wrap(text).split()) == "".join(text.split())
