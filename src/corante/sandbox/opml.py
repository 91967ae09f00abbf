"""Lists of feeds (OPML and its kin), from bytes to outlines. Runs in the parsing pool only.

Rule: listparser finds the feeds, whatever the make of the list; our own attributes are read from the XML where it is
well-formed, and do without where it is not.
"""

from __future__ import annotations

import listparser
from lxml import etree

from corante.core.markup import clean as clean_text
from corante.core.opml import Outline
from corante.core.urls import clean

from .decoding import decode, with_entities, xml_bytes
from .prescan import prescan


def read(body: bytes) -> list[Outline]:
    """The feeds of a list, each address once, in the order they stand there; [] for what is no list."""
    prescan(body, "opml")
    data = with_entities(xml_bytes(decode(body).lstrip()))
    own = _own(data)
    found: dict[str, Outline] = {}
    for feed in listparser.parse(data).feeds:
        url = clean(str(feed.url or ""), whole=True)
        if url:
            found.setdefault(url, own.get(url) or Outline(url, _line(str(feed.title or "")), group=_group(feed)))
    for url, outline in own.items():
        found.setdefault(url, outline)
    return list(found.values())


def _group(feed: object) -> str:
    """The last folder it stands in."""
    for folders in getattr(feed, "categories", None) or ():
        if folders:
            return _line(str(folders[-1]))
    return ""


def _own(data: bytes) -> dict[str, Outline]:
    """What a well-formed OPML says with all attributes, ours too."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return {}
    found: dict[str, Outline] = {}
    for node in root.iter("outline") if root is not None else ():
        if url := clean(node.get("xmlUrl") or node.get("xmlurl") or "", whole=True):
            found.setdefault(url, _outline(node, url))
    return found


def _outline(node: etree._Element, url: str) -> Outline:
    parent = node.getparent()
    folder = parent.get("text") or parent.get("title") or "" if parent is not None and parent.tag == "outline" else ""
    return Outline(
        url=url,
        name=_line(node.get("title") or node.get("text") or ""),
        home_url=clean(node.get("htmlUrl") or ""),
        group=_line(folder),
        language=(node.get("language") or "")[:35],
        note=(node.get("description") or "").strip()[:5000],
        kind=node.get("kind") if node.get("kind") in ("sitemap", "page") else "feed",  # type: ignore[arg-type]
        selector=(node.get("selector") or "")[:300],
    )


def _line(text: str) -> str:
    """A name as one line, without unseen characters; what stands in an attribute is text, not markup."""
    return clean_text(text)[:200]
