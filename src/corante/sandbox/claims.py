"""What an article page says about itself: JSON-LD, Open Graph, other meta elements, robots.

Rule: everything is collected, nothing is chosen; choosing is `core.pages`. Broken JSON is skipped, never an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement, fromstring

from corante.core.markup import clean
from corante.core.pages import Claim

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|NewsItem|Column)$")
_BAD_CONTROLS = re.compile(r"[\x00-\x1f]+")
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
    for element in tree.iterfind(".//meta"):
        name = (element.get("property") or element.get("name") or element.get("http-equiv") or "").lower().strip()
        value = clean(element.get("content") or "")
        if value and name in _META:
            yield from _checked(Claim(_META[name][0], value, _META[name][1]), url)
        elif value and (prop := (element.get("itemprop") or "").lower()) in _ITEMPROPS:
            yield Claim(_ITEMPROPS[prop], value, "meta")
    for element in tree.iterfind(".//link[@rel]"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            yield from _checked(Claim("url", element.get("href") or "", "html"), url)
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


def json_ld(tree: HtmlElement) -> list[dict[str, Any]]:
    """Every JSON-LD object of the page, flat, `@graph` and lists opened; references by `@id` followed once."""
    found: list[dict[str, Any]] = []
    for script in tree.iterfind(".//script[@type]"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            _flatten(_loads(script.text), found, 0)
    return found


def main_article(objects: list[dict[str, Any]], url: str) -> dict[str, Any]:
    """The object that describes this page's article: the one with our address, else the fullest; empty if none."""
    articles = [o for o in objects if any(_ARTICLE.search(t) for t in _strings(o.get("@type")))]
    path = urlsplit(url).path

    def fullness(one: dict[str, Any]) -> tuple[bool, int]:
        addresses = [*_strings(one.get("url")), *_strings(one.get("@id")), *_strings(one.get("mainEntityOfPage"))]
        ours = len(path) > 1 and any(path in address for address in addresses)
        return ours, sum(bool(one.get(k)) for k in ("headline", "datePublished", "author", "articleBody", "image"))

    return max(articles, key=fullness, default={})


def article_claims(article: dict[str, Any], objects: list[dict[str, Any]], url: str) -> Iterator[Claim]:
    """Claims of the article's JSON-LD object."""
    named = {str(o["@id"]): o for o in objects if "@id" in o and (o.get("name") or len(o) > 2)}
    fields = {
        "title": _texts(article.get("headline")) or _texts(article.get("name")),
        "description": _texts(article.get("description")),
        "published": _texts(article.get("datePublished")) or _texts(article.get("dateCreated")),
        "modified": _texts(article.get("dateModified")),
        "section": _texts(article.get("articleSection"))[:1],
        "language": _texts(article.get("inLanguage"))[:1],
        "site": _names(article.get("publisher"), named),
        "author": _names(article.get("author") or article.get("creator"), named),
        "image": _addresses(article.get("image")),
    }
    for name, values in fields.items():
        for value in values:
            yield from _checked(Claim(name, value, "jsonld"), url)


def free(article: dict[str, Any]) -> bool | None:
    """`isAccessibleForFree`, where it is said."""
    said = article.get("isAccessibleForFree")
    if isinstance(said, str):
        return {"true": True, "false": False}.get(said.strip().lower())
    return said if isinstance(said, bool) else None


def witness(article: dict[str, Any]) -> str:
    """`articleBody` as plain text, markup that slipped into it removed."""
    body = "\n".join(_texts(article.get("articleBody"), fold=False))
    if "<" in body and ">" in body:
        try:
            body = " ".join(fromstring(f"<div>{body}</div>").itertext())
        except (ValueError, AssertionError):
            return ""
    return clean(body)


def _headings(tree: HtmlElement) -> Iterator[Claim]:
    for by, path in (("html", ".//h1"), ("library", ".//head/title")):
        for element in list(tree.iterfind(path))[:3]:
            if value := clean(" ".join(element.itertext())):
                yield Claim("title", value, by)


def _checked(claim: Claim, url: str) -> Iterator[Claim]:
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


def _loads(text: str) -> Any:
    text = (
        text.strip().removeprefix("<!--").removesuffix("-->").strip().removeprefix("//<![CDATA[").removesuffix("//]]>")
    )
    for attempt in (text, _BAD_CONTROLS.sub(" ", text), re.sub(r",\s*([}\]])", r"\1", text.rstrip(" ;\n"))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flatten(value: Any, into: list[dict[str, Any]], depth: int) -> None:
    if depth > 6 or len(into) > 500:
        return
    if isinstance(value, list):
        for one in value:
            _flatten(one, into, depth + 1)
    elif isinstance(value, dict):
        into.append(value)
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "author", "publisher", "itemListElement", "item"):
            if isinstance(value.get(key), dict | list):
                _flatten(value[key], into, depth + 1)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    if isinstance(value, dict):
        return _strings(value.get("@id")) + _strings(value.get("url"))
    return []


def _texts(value: Any, fold: bool = True) -> list[str]:
    """Strings, entities that were escaped twice opened."""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("alternateName")
    found = (
        [value]
        if isinstance(value, str)
        else [v for v in value if isinstance(v, str)]
        if isinstance(value, list)
        else []
    )
    return [text for text in (clean(unescape(v)) if fold else unescape(v) for v in found) if text]


def _names(value: Any, named: dict[str, dict[str, Any]]) -> list[str]:
    """People's names first; a publisher's own name only where there is no person."""
    people: list[str] = []
    others: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and not one.get("name"):
            one = named.get(str(one.get("@id")), one)
        person = isinstance(one, str) or (isinstance(one, dict) and "Person" in _strings(one.get("@type")))
        (people if person else others).extend(_texts(one))
    return people or others


def _addresses(value: Any) -> list[str]:
    if isinstance(value, list):
        return [address for one in value[:3] for address in _addresses(one)]
    if isinstance(value, dict):
        return _addresses(value.get("url") or value.get("contentUrl"))
    return [value] if isinstance(value, str) and value.strip() else []
