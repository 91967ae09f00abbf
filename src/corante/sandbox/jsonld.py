"""What an article page says of itself in JSON-LD: facts, wishes, and its own text as a witness.

Rule: everything is collected, nothing is chosen; choosing is `core.pages`. Broken JSON is skipped, never an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement, fromstring

from corante.core.markup import clean
from corante.core.pages import Claim

from .claims import checked

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|NewsItem|Column)$")
DEEPEST = 50  # levels
_BAD_CONTROLS = re.compile(r"[\x00-\x1f]+")


def objects(tree: HtmlElement) -> list[dict[str, Any]]:
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
            yield from checked(Claim(name, value, "jsonld"), url)


def free(article: dict[str, Any]) -> bool | None:
    """`isAccessibleForFree`, where it is said."""
    said = article.get("isAccessibleForFree")
    if isinstance(said, str):
        return {"true": True, "false": False}.get(said.strip().lower())
    return said if isinstance(said, bool) else None


def paid(objects: list[dict[str, Any]]) -> list[str]:
    """CSS selectors of the parts that are not free (schema.org `hasPart`, as search engines ask paywalled sites to give)."""
    parts = [part for one in objects for part in _parts(one.get("hasPart"))]
    return [selector for part in parts if free(part) is False for selector in _texts(part.get("cssSelector"))]


def _parts(value: Any) -> list[dict[str, Any]]:
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]


def witness(article: dict[str, Any]) -> str:
    """`articleBody` as plain text, markup that slipped into it removed."""
    body = "\n".join(_texts(article.get("articleBody"), fold=False))
    if "<" in body and ">" in body:
        try:
            body = " ".join(fromstring(f"<div>{body}</div>").itertext())
        except (ValueError, AssertionError):
            return ""
    return clean(body)


def _loads(text: str) -> Any:
    text = (
        text.strip().removeprefix("<!--").removesuffix("-->").strip().removeprefix("//<![CDATA[").removesuffix("//]]>")
    )
    for attempt in (text, _BAD_CONTROLS.sub(" ", text), re.sub(r",\s*([}\]])", r"\1", text.rstrip(" ;\n"))):
        try:
            found = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return found if _shallow(found) else None
    return None


def _shallow(value: Any) -> bool:
    """What is nested beyond what anybody writes would take the whole page with it: it says nothing."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


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
