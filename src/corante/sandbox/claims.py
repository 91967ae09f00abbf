"""What an article page says about itself in its elements: Open Graph, other meta elements, headings, bylines, robots.

Rule: everything is collected, nothing is chosen; choosing is `core.pages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from corante.core.bylines import people, person
from corante.core.markup import clean
from corante.core.pages import Claim

MOST_META = 500
"""Elements: honest pages have some fifty; forty thousand authors would be compared with one another."""
_META = {
    "og:title": ("title", "opengraph"),
    "twitter:title": ("title", "meta"),
    "parsely-title": ("title", "meta"),
    "dc.title": ("title", "meta"),
    "og:description": ("description", "opengraph"),
    "description": ("description", "meta"),
    "og:site_name": ("site", "opengraph"),
    "application-name": ("site", "meta"),
    "og:image": ("image", "opengraph"),
    "og:locale": ("language", "opengraph"),
    "content-language": ("language", "meta"),
    "og:url": ("url", "opengraph"),
    "article:published_time": ("published", "opengraph"),
    "og:article:published_time": ("published", "opengraph"),
    "article:modified_time": ("modified", "opengraph"),
    "og:updated_time": ("modified", "opengraph"),
    "article:section": ("section", "opengraph"),
    "article:author": ("author", "opengraph"),
    "author": ("author", "meta"),
    "byl": ("author", "meta"),
    "dc.creator": ("author", "meta"),
    "dcterms.creator": ("author", "meta"),
    "parsely-author": ("author", "meta"),
    "sailthru.author": ("author", "meta"),
    "cxenseparse:author": ("author", "meta"),
    "citation_author": ("author", "meta"),
    "date": ("published", "meta"),
    "pubdate": ("published", "meta"),
    "publishdate": ("published", "meta"),
    "publish-date": ("published", "meta"),
    "parsely-pub-date": ("published", "meta"),
    "sailthru.date": ("published", "meta"),
    "dc.date": ("published", "meta"),
    "dc.date.issued": ("published", "meta"),
    "dcterms.created": ("published", "meta"),
    "cxenseparse:recs:publishtime": ("published", "meta"),
    "datepublished": ("published", "meta"),
    "last-modified": ("modified", "meta"),
    "section": ("section", "meta"),
    "parsely-section": ("section", "meta"),
}
_ITEMPROPS = {"datepublished": "published", "headline": "title"}


def meta_claims(tree: HtmlElement, url: str) -> Iterator[Claim]:
    """Claims of `<meta>`, `<link>`, `<html lang>`, `<time>`, `<title>` and `<h1>`."""
    for element in islice(tree.iterfind(".//meta"), MOST_META):
        name = (element.get("property") or element.get("name") or element.get("http-equiv") or "").lower().strip()
        value = clean(element.get("content") or "")
        if value and name in _META:
            yield from checked(Claim(_META[name][0], value, _META[name][1]), url)
        elif value and (prop := (element.get("itemprop") or "").lower()) in _ITEMPROPS:
            yield Claim(_ITEMPROPS[prop], value, "meta")
    for element in tree.iterfind(".//link[@rel]"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            yield from checked(Claim("url", element.get("href") or "", "html"), url)
    if lang := (tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")):
        yield Claim("language", lang, "html")
    for element in list(tree.iterfind(".//time[@datetime]"))[:20]:
        if "datepublished" in (element.get("itemprop") or "").lower() or element.get("pubdate") is not None:
            yield Claim("published", element.get("datetime") or "", "html")
    yield from _headings(tree)


def robots(tree: HtmlElement, our_name: str) -> list[str]:
    """Contents of the robots elements meant for everyone or for us."""
    return [
        element.get("content") or ""
        for element in tree.iterfind(".//meta[@name]")
        if (element.get("name") or "").strip().lower() in ("robots", our_name)
    ]


def reserved(tree: HtmlElement) -> bool:
    """The page reserves text and data mining (W3C TDMRep)."""
    return any(
        (element.get("name") or "").lower() == "tdm-reservation" and (element.get("content") or "").strip() == "1"
        for element in tree.iterfind(".//meta[@name]")
    )


def _headings(tree: HtmlElement) -> Iterator[Claim]:
    for by, path in (("html", ".//h1"), ("library", ".//head/title")):
        for element in list(tree.iterfind(path))[:3]:
            if value := clean(" ".join(element.itertext())):
                yield Claim("title", value, by)


def checked(claim: Claim, url: str) -> Iterator[Claim]:
    """Addresses made absolute; a profile's address is no author's name."""
    if claim.field in ("url", "image"):
        try:
            address = urljoin(url, claim.value.strip())
            if urlsplit(address).scheme in ("http", "https") and len(address) < 2000:
                yield Claim(claim.field, address, claim.by)
        except ValueError:
            return
    elif not (claim.field == "author" and re.match(r"https?:|www\.|/|@", claim.value)):
        yield claim


def bylines(tree: HtmlElement) -> Iterator[str]:
    """Names of people in elements that say they hold an author, as long as they stand with the text and not in a list."""
    found = 0
    for element in tree.xpath(_BYLINES):
        text = clean(" ".join(element.itertext()))
        if len(text) > 120 or any(above.tag in _ELSEWHERE for above in element.iterancestors()):
            continue
        names = [name for name in people(text) if person(name)]
        yield from names
        found += len(names)
        if found >= 3:
            return


_BYLINES = (
    "//*[@rel='author' or @itemprop='author' or contains(@class,'author') or contains(@class,'Author') or contains(@class,'byline')"
    " or contains(@class,'Byline') or contains(@class,'autor') or contains(@class,'writer') or contains(@class,'reporter')]"
)
_ELSEWHERE = frozenset(["aside", "footer", "nav", "li", "form", "button"])
