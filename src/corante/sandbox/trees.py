"""A page's text made a tree, once, and relieved of what holds no words.

Rule: one tree serves all witnesses. The facts are read from it first; then scripts, styles and drawings go, because the
library copies what it is given five times over. JSON-LD stays: the library looks into it where it finds no text.
"""

from __future__ import annotations

import re
from typing import Final

from lxml.etree import ElementDefaultClassLookup, ParserError, strip_elements
from lxml.html import HtmlElement, HTMLParser, document_fromstring

_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r"))
INLINE: Final = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark nobr q ruby s samp small span strike strong sub"
        " sup time tt u var wbr",
    )
)
"""Elements that break no line."""
_NO_CHARACTERS: Final = dict.fromkeys((0xFFFE, 0xFFFF))
# libxml2 loses what follows a declaration it does not understand, and what a tag closes that is never closed.
_DOCTYPE = re.compile(r"<!doctype[^>]{0,1000}>", re.IGNORECASE)
_CLOSED_HTML = re.compile(r"(<html\b[^>]{0,1000}?)\s*/>", re.IGNORECASE)
_WORDLESS: Final = tuple(
    re.findall(
        r"\w+",
        "style svg noscript iframe link meta template canvas source img picture audio video embed object map nav button input"
        " select textarea",
    )
)
"""No text of an article stands in these, nor its author: nearly half of a page's elements."""


def parse(text: str) -> HtmlElement | None:
    """The tree of an HTML document; None where there is nothing in it. Comments and processing instructions are left out."""
    if "\ufffe" in text or "\uffff" in text:
        text = text.translate(_NO_CHARACTERS)
    start = _CLOSED_HTML.sub(r"\1>", _DOCTYPE.sub("", text[:4096], count=1), count=1)
    body = (start + text[4096:]).encode("utf-8", "replace").translate(None, _CONTROLS)
    try:
        return document_fromstring(body, parser=_parser())
    except (ParserError, ValueError):
        return None


def drop_unquotable(tree: HtmlElement) -> None:
    """`data-nosnippet`: the outlet does not want this quoted, so nothing after here sees it."""
    for element in tree.xpath("//*[@data-nosnippet]"):
        if element.getparent() is not None:
            element.drop_tree()


def drop_wordless(tree: HtmlElement) -> None:
    """Scripts, styles, pictures, menus, and what stands in the head for machines: gone, with JSON-LD and footers kept."""
    strip_elements(tree, *_WORDLESS, with_tail=False)
    for script in list(tree.iter("script")):
        if "ld+json" not in (script.get("type") or "").lower() and script.getparent() is not None:
            script.drop_tree()


def drop_footers(tree: HtmlElement) -> None:
    """Once the authors are known: some pages name them in a footer."""
    strip_elements(tree, "footer", with_tail=False)


def _parser() -> HTMLParser:
    """Kept small: no dictionary of ids, which nothing here asks for, and no question at each element which class it is of."""
    parser = HTMLParser(
        encoding="utf-8", collect_ids=False, default_doctype=False, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))
    return parser
