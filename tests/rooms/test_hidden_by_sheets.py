"""What a page's own style sheets hide is quoted by nobody; what they show, on whatever screen, may be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from corante.core.excerpts import Limits
from corante.core.pages import Block
from corante.core.readings import Reading, Told, compose
from corante.sandbox.pages import read, read_fragment
from corante.sandbox.surroundings import placed
from corante.sandbox.trees import parse

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TITLE = "Council votes to raise the sea wall"
UNSEEN = "Buy cheap pills at once from the shop behind the harbour, says nobody at all in this whole town today."
LEAD = "The harbour council voted on Tuesday to raise the old sea wall by half a metre, its report says."
MORE = "".join(
    f"<p>Work on part {n} of the wall is to start in spring, when the storms of the year are over.</p>"
    for n in range(12)
)


def page(css: str, lead: str, more: str = MORE, body: str = "<body>") -> str:
    head = f"<head><title>{TITLE}</title><style>{css}</style></head>"
    return f"<html lang=en>{head}{body}<main><article><h1>{TITLE}</h1>{lead}{more}</article></main></body></html>"


def reading(markup: str, selector: str = "") -> Reading:
    made = read(markup.encode(), "https://harbour-post.example/wall", selector=selector)
    return compose(Told(TITLE), made, None, Limits(), NOW)


HIDING = (
    ".x{display:none}", ".x{display:\\6eone}", ".x{display:\\00006e one}", ".x{d\\isplay:none}", ".x{DISPLAY : None !important}",
    ".a .x{display:none}", "div.a>p.x{visibility:hidden}", "#i{opacity:0}", "p.x , .other{font-size:0}", ".x{position:absolute;left:-9999px}",
    "/* .y{} */ .x{/**/display:none}", "@media screen{.x{display:none}}", "@supports (display:grid){.x{display:none}}",
    ".x{display:block}.x{display:none}", ".x.y{display:none}.x{display:block}", ".x{display:none!important}.x.y{display:block}",
    ".x{clip:rect(0,0,0,0);position:absolute}", "@media print{.x{display:block}}.x{display:none}", ".x{color:transparent}",
    "@font-face{font-family:a}.x{display:none}", "@import url(a.css);.x{display:none}", ".x{display:none}.x:hover{display:block}", ".x{display:none",
)  # fmt: skip
SHOWING = (
    ".x{display:block}", ".z{display:none}", ".x{display:none}.x.y{display:block}", ".x{display:none}.x{display:flex}",
    ".x{display:none}@media (min-width:40em){.x{display:block}}", "@media print{.x{display:none}}", "@media (max-width:9em){.x{display:none}}",
    ".no-js .x{display:none}", ".loading .x{visibility:hidden}", ".b .x{display:none}", ".x:empty{display:none}", ".x + .y{display:none}",
    ".x::before{display:none}", ".x{opacity:0;transition:opacity .3s}", ".x{opacity:0;animation:in 1s forwards}", "p{display:none}",
    ".x{color:transparent;background-clip:text}", "@keyframes in{.x{opacity:0}}", ".x{text-decoration:none;overflow:hidden}",
    ".a{font-size:0}", "} .x } display:none", "noscript .x{display:none}", "body{display:none}", "article{display:none}",
)  # fmt: skip


@pytest.mark.parametrize("css", HIDING)
def test_words_that_a_page_hides_by_its_style_sheet_are_not_quoted(css: str) -> None:
    made = reading(page(css, f"<div class=a><p class='x y' id=i>{UNSEEN}</p></div><p>{LEAD}</p>"))
    assert made.excerpt.text.startswith(LEAD)
    assert "pills" not in made.excerpt.text


@pytest.mark.parametrize("css", SHOWING)
def test_words_that_a_page_shows_are_quoted(css: str) -> None:
    html = page(css, f"<div class=a><p class='x y' id=i>{LEAD}</p></div>", body="<body class='no-js loading'>")
    assert reading(html).excerpt.text.startswith(LEAD)


def test_a_style_with_escaped_letters_is_read_as_it_is_meant() -> None:
    made = reading(
        page("", f"<p style='display:\\6eone'>{UNSEEN}</p><p style='di\\splay:\\00006Eone'>{UNSEEN}</p><p>{LEAD}</p>")
    )
    assert made.excerpt.text.startswith(LEAD)
    assert "pills" not in made.text


def test_a_note_for_screen_readers_inside_a_sentence_is_left_out_of_it() -> None:
    lead = LEAD.replace("sea wall", "sea wall<span class=sr> (opens in a new window)</span>")
    made = reading(page(".sr{position:absolute;clip:rect(1px,1px,1px,1px)}", f"<p>{lead}</p>"))
    assert made.excerpt.text.startswith(LEAD)


def test_a_text_that_unfolds_at_a_press_is_kept_whole_and_quoted_from_what_shows() -> None:
    folded = f"<div class=rest>{MORE}</div>"
    made = reading(page(".rest{display:none}", f"<p>{LEAD}</p>" + MORE.replace("part", "stretch"), folded))
    assert "part 11" in made.text
    assert "part 0" not in made.excerpt.text


@pytest.mark.parametrize("css", [".all{visibility:hidden}", "article{opacity:0}.all{opacity:0}", "#all{display:none}"])
def test_a_page_that_hides_its_whole_text_until_its_scripts_run_is_quoted(css: str) -> None:
    html = page(css, f"<div class=all id=all><p>{LEAD}</p>", MORE + "</div>")
    assert reading(html).excerpt.text.startswith(LEAD)


def test_it_holds_for_a_text_picked_by_selector_and_for_a_feeds_content() -> None:
    css, lead = ".x{display:none}", f"<p class=x>{UNSEEN}</p><p>{LEAD}</p>"
    assert reading(page(css, lead), selector="article").excerpt.text.startswith(LEAD)
    carried = read_fragment(f"<style>{css}</style>{lead}{MORE}", "https://harbour-post.example/wall")
    assert compose(Told(TITLE), None, carried, Limits(), NOW).excerpt.text.startswith(LEAD)


def test_what_is_hidden_inside_a_part_for_subscribers_is_for_subscribers() -> None:
    said = '{"@type":"NewsArticle","hasPart":{"isAccessibleForFree":false,"cssSelector":".paid"}}'
    html = page(".x{display:none}", f"<p>{LEAD}</p><div class=paid><p class=x>{UNSEEN}</p>{MORE}</div>", "")
    html = html.replace("</head>", f"<script type='application/ld+json'>{said}</script></head>")
    assert reading(html).excerpt.text == LEAD


def test_parts_for_subscribers_are_not_quoted_by_selector_either() -> None:
    said = '{"@type":"NewsArticle","hasPart":{"isAccessibleForFree":false,"cssSelector":".paid"}}'
    html = page("", f"<p>{LEAD}</p><div class=paid>{MORE}</div>", "")
    html = html.replace("</head>", f"<script type='application/ld+json'>{said}</script></head>")
    made = reading(html, selector="article")
    assert made.excerpt.text in ("", LEAD)
    assert "part 11" in made.text


@pytest.mark.parametrize(
    "css",
    [
        ".x{display:none}" * 20_000, ".x " * 100_000 + "{display:none}", "{" * 200_000, "@media all{" * 30_000 + ".x{display:none}",
        ".x{" + "display:none;" * 20_000, "/*" * 100_000, "\\" * 200_000, ".x,.y{display:none}.x{display:block}" * 5_000, ".x{display:" * 20_000,
        "," * 200_000 + "{display:none}", ".a .a .a .a .x{display:none}" * 8_000, "'" * 100_000 + '"' * 100_000, ";" * 200_000 + "display",
        "@media " + "x" * 100_000 + "{.x{display:none}" * 5_000, ".x{opacity" + " " * 200_000 + ":0}", "-1-9" * 60_000,
    ],
)  # fmt: skip
def test_style_sheets_made_to_break_their_reader_cost_little(css: str) -> None:
    deep = "<div class=a>" * 100 + "".join(f"<p class='x y'>{LEAD} {n}</p>" for n in range(300)) + "</div>" * 100
    assert reading(page(css, deep)).title == TITLE  # quadratic, some of these would take hours


def test_of_a_page_with_very_many_elements_those_of_the_first_lines_are_looked_at() -> None:
    lines = ["".join(f"<b>word{line}x{n}</b> " for n in range(100)) for line in range(60)]
    root = parse(f"<article>{''.join(f'<p>{line}</p>' for line in lines)}</article>")
    assert root is not None
    told = root.xpath("//p")
    _, around = placed([Block("paragraph", one.text_content().strip()) for one in told], root)
    assert [one[0] in around for one in told] == [True] * 50 + [False] * 10
