"""What a page carries and does not show, and what it shows only to subscribers.

Rule: text that no reader sees (hidden, transparent, of no size, off the screen) is taken out before anything is read from
the page: nobody is quoted with it. A page that hides nearly all its text until its scripts run is taken as it will be shown.
What `hasPart` of JSON-LD names as not free stays text, marked, and is never quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cssselect import SelectorError
from lxml import etree
from lxml.html import HtmlElement

PAID: Final = "data-corante-paid"
"""The attribute that marks a part for subscribers, while the tree lives."""
LONGEST: Final = 2_000
"""Characters of a style that are looked at."""
_ALL: Final = 0.8
"""Of the characters in paragraphs: who hides more hides the page itself, for now."""
_BEHIND: Final = 0.5
"""The same for `aria-hidden`, which a page also sets on everything behind an open dialogue."""
_HIDING: Final = re.compile(
    r"display\s*+:\s*+none|visibility\s*+:\s*+(?:hidden|collapse)"
    r"|font-size\s*+:\s*+(?:0*+(?:\.(?:[01]\d*+)?)?(?:em|rem)|0*+1?(?:\.\d*+)?(?:px|pt)?|0*+\d?(?:\.\d*+)?%)\s*+(?:!|;|$)"
    r"|opacity\s*+:\s*+(?:0*+(?:\.(?:0\d*+)?)?|0*+\d?(?:\.\d*+)?%)\s*+(?:!|;|$)"
    r"|(?<![\w-])color\s*+:\s*+(?:transparent|rgba?\((?:[^),]*,){3}\s*0*+(?:\.0*+)?%?\s*\)|rgba?\([^)/]*/\s*0*+(?:\.0*+)?%?\s*\))|scale\(\s*0*+(?:\.0\d*+)?\s*[,)]"
    r"|(?:left|right|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01]?(?:px)?[ ,]+[01]"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%|max-height\s*:\s*0(?:px)?\s*(?:!|;|$)",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
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
            element.set(PAID, "1")


def _hides(element: HtmlElement) -> float:
    """How much of the page's text may be hidden this way and still be hidden text; 0 where nothing is hidden."""
    if element.tag in ("html", "body"):
        return 0.0
    if element.get("hidden") is not None or _styled_away(element.get("style") or ""):
        return 0.0 if element.get("hidden") == "until-found" else _ALL
    return _BEHIND if (element.get("aria-hidden") or "").lower() == "true" else 0.0


def _styled_away(style: str) -> bool:
    """By one property, or by writing in the colour of its ground."""
    style = _COMMENT.sub("", style[:LONGEST])
    ink, ground = _INK.search(style), _GROUND.search(style)
    same = ink is not None and ground is not None and ink[1].lower() == ground[1].lower()
    return same or _HIDING.search(style) is not None


def _said(element: HtmlElement) -> int:
    """Characters in paragraphs."""
    own = element.text_content() if element.tag == "p" else ""
    return len(own) or sum(len(paragraph.text_content()) for paragraph in element.iter("p"))
