"""News sitemaps, plain ones and lists of sitemaps, from bytes to ParsedFeed. Runs in the parsing pool only.

Rule: an entry of a news sitemap has a title and a date and is a piece. One of a plain sitemap has neither: it is taken
for a piece where its address spells a headline, which stands in until the page has been read. A list of sitemaps
(sitemaps.org, `sitemapindex`) comes back as kind "index": its entries are sitemaps.
"""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from corante.core.entries import Entry
from corante.core.feeds import MAX_ENTRIES, ParsedFeed
from corante.core.urls import clean, host_of, words_of

from .plain import plain, title


def read(data: bytes, url: str) -> ParsedFeed:
    """A sitemap or a list of sitemaps; of broken XML, as much as can be read."""
    root = etree.fromstring(data, _parser())
    if root is None:
        return ParsedFeed()
    listing = etree.QName(root).localname == "sitemapindex"
    nodes = _newest(list(root.iter("{*}sitemap" if listing else "{*}url")))
    entries = [_entry(node, url, listing) for node in nodes]
    names = [_text(node) for node in root.iter("{*}name")][:1]
    languages = [_text(node) for node in root.iter("{*}language")][:1]
    return ParsedFeed(
        kind="index" if listing else "sitemap",
        title=title("".join(names)) or host_of(url),
        home_url=clean("/", url),
        language="".join(languages)[:35],
        entries=tuple(entry for entry in entries if entry.url and (listing or entry.title)),
        parser="sitemap",
    )


def _newest(nodes: list[etree._Element]) -> list[etree._Element]:
    """As many as are taken of one document, before anything is made of them: there may be fifty thousand.

    A sitemap may begin with its oldest: where dates say so, they decide. As text they sort well enough.
    """
    if len(nodes) <= MAX_ENTRIES:
        return nodes
    return sorted(nodes, key=_said, reverse=True)[:MAX_ENTRIES]


def _said(node: etree._Element) -> str:
    return next((_text(part) for part in node.iter("{*}publication_date", "{*}lastmod")), "")


def _entry(node: etree._Element, url: str, listing: bool) -> Entry:
    values = _values(node)
    address = clean(values.get("loc", ""), url, whole=listing)
    said = title(values.get("title", ""))
    return Entry(
        url=address,
        title=said or ("" if listing else title(words_of(address))),
        published=_date(values.get("publication_date", "")),
        updated=_date(values.get("lastmod", "")),
        language=values.get("language", "")[:35],
        section=plain(values.get("keywords", "").split(",")[0], 200),
        guessed=not said and not listing,
    )


def _values(node: etree._Element) -> dict[str, str]:
    """What it says of the page itself and, in Google's `news`, of the piece; not of its pictures and films."""
    found = dict[str, str]()
    for child in node.iterchildren("{*}*"):
        of_news = etree.QName(child).localname == "news"
        for part in child.iter("{*}*") if of_news else (child,):
            found.setdefault(etree.QName(part).localname, _text(part))
    return found


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
