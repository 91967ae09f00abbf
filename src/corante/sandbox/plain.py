"""Markup of a feed made plain text: what titles and summaries become before anyone sees them.

Rule: the result is text, never markup; it is escaped wherever it is shown. Linear, by regular expressions that can't
backtrack; an honest tag starts with a letter, so "if a < b" stays.
"""

from __future__ import annotations

import html
import re

from corante.core.markup import level

_DROPPED = re.compile(
    r"<(script|style|template|svg)\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE
)
_BLOCK = re.compile(
    r"<(?:/?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|section|article|figure|hr)\b)[^>]*>", re.I
)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060-\u2069\u202a-\u202e\ufeff\ufffe\uffff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def plain(markup: str, limit: int = 0) -> str:
    """The text of a piece of HTML on one line, cut after `limit` characters (0: whole)."""
    text = markup
    if "<" in text:
        text = _TAG.sub("", _BLOCK.sub(" ", _DROPPED.sub(" ", text)))
    if "&" in text:
        text = html.unescape(text)
    text = _SPACE.sub(" ", level(_INVISIBLE.sub("", text))).strip()
    return text[:limit].rstrip() if limit else text


def title(markup: str) -> str:
    """A headline as plain text, at most 500 characters; one that was escaped twice is opened twice."""
    text = plain(markup[:4000])
    if re.search(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|amp|quot|apos|lt|gt|nbsp|[lr][sd]quo|[nm]dash|hellip);", text):
        text = plain(text)
    return text[:500].rstrip()
