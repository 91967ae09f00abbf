"""What mail programs make of the letter's markup, by caniemail: `letter.unsupported` counts the cells that matter.

A letter is compiled by the product's own code and read back. What stands on its elements carries the layout, because
many programs drop style sheets: an element, attribute, property or unit some program says "no" to counts, unless
SPARED names what the reader has without it. What stands in the `<style>` block is a bonus (dark, narrow): it is
listed and not counted, and tests hold that the letter is whole without it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from bench.caniemail import Feature, read

SPARED = {
    "html-body": "the wrapper inside it carries lang, dir, colour and type again",
    "html-style": "holds bonuses alone",
    "html-meta-color-scheme": "asks for dark colours where they can be had",
    "html-role": "layout tables lose their note to screen readers; the reading order stays that of the page",
    "html-lang": "a screen reader keeps its own voice",
    "html-dir": "the align attribute puts the text where it belongs",
    "html-aria-label": "the visible words are a link text of their own",
    "html-aria-hidden": "the dots are read out",
    "css-sytem-ui": "the next family in the list",
    "css-display-none": "the preheader is one pixel high in the paper's colour",
    "css-text-decoration": "headlines are underlined like every link",
    "html-width": "the same width stands as a style",
    "html-comments": "only Outlook on Windows needs the table inside",
    "html-doctype": "no rule of ours depends on the mode",
}
"""Features whose loss costs nothing that matters, and why."""

_STORIES = 24
_CSS_FAMILIES = ("margin", "padding", "border", "background", "font")
_LONGHANDS = {"background-color", "background-image", "font-size", "font-weight", "font-stretch", "border-radius"}
_LONGHANDS |= {"border-collapse", "border-spacing"}
_ATTRIBUTES = frozenset(
    [
        "align",
        "valign",
        "width",
        "height",
        "cellpadding",
        "cellspacing",
        "background",
        "lang",
        "dir",
        "role",
        "aria-label",
        "aria-hidden",
        "target",
    ]
)


class _Markup(HTMLParser):
    """The features a document uses on its elements, and the text of its style blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = {"html-doctype"}
        self.sheet = ""
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.used.add("html-h1-h6" if re.fullmatch("h[1-6]", tag) else f"html-{tag}")
        for name, value in attrs:
            if name == "style":
                self.used |= css_features(value or "")
            elif name in _ATTRIBUTES:
                self.used.add(f"html-{name}")
        if tag == "meta" and ("name", "color-scheme") in attrs:
            self.used.add("html-meta-color-scheme")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        self.sheet += data if self._in_style else ""

    def handle_comment(self, data: str) -> None:
        self.used.add("html-comments")


def css_features(declarations: str) -> set[str]:
    """The slugs of what a style attribute uses: properties, units, functions and keywords of their own."""
    found = set()
    for declaration in html.unescape(declarations).split(";"):
        name, _, value = (part.strip().lower() for part in declaration.partition(":"))
        if name:
            found |= {f"css-{_family(name)}"} | set(_values(name, value))
    return found


def _family(name: str) -> str:
    family = name.split("-")[0]
    return name if name in _LONGHANDS or family not in _CSS_FAMILIES else family


def _values(name: str, value: str) -> Iterable[str]:
    yield from (f"css-unit-{unit}" for unit in re.findall(r"(?<![\w#])[\d.]+([a-z]+)", value))
    yield from (f"css-function-{function}" for function in re.findall(r"([a-z-]+)\(", value))
    if "%" in value:
        yield "css-unit-percent"
    if "system-ui" in value:
        yield "css-sytem-ui"
    if name == "display" and value in ("none", "flex", "grid"):
        yield f"css-display-{value}"
    if "!important" in value:
        yield "css-important"


def evaluate(data: Path) -> dict[str, float]:
    """`letter.unsupported`: cells of load-bearing features some program has not. Nothing where caniemail is missing."""
    known = read(data)
    if not known:
        return {}
    markup = _Markup()
    documents = _letters()
    for document in documents:
        markup.feed(document)
    used = [known[slug] for slug in sorted(markup.used & known.keys())]
    bearing = [feature for feature in used if feature.slug not in SPARED]
    _print(used, markup.sheet)
    return {
        "letter.unsupported": float(sum(len(feature.without()) for feature in bearing)),
        "letter.features": float(len(used)),
        "letter.bytes_a_story": len(documents[0].encode()) / _STORIES,
    }


def _print(used: list[Feature], sheet: str) -> None:
    cells = [cell for feature in used for cell in feature.cells.values()]
    share = {name: sum(cell == mark for cell in cells) / len(cells) for name, mark in (("yes", "y"), ("partly", "a"))}
    print(f"letter: {len(used)} features on elements, {len(cells)} cells, " + _percent(share))
    for feature in used:
        if without := feature.without():
            told = SPARED.get(feature.slug, "COUNTS: " + ", ".join(without))
            print(f"  {feature.slug:24}{len(without):>3} without it: {told}")
    print(
        f"  in the style block, a bonus: {', '.join(sorted(set(re.findall(r'@media [^{]+|[a-z-]+(?=:[^;{]+;)', sheet))))}"
    )


def _percent(shares: dict[str, float]) -> str:
    return ", ".join(f"{share:.0%} {name}" for name, share in shares.items())


def _letters() -> list[str]:
    """A letter with all its parts, one in Arabic, two that ask: what leaves the house."""
    import django

    django.setup()
    from tests.fakes.sheets import compiled

    from corante.catalog.letters import render_letter

    asked = {"subject": "Yes?", "preheader": "Yes", "title": "A", "confirm_url": "https://a.example/c/", "postal": "x"}
    return [
        compiled(_STORIES).html,
        compiled(_STORIES, language="ar").html,
        render_letter("confirm", "en", asked)[0],
        render_letter("already", "ar", asked)[0],
    ]
