"""What a page carries and does not show, and what it shows only to subscribers.

Rule: text that no reader sees (hidden, transparent, of no size, off the screen) is taken out before anything is read from
the page: nobody is quoted with it. A page that hides nearly all its text until its scripts run is taken as it will be shown.
What `hasPart` of JSON-LD names as not free stays text, marked, and is never quoted; so does what the page's style sheets
hide, for many a page unfolds it at a press.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cssselect import SelectorError
from lxml import etree
from lxml.html import HtmlElement

from .cascade import hidden
from .sheets import plain
from .trees import INLINE

WITHHELD: Final = "data-corante-withheld"
"""The attribute that marks a part not to be quoted, while the tree lives; its value says why (`Block.withheld`)."""
LONGEST: Final = 2_000
"""Characters of a style that are looked at."""
_ALL: Final = 0.8
"""Of the characters in paragraphs: who hides more hides the page itself, for now."""
_BEHIND: Final = 0.5
"""The same for `aria-hidden`, which a page also sets on everything behind an open dialogue."""
_LITTLE: Final = 0.1
"""The same for pieces of lines that a style sheet hides: with more, the lines are marked whole."""
_INSIDE: Final = INLINE | {"td", "th"}
_HIDING: Final = re.compile(
    r"display\s*+:\s*+none|visibility\s*+:\s*+(?:hidden|collapse)"
    r"|font-size\s*+:\s*+(?:0*+(?:\.(?:[01]\d*+)?)?(?:em|rem)|0*+1?(?:\.\d*+)?(?:px|pt)?|0*+\d?(?:\.\d*+)?%)\s*+(?:!|;|$)"
    r"|opacity\s*+:\s*+(?:0*+(?:\.(?:0\d*+)?)?|0*+\d?(?:\.\d*+)?%)\s*+(?:!|;|$)"
    r"|(?<![\w-])color\s*+:\s*+(?:transparent|rgba?\((?:[^),]*,){3}\s*0*+(?:\.0*+)?%?\s*\)|rgba?\([^)/]*/\s*0*+(?:\.0*+)?%?\s*\))|scale\(\s*0*+(?:\.0\d*+)?\s*[,)]"
    r"|(?:left|right|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01]?(?:px)?[ ,]+[01]"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%|max-height\s*:\s*0(?:px)?\s*(?:!|;|$)",
    re.IGNORECASE,
)
_INK: Final = re.compile(r"(?:^|[;\s])color\s*+:\s*+([^;!\s]+)", re.IGNORECASE)
_GROUND: Final = re.compile(r"(?:^|[;\s])background(?:-color)?\s*+:\s*+([^;!\s]+)", re.IGNORECASE)


def drop_unseen(tree: HtmlElement) -> None:
    """Take out what the page hides by attribute or by its own style."""
    whole = None
    for element in tree.xpath("//*[@hidden or @aria-hidden or @style]"):
        most = _hides(element)
        if not most or element.getparent() is None:
            continue
        whole = _said(tree) if whole is None else whole
        if not whole or _said(element) <= most * whole:
            element.drop_tree()


def mark_paid(tree: HtmlElement, selectors: Iterable[str]) -> None:
    """Mark what the selectors pick; one that is none picks nothing."""
    for selector in selectors:
        try:
            picked = tree.cssselect(selector)
        except (SelectorError, etree.XPathError, ValueError):
            continue
        for element in picked:
            _mark(element, "paid")


def mark_hidden(tree: HtmlElement, css: str) -> None:
    """Mark what these sheets hide; what they hide inside of lines (notes for screen readers) goes, where it is little."""
    found = hidden_by(css, tree.xpath("//*[@class or @id]"))
    inside = {
        one for one in found if one.tag in _INSIDE and all(below.tag in INLINE for below in one.iterdescendants())
    }
    said = sum(len(one.text_content()) for one in inside if next(one.iterancestors("p"), None) is not None)
    little = not said or said <= _LITTLE * _said(tree)
    for element in found:
        if element in inside and little:
            _drop(element)
        else:
            _mark(element, "hidden")


def hidden_by(css: str, elements: Iterable[HtmlElement]) -> list[HtmlElement]:
    """Which of these elements the page's own style sheets hide."""
    return hidden(elements, css, lambda said: _HIDING.search(said) is not None) if css else []


def withheld(element: HtmlElement, around: str) -> str:
    """Why an element's text is not to be quoted, inside of what is `around`; what is for subscribers stays so."""
    return around if around == "paid" else element.get(WITHHELD) or around


def _mark(element: HtmlElement, why: str) -> None:
    """The element's lines, or the line it is in."""
    if element.tag not in _INSIDE:
        element.set(WITHHELD, element.get(WITHHELD) or why)
        return
    blocks = [below for below in element.iterdescendants() if below.tag not in _INSIDE]
    line = next((above for above in element.iterancestors() if above.tag not in _INSIDE), element)
    for one in blocks or [line]:
        one.set(WITHHELD, one.get(WITHHELD) or why)


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _hides(element: HtmlElement) -> float:
    """How much of the page's text may be hidden this way and still be hidden text; 0 where nothing is hidden."""
    if element.tag in ("html", "body"):
        return 0.0
    if element.get("hidden") is not None or _styled_away(element.get("style") or ""):
        return 0.0 if element.get("hidden") == "until-found" else _ALL
    return _BEHIND if (element.get("aria-hidden") or "").lower() == "true" else 0.0


def _styled_away(style: str) -> bool:
    """By one property, or by writing in the colour of its ground."""
    style = plain(style[:LONGEST])
    ink, ground = _INK.search(style), _GROUND.search(style)
    same = ink is not None and ground is not None and ink[1].lower() == ground[1].lower()
    return same or _HIDING.search(style) is not None


def _said(element: HtmlElement) -> int:
    """Characters in paragraphs."""
    own = element.text_content() if element.tag == "p" else ""
    return len(own) or sum(len(paragraph.text_content()) for paragraph in element.iter("p"))
