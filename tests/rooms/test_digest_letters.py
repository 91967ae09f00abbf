"""A letter's bytes: both parts say the same, nothing is clipped, nothing loads, and everyone can read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from corante.catalog.letters import render_letter
from corante.catalog.templating import almanac
from corante.core.composing import (
    LETTER_BYTES,
    LETTER_TOKEN,
    Also,
    Contents,
    Entry,
    Heading,
    ItemContent,
    Remark,
    arrange,
)
from corante.core.plaintext import WIDTH, width
from corante.digest.letters import Envelope, Letter, compile_letter
from tests.fakes.browser import open_browser

HEADINGS = (Heading(1, "Rivers", "rivers"), Heading(2, "Ports & piers", "ports"), Heading(9, "Everything", "all", True))
ENVELOPE = Envelope("Daily letter", "daily", date(2026, 11, 22), "en", "Europe/London")
LONG = "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre. "


def story(number: int, headline: str = "", excerpt: str = LONG * 2, language: str = "en", also: int = 0) -> ItemContent:
    others = tuple(Also(f"Outlet {n}", f"Account {n}", f"https://o{n}.example/{number}?a=1&b=2") for n in range(also))
    return ItemContent(
        headline or f"Headline number {number}",
        excerpt,
        "Ledger & Tide",
        f"https://ledger.example/{number}?x=1&y=2",
        "2026-11-22T05:40:00+00:00",
        language,
        also + 1 if also < 4 else 9,
        number,
        others,
    )


def some(count: int, also: int = 2) -> list[Entry]:
    return [Entry(story(n, also=also), frozenset({n % 2 + 1})) for n in range(1, count + 1)]


def made(*entries: Entry, notes: bool = False) -> Letter:
    def contents(told: int) -> Contents:
        extra = [story(901), story(902)] if notes else []
        return arrange(entries, HEADINGS, extra[:1], extra[1:], told=told)

    return compile_letter(contents, ENVELOPE)


FOREIGN = [
    Entry(story(1, "Рада підтримала вищу дамбу", "Рада проголосувала за вищу дамбу.", "uk"), frozenset({1})),
    Entry(story(2, "الميناء يعلّق العمل", "أعلنت إدارة الميناء تعليق العمل.", "ar", also=1), frozenset({2})),
    Entry(story(3, "港の水先人がストライキ", "水先人組合は夜間勤務の見直しを求めている。", "ja"), frozenset({2})),
]


class Links(HTMLParser):
    """Every address a part leads to, in order, and its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.levels: list[int] = []
        self.names: list[str] = []
        self.tables: list[str | None] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "a":
            self.links.append(found["href"] or "")
            self.names.append(found.get("aria-label") or "")
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "table":
            self.tables.append(found.get("role"))
        self.loads += [tag] if tag in ("img", "script", "link", "iframe", "form", "video", "object", "svg") else []


def read(html: str) -> Links:
    parser = Links()
    parser.feed(html)
    return parser


@pytest.mark.parametrize(
    "letter", [made(*some(9), notes=True), made(*some(70, also=4)), made(*FOREIGN)], ids=["some", "many", "foreign"]
)
def test_both_parts_lead_to_the_same_addresses_in_the_same_order(letter: Letter) -> None:
    assert read(letter.html).links == re.findall(r"https?://\S+", letter.text)


@pytest.mark.parametrize("letter", [made(*some(1)), made(*some(300, also=4))], ids=["one", "three hundred"])
def test_the_token_to_be_pasted_stands_in_both_parts_and_nowhere_cut(letter: Letter) -> None:
    for part in (letter.html, letter.text):
        assert part.count(LETTER_TOKEN) == 2
        assert f"/leave/{LETTER_TOKEN}" in part
        assert f"/letter/{LETTER_TOKEN}" in part


def test_no_letter_is_longer_than_90_kb_and_what_is_not_told_is_listed_or_counted() -> None:
    wordy = [Entry(story(n, excerpt=LONG * 30, also=4), frozenset({n % 2 + 1})) for n in range(300)]
    letter = made(*wordy)
    assert letter.bytes <= LETTER_BYTES
    assert letter.stories == 300
    assert 0 < letter.told < 30
    counted = sum(map(int, re.findall(r"and (\d+) more stories", letter.text)))
    assert letter.told + letter.text.count("\n* Headline") + letter.text.startswith("* ") + counted == 300


def test_thirty_stories_are_told_and_twenty_four_cost_no_more_than_fifty_kb() -> None:
    assert made(*some(31)).told == 30
    assert made(*some(24)).bytes < 50_000


def test_no_line_of_the_text_is_wider_than_72_columns_but_addresses() -> None:
    for letter in (made(*some(9), notes=True), made(*FOREIGN)):
        wide = [line for line in letter.text.splitlines() if width(line) > WIDTH and "://" not in line]
        assert wide == []


def test_nothing_is_loaded_and_no_outlet_can_write_markup() -> None:
    nasty = "<img src=x onerror=alert(1)> & <script>x</script> {{ 7 * 7 }}"
    letter = made(Entry(story(1, nasty, nasty), frozenset({1})))
    assert read(letter.html).loads == []
    assert "url(" not in letter.html
    assert "@import" not in letter.html
    assert nasty in unescape(letter.html)
    assert nasty in " ".join(letter.text.split())
    assert "\n" not in letter.subject


