"""A page's text made a tree, once, and relieved of what holds no words.

Rule: one tree serves all witnesses. The facts are read from it first; then scripts, styles and drawings go, because the
library copies what it is given five times over. JSON-LD stays: the library looks into it where it finds no text.
"""

from __future__ import annotations

import re
from typing import Final

from lxml.etree import ParserError, strip_elements
from lxml.html import HtmlElement, HTMLParser, document_fromstring

_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r"))
# libxml2 loses what follows a declaration it does not understand, and what a tag closes that is never closed.
_DOCTYPE = re.compile(r"<!doctype[^>]{0,1000}>", re.IGNORECASE)
_CLOSED_HTML = re.compile(r"(<html\b[^>]{0,1000}?)\s*/>", re.IGNORECASE)
_WORDLESS: Final = tuple(
    re.findall(
        r"\w+",
        "style svg noscript iframe link meta template canvas source img picture audio video embed object map nav footer button input"
        " select textarea",
    )
)
"""No text of an article stands in these, and nothing after this looks into them: nearly half of a page's elements."""


def parse(text: str) -> HtmlElement | None:
    """The tree of an HTML document; None where there is nothing in it. Comments and processing instructions are left out."""
    start = _CLOSED_HTML.sub(r"\1>", _DOCTYPE.sub("", text[:4096], count=1), count=1)
    body = (start + text[4096:]).encode("utf-8", "replace").translate(None, _CONTROLS)
    try:
        return document_fromstring(body.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b""), parser=_parser())
    except (ParserError, ValueError):
        return None


def drop_unquotable(tree: HtmlElement) -> None:
    """`data-nosnippet`: the outlet does not want this quoted, so nothing after here sees it."""
    for element in tree.xpath("//*[@data-nosnippet]"):
        if element.getparent() is not None:
            element.drop_tree()


def drop_wordless(tree: HtmlElement) -> None:
    """Scripts, styles, pictures, menus, and what stands in the head for machines: gone, with JSON-LD kept."""
    strip_elements(tree, *_WORDLESS, with_tail=False)
    for script in list(tree.iter("script")):
        if "ld+json" not in (script.get("type") or "").lower() and script.getparent() is not None:
            script.drop_tree()


def _parser() -> HTMLParser:
    """Kept small: no dictionary of ids, which nothing here asks for."""
    return HTMLParser(encoding="utf-8", collect_ids=False, default_doctype=False, remove_comments=True, remove_pis=True)
