"""Links to feeds on a site's page. Runs in the parsing pool only."""

from __future__ import annotations

import re

from lxml import etree, html

from corante.core.discovery import FEED_TYPES, FeedLink, FrontPage
from corante.core.urls import clean

from .decoding import decode
from .plain import title
from .prescan import prescan

_FEEDISH = re.compile(r"(?:^|[/._-])(?:rss|feed|feeds|atom|rdf)(?:$|[/._?-])|\.xml$", re.IGNORECASE)


def read(body: bytes, content_type: str, url: str) -> FrontPage:
    """The page's own name, and its links to what may be feeds: link tags first, then anchors that look like feeds."""
    prescan(body, "page")
    text = decode(body, content_type)
    try:
        page = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (etree.ParserError, ValueError):
        return FrontPage()
    base = clean(str(page.xpath("string(//base/@href)")), url) or url
    name = page.xpath("string(//meta[@property='og:site_name']/@content)") or page.xpath("string(//title)")
    return FrontPage(
        title=title(str(name)),
        language=str(page.get("lang") or "")[:35],
        links=(*_tags(page, base), *_anchors(page, base)),
    )


def _tags(page: html.HtmlElement, base: str) -> list[FeedLink]:
    found = []
    for link in page.iter("link"):
        kind = (link.get("type") or "").split(";")[0].strip().lower()
        rel = (link.get("rel") or "").lower().split()
        if (("alternate" in rel and kind in FEED_TYPES) or "feed" in rel) and link.get("href"):
            found.append(
                FeedLink(clean(link.get("href") or "", base, whole=True), title(link.get("title") or ""), "link")
            )
    return found


def _anchors(page: html.HtmlElement, base: str) -> list[FeedLink]:
    """Links in the page whose address or words say feed; a dozen is enough."""
    found = []
    for anchor in page.iter("a"):
        href = (anchor.get("href") or "").strip()
        words = "".join(anchor.itertext())[:80].strip()
        said = anchor.get("type") in FEED_TYPES or words.lower() in ("rss", "atom", "feed", "rss feed")
        if href and (said or _FEEDISH.search(href)):
            found.append(FeedLink(clean(href, base, whole=True), title(words), "anchor"))
    return [link for link in found if link.url][:12]
