"""A list of outlets as OPML: read as values, written so that it reads back equal.

Rule: one outlet is one outline of type rss for each of its feeds; its folder is the outlet's group. What is not in
OPML's own words (note, kind, selector) stands in attributes that other programs ignore.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list."""

    url: str
    name: str = ""
    home_url: str = ""
    group: str = ""
    language: str = ""
    note: str = ""
    kind: str = "feed"
    selector: str = ""


def write(outlines: Iterable[Outline], title: str, now: datetime) -> bytes:
    """An OPML 2.0 document, groups in alphabetical order, outlets within by name."""
    rows = sorted(outlines, key=lambda o: (o.group.casefold(), o.group, o.name.casefold(), o.url))
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n',
        f"<head><title>{_text(title)}</title><dateCreated>{now:%a, %d %b %Y %H:%M:%S} GMT</dateCreated></head>\n<body>\n",
    ]
    for group, members in groupby(rows, key=lambda o: o.group):
        lines = [_outline(one) for one in members]
        if group:
            parts.append(f"<outline text={_attribute(group)} title={_attribute(group)}>\n{''.join(lines)}</outline>\n")
        else:
            parts.extend(lines)
    parts.append("</body>\n</opml>\n")
    return "".join(parts).encode()


def _outline(one: Outline) -> str:
    """One line; attributes that say nothing are left out."""
    values = {
        "type": "rss",
        "text": one.name or one.url,
        "title": one.name,
        "xmlUrl": one.url,
        "htmlUrl": one.home_url,
        "language": one.language,
        "description": one.note,
        "kind": "" if one.kind == "feed" else one.kind,
        "selector": one.selector,
    }
    said = " ".join(f"{name}={_attribute(value)}" for name, value in values.items() if value)
    return f"<outline {said}/>\n"


def _attribute(text: str) -> str:
    """A quoted attribute; line breaks survive as references, other control characters can't stand in XML."""
    return quoteattr(_legal(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(text: str) -> str:
    return _legal(text).replace("&", "&amp;").replace("<", "&lt;")


def _legal(text: str) -> str:
    return "".join(
        c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )
