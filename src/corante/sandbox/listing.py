"""Pages without a feed: the links a CSS selector picks, from bytes to ParsedFeed. Runs in the parsing pool only.

Rule: each element picked is one piece: its first link is the address, its words are the headline, and a `<time>` in it
the date. What has no link or no words is no piece.
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


def read(body: bytes, content_type: str, url: str, selector: str) -> ParsedFeed:
    """The pieces `selector` picks on the page at `url`. Raises Refused when the selector is none."""
    prescan(body, "page")
    try:
        page = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(body, content_type)))
        picked = page.cssselect(selector)[:MAX_ENTRIES]
    except SelectorError as error:
        raise Refused(f"{selector!r} is no CSS selector: {error}") from None
    except (etree.ParserError, ValueError):
        return ParsedFeed()
    base = clean(str(page.xpath("string(//base/@href)")), url) or url
    found: dict[str, Entry] = {}
    for entry in (_entry(element, base) for element in picked):
        if entry.url and entry.title:
            found.setdefault(entry.url, entry)
    name = page.xpath("string(//meta[@property='og:site_name']/@content)") or page.xpath("string(//title)")
    return ParsedFeed("page", title(str(name)), url, str(page.get("lang") or "")[:35], tuple(found.values()))


def _entry(element: html.HtmlElement, base: str) -> Entry:
    link = element if element.tag == "a" else next(element.iter("a"), None)
    href = (link.get("href") or "") if link is not None else ""
    heading = next(element.iter("h1", "h2", "h3", "h4"), link)
    words = "".join(heading.itertext()) if heading is not None else ""
    moment = next(element.iter("time"), None)
    published = _date(moment.get("datetime") or "") if moment is not None else None
    return Entry(guid="", url=clean(href, base), title=title(" ".join(words.split())), author="", published=published)


def _date(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
