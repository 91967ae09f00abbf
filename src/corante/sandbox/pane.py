"""An outlet's markup made harmless for the desk's reading pane, and for nothing else.

Rule: nh3 with a strict list, no styles, classes or ids, and every address absolute http(s) or gone (measured: with nh3's
defaults odd relative addresses survive; with this none of 8,865 payloads did). The pane itself is a sandboxed iframe
whose document (`desk/reading.py`) has a policy that loads nothing.
Runs in the parsing pool: nh3 takes minutes on hostile nesting.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

import nh3

from corante.core import urls

from .prescan import prescan

TAGS: Final = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br caption cite code dd dl dt em figcaption figure h2 h3 h4 h5 h6 hr i li ol p pre q s small "
        "strong sub sup table tbody td tfoot th thead tr u ul",
    )
)
"""No images: they would tell the outlet that an editor is reading."""
_ATTRIBUTES: Final = {
    "a": {"href"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan"},
}
_STYLE: Final = (
    ":root{color-scheme:light dark}body{font:1.0625rem/1.55 Georgia,serif;max-inline-size:42rem;margin:1rem;"
    "overflow-wrap:anywhere}"
)


def document(text: str, markup: str, base: str, language: str) -> str:
    """The pane's whole document: the text we kept; where there is none, what the feed carried. Raises Refused."""
    told = paragraphs(text) or clean(markup, base)
    return (
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8"><title>The outlet’s text</title>'
        f"<style>{_STYLE}</style><body>{told}"
    )


def clean(markup: str, base: str) -> str:
    """Harmless markup; relative addresses are resolved against `base`. Raises Refused for hostile shapes."""
    prescan(markup.encode("utf-8", "replace"), "page")

    def address(tag: str, name: str, value: str) -> str | None:
        if name in ("href", "cite"):
            return urls.clean(value, base) or None
        return value if value.isdigit() else None

    return nh3.clean(
        markup,
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=address,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def paragraphs(text: str) -> str:
    """Kept text (a blank line between paragraphs) as markup for the same pane."""
    return "".join(f'<p dir="auto">{escape(line)}</p>' for line in text.split("\n\n") if line.strip())
