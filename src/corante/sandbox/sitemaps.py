"""News sitemaps and plain ones, from bytes to ParsedFeed. Runs in the parsing pool only.

Rule: an entry of a news sitemap has a title and a date and is a piece; one of a plain sitemap has neither and only
serves discovery.
"""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from corante.core.entries import Entry
from corante.core.feeds import MAX_ENTRIES, ParsedFeed
from corante.core.urls import clean, host_of

from .plain import plain, title


def read(data: bytes, url: str) -> ParsedFeed:
    """A sitemap or an index of sitemaps; of broken XML, as much as can be read."""
    root = etree.fromstring(data, _parser())
    if root is None:
        return ParsedFeed()
    entries = [_entry(node, url) for node in root.iter("{*}url", "{*}sitemap")][:MAX_ENTRIES]
    names = [_text(node) for node in root.iter("{*}name")][:1]
    languages = [_text(node) for node in root.iter("{*}language")][:1]
    return ParsedFeed(
        kind="sitemap",
        title=title("".join(names)) or host_of(url),
        home_url=clean("/", url),
        language="".join(languages)[:35],
        entries=tuple(entry for entry in entries if entry.url),
        parser="sitemap",
    )


def _entry(node: etree._Element, url: str) -> Entry:
    values = {etree.QName(child).localname: _text(child) for child in node.iter("{*}*")}
    return Entry(
        guid="",
        url=clean(values.get("loc", ""), url),
        title=title(values.get("title", "")),
        author="",
        published=_date(values.get("publication_date", "")),
        updated=_date(values.get("lastmod", "")),
        language=values.get("language", "")[:35],
        section=plain(values.get("keywords", "").split(",")[0], 200),
    )


def _date(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _text(node: etree._Element) -> str:
    return (node.text or "").strip()


def _parser() -> etree.XMLParser:
    return etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
