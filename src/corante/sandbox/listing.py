"""Pages without a feed: the links a CSS selector picks, from bytes to ParsedFeed. Runs in the parsing pool only.

Rule: each element picked is one piece: the link of its heading, else its first, is the address; its heading, else its
link's words, the headline; a `<time>` in it the date. What has no link or no words is no piece.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cssselect import SelectorError
from lxml import etree, html

from corante.core.entries import Entry
from corante.core.feeds import MAX_ENTRIES, ParsedFeed
from corante.core.urls import clean

from .decoding import decode
from .plain import title
from .prescan import Refused, prescan

_HEADINGS = ("h1", "h2", "h3", "h4")


def read(body: bytes, content_type: str, url: str, selector: str) -> ParsedFeed:
    """The pieces `selector` picks on the page at `url`. Raises Refused when the selector is none."""
    prescan(body, "page")
    page = document(body, content_type)
    if page is None:
        return ParsedFeed()
    name = page.xpath("string(//meta[@property='og:site_name']/@content)") or page.xpath("string(//title)")
    found = pieces(page, selector, url)
    return ParsedFeed("page", title(str(name)), url, str(page.get("lang") or "")[:35], tuple(found))


def document(body: bytes, content_type: str) -> html.HtmlElement | None:
    """The page as a tree; None when there is nothing in it."""
    try:
        return html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(body, content_type)))
    except (etree.ParserError, ValueError):
        return None


def pieces(page: html.HtmlElement, selector: str, url: str) -> list[Entry]:
    """What a selector picks, each address once. Raises Refused when it is none."""
    try:
        picked = page.cssselect(selector)[:MAX_ENTRIES]
    except (SelectorError, etree.XPathError, ValueError) as error:
        raise Refused(f"{selector!r} is no CSS selector: {error}") from None
    base = clean(str(page.xpath("string(//base/@href)")), url) or url
    found: dict[str, Entry] = {}
    for entry in (_entry(element, base) for element in picked):
        if entry.url and entry.title:
            found.setdefault(entry.url, entry)
    return list(found.values())


def _entry(element: html.HtmlElement, base: str) -> Entry:
    heading = next(element.iter(*_HEADINGS), None)
    link = _link(element, heading)
    named = heading if heading is not None else link
    words = "".join(named.itertext()) if named is not None else ""
    href = (link.get("href") or "") if link is not None else ""
    return Entry(url=clean(href, base), title=title(" ".join(words.split())), published=_published(element))


def _link(element: html.HtmlElement, heading: html.HtmlElement | None) -> html.HtmlElement | None:
    """The element itself, its heading's link within or around, else the first: a card may begin with its section's."""
    if element.tag == "a":
        return element
    of_heading = [] if heading is None else [*heading.iter("a"), *heading.iterancestors("a")]
    return next((link for link in (*of_heading, *element.iter("a")) if link.get("href")), None)


def _published(element: html.HtmlElement) -> datetime | None:
    """The first `<time>` in it; where a link alone is picked, that of the article or list item it stands in."""
    around = next(element.iterancestors("article", "li"), element)
    moment = next((found for place in (element, around) for found in place.iter("time")), None)
    return _date(moment.get("datetime") or "") if moment is not None else None


def _date(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
