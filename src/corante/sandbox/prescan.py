"""A linear look at a document before any parser sees it: what no honest outlet sends is refused.

Rule: one pass, no backtracking, no tree. Parsers are quadratic in attributes and deep in nesting (measured: 20,000
attributes on one tag cost feedparser 8 to 46 s); this costs a few milliseconds a megabyte.
"""

from __future__ import annotations

import re
from typing import Final

MAX_DEPTH: Final = 256
MAX_ATTRIBUTES: Final = 500
MAX_TAGS: Final = {"feed": 150_000, "sitemap": 600_000, "page": 50_000, "opml": 150_000, "text": 5_000}
"""Tags of a document: beyond them parsers take seconds and hundreds of megabytes."""
MAX_OPEN: Final = 1_000  # comments or sections opened after one that is never closed: each is looked at to the end
MAX_TAG: Final = (
    1024 * 1024
)  # real pages carry tables as JSON in one attribute: of 237, 7 have a tag over 64 KB, one of 195 KB
CAPS: Final = {"feed": 8 * 2**20, "sitemap": 8 * 2**20, "page": 4 * 2**20, "opml": 8 * 2**20, "text": 512 * 1024}
"""Largest document of each kind, in decoded bytes."""

# A tag, with quoted values that may hold "<" and ">". A quote opens a value only after "=", as HTML has it: a stray one
# in a tag hides nothing. Possessive, so linear: a quote that is never closed is looked for once, there is none after it.
_VALUE = rb"""=\s*+(?:"[^"]*+"|'[^']*+')"""
_TOKEN = re.compile(
    rb"""<(?:!\[CDATA\[|!--|\?|(/?)([A-Za-z_][^\s/>"'=<]{0,127})((?:[^<>=]++|""" + _VALUE + rb"""|=)*+)>?)"""
)
_QUOTED = re.compile(_VALUE)
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_RAW = frozenset((b"script", b"style", b"textarea"))
# HTML closes these by itself when the next one opens, so a page full of them is not deep.
_SELF_CLOSING = frozenset(b"p li dt dd tr td th thead tbody tfoot option optgroup colgroup rp rt".split())
_SHALLOW = _VOID | _SELF_CLOSING


class Refused(Exception):
    """The document is of a shape no honest outlet sends; the message says which."""


def prescan(body: bytes, kind: str) -> None:
    """Pass `body` of `kind` (a key of CAPS), or raise Refused with the reason in words."""
    if len(body) > CAPS[kind]:
        raise Refused(f"larger than {CAPS[kind] // 2**20 or 1} MB")
    at, depth, room = 0, 0, MAX_TAGS[kind]
    while at < len(body):
        at, depth, room = _run(body, kind, at, depth, room)


def _run(body: bytes, kind: str, at: int, depth: int, room: int) -> tuple[int, int, int]:
    """The tags until something must be passed over: where to go on after it, how deep, and with room for how many tags.

    One search for all of them and no calls: this stands before each document that is read.
    """
    for found in _TOKEN.finditer(body, at):
        closing, name, attributes = found.groups()
        if name is None:
            return _after(body, found), depth, room
        room -= 1
        if room < 0:
            raise Refused(f"more than {MAX_TAGS[kind]} tags")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            _check_tag(attributes)
        name = name.lower()
        if name in _SHALLOW or attributes[-1:] == b"/":  # in feeds, HTML that nobody escaped
            continue
        if closing:
            depth = max(0, depth - 1)
            continue
        depth += 1
        if depth > MAX_DEPTH:
            raise Refused(f"elements nested more than {MAX_DEPTH} deep")
        if name in _RAW and kind == "page":
            return _skip(body, found.end(), b"</" + name), depth, room
    return len(body), depth, room


def _after(body: bytes, opened: re.Match[bytes]) -> int:
    """Where a comment or section ends."""
    at = _skip(body, opened.end(), _ENDS[opened[0]])
    if at == len(body) and body.count(opened[0], opened.end()) > MAX_OPEN:
        raise Refused("sections opened again and again and never closed")
    return at


def _check_tag(attributes: bytes) -> None:
    """A tag's own size and number of attributes."""
    if len(attributes) > MAX_TAG:
        raise Refused(f"a tag longer than {MAX_TAG // 1024} KB")
    if _attributes(attributes) > MAX_ATTRIBUTES:
        raise Refused(f"a tag with more than {MAX_ATTRIBUTES} attributes")


def _attributes(text: bytes) -> int:
    """Attributes of a tag, counted high: by "=" and by words outside quoted values."""
    bare = _QUOTED.sub(b"=x ", text)
    return max(bare.count(b"="), len(bare.split()))


def _skip(body: bytes, at: int, end: bytes) -> int:
    """Where the text after `end` begins; a section never closed runs to the end of the document."""
    found = body.find(end, at)
    return len(body) if found < 0 else found + len(end)