def test_an_address_that_is_not_of_the_web_leads_to_our_own_page() -> None:
    bad = replace(story(1, also=1), url="javascript:alert(1)", also=(Also("X", "Y", "data:text/html,x"),))
    links = read(made(Entry(bad, frozenset({1}))).html).links
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert sum(link.endswith("/stories/1") for link in links) == 2


def test_headings_go_down_one_level_at_a_time_and_tables_are_for_layout() -> None:
    found = read(made(*some(9), notes=True).html)
    assert found.levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(found.levels, found.levels[1:], strict=False))
    assert set(found.levels) == {1, 2, 3}
    assert set(found.tables) == {"presentation"}


def test_what_is_in_another_language_says_so_in_letters_and_in_markup() -> None:
    letter = made(*FOREIGN)
    for language, way, name in (("uk", "ltr", "Ukrainian"), ("ar", "rtl", "Arabic"), ("ja", "ltr", "Japanese")):
        assert re.search(rf'<h3 (?=[^>]*lang="{language}")(?=[^>]*dir="{way}")', letter.html)
        assert name in letter.html
        assert name in letter.text


def test_a_name_is_set_apart_only_where_it_runs_against_the_line() -> None:
    entry = Entry(replace(FOREIGN[1].content, outlet="صحيفة"), frozenset({1}))
    letter = made(entry, *some(1))
    for part in (letter.html, letter.text):
        assert "\u2068صحيفة\u2069" in part
        assert "\u2068Ledger" not in part


def test_the_letter_stands_without_its_style_sheet() -> None:
    bare = re.sub(r"<style.*?</style>", "", made(*some(3)).html, flags=re.DOTALL)
    assert re.search(r"<h1[^>]*style=\"[^\"]*font-size: ?34px", bare)
    assert re.search(r"<a[^>]*style=\"[^\"]*text-decoration: ?none", bare)
    assert "background-color" in bare


def test_the_confirmation_letter_asks_once_and_leads_to_one_page() -> None:
    address = f"https://estuary.example/confirm/{'a' * 32}"
    values = {
        "subject": "Is it you?",
        "preheader": "",
        "title": "The Estuary Sheet",
        "confirm_url": address,
        "postal": "",
    }
    html, text = render_letter("confirm", "en", values)
    assert read(html).links == [address]
    assert re.findall(r"https?://\S+", text) == [address]


def in_language(language: str, *entries: Entry, corrections: Sequence[ItemContent] = ()) -> Letter:
    """The letter of a reader who chose this language."""
    return compile_letter(
        lambda told: arrange(entries, HEADINGS, (), corrections, told=told), replace(ENVELOPE, language=language)
    )


def test_our_part_of_the_subject_is_in_the_readers_language() -> None:
    subjects = {code: in_language(code, *some(3)).subject for code in ("en", "de", "es", "uk", "ar")}
    assert subjects["en"] == "Headline number 3, and 2 more"
    assert subjects["de"] == "Headline number 3, und 2 weitere"
    assert len(set(subjects.values())) == 5
    corrected = in_language("de", corrections=[story(1)])
    assert corrected.subject == "Korrektur: Headline number 1"


def test_an_inbox_always_has_a_line_to_show_beside_the_subject() -> None:
    bare = made(Entry(story(1, excerpt=""), frozenset({1})))
    assert bare.preheader == "1 story from 1 outlet"
    assert made(*some(3)).preheader == "Headline number 1 · Headline number 2"


def test_what_stands_under_no_topic_of_its_own_is_not_headed_everything() -> None:
    rest = Entry(story(50), frozenset({9}))
    assert "Other stories\n-------------" in made(*some(2), rest).text
    assert "Everything\n----------" in made(rest).text, "alone, the topic keeps its name"


def test_an_outlets_words_in_a_sentence_of_ours_keep_their_own_order() -> None:
    """Else the full stop of an English sentence stands at its beginning in an Arabic letter."""
    change = Remark("corrected", "Ledger & Tide", words="It would cost £38m, not £28m.")
    letter = in_language("ar", corrections=[replace(story(1), remarks=(change,))])
    assert "\u2068It would cost £38m, not £28m.\u2069" in letter.text.replace("\n  ", " ")
    assert "\u2068Ledger & Tide\u2069" in letter.text


@pytest.mark.parametrize("count", range(6))
def test_names_in_a_list_are_joined_as_the_language_has_it(count: int) -> None:
    for language in ("en", "de", "ar", "ja", "uk", "he", "xx"):
        days, names = almanac(language, "UTC"), [f"N{n}" for n in range(count)]
        marks = [*days.between(count), ""]
        assert "".join(name + mark for name, mark in zip(names, marks, strict=False)) == days.listed(names)
        assert len(marks) == max(count, 1)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("across", [320, 600])
def test_axe_finds_nothing_and_nothing_needs_scrolling_sideways(tmp_path: Path, scheme: str, across: int) -> None:
    file = tmp_path / "letter.html"
    endless = Entry(story(77, "Donaudampfschifffahrt" * 9, "https://example.org/" + "a" * 300), frozenset({1}))
    file.write_text(made(*some(36, also=4), *FOREIGN, endless, notes=True).html, encoding="utf-8")
    with open_browser() as browser:
        page = browser.new_context(viewport={"width": across, "height": 900}, color_scheme=scheme).new_page()
        page.goto(file.as_uri())
        found = Axe().run(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
    assert found.violations_count == 0, found.generate_report()
    assert wide <= across
