"""Feeds of every make, from bytes to `core.feeds.ParsedFeed`. Runs in the parsing pool only.

Rules: fastfeedparser reads first. feedparser is asked when that failed, found fewer entries than there are tags of
them, or lost what names them; its sanitiser is off (it lets working payloads through) and it only ever sees a BytesIO
(given a plain string it opens URLs and files). A document that is no feed comes back as a ParsedFeed of kind "".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, Final

import fastfeedparser
import feedparser

from corante.core.entries import Entry
from corante.core.feeds import MAX_ENTRIES, ParsedFeed
from corante.core.urls import clean

from . import heads, sitemaps
from .decoding import decode, with_entities, xml_bytes
from .plain import plain, title
from .prescan import prescan

HTML_CAP: Final = 400_000
SUMMARY_CAP: Final = 2_000
_SLOW_CAP: Final = 1_500_000
"""feedparser needs about a second a megabyte; beyond this it is asked only when nothing else can read the feed."""

_feedparser: Any = feedparser  # it has no types
_HIDDEN = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(rb"<(?!\?|!)(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_PARTIAL = re.compile(
    rb"<(?:\w+:)?(?:pubDate|published|updated|modified|issued|created|date)>\s*(?:\d{4}(?:-\d\d)?|-[^<]{0,40}|\d\d-\d\d(?:T[^<]{0,30})?)\s*<"
)
"""A date without its day or year: fastfeedparser puts today's in its place."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WEB: Final = ("", "text/html", "application/xhtml+xml")
_BESIDE: Final = frozenset(("self", "license", "edit", "edit-media", "replies", "hub", "next", "prev", "first", "last"))


def read(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Parse a feed of any kind; raises prescan.Refused for what no honest outlet sends.

    `url` is where the document came from: relative addresses in it are joined to that.
    """
    text = _ILLEGAL.sub("", decode(body, content_type)).lstrip()
    data = xml_bytes(text)
    if text.startswith("{"):
        return _adapt(_fast(data), url, "json", data) if _is_json_feed(text) else ParsedFeed()
    root = _root(data)
    if root in ("urlset", "sitemapindex"):
        prescan(data, "sitemap")
        return sitemaps.read(data, url)
    prescan(data, "feed")
    if root in ("html", "") and not re.search(rb"<(?:rss|feed|rdf:rdf)[\s>]", data[:200_000], re.IGNORECASE):
        return ParsedFeed()
    return _read_xml(with_entities(data), root, url)


def _read_xml(data: bytes, root: str, url: str) -> ParsedFeed:
    kind = {"feed": "atom", "rdf": "rdf"}.get(root, "rss")
    fast = _fast(data)
    parsed = _adapt(fast, url, kind, data)
    if not _doubtful(fast, data) or (len(data) > _SLOW_CAP and parsed.entries):
        return parsed
    slow = _feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=True)
    if not slow.entries and not slow.version:
        return parsed if parsed.entries else ParsedFeed()
    again = _adapt(slow, url, kind, data, parser="feedparser")
    return again if len(again.entries) >= len(parsed.entries) else parsed


def _fast(data: bytes) -> Mapping[str, Any]:
    """What fastfeedparser reads of it; nothing when it can't."""
    try:
        parsed: Mapping[str, Any] = fastfeedparser.parse(data)
        return parsed
    except Exception:  # it raises whatever its inner parsers raise; the fallback decides
        return {}


def _doubtful(fast: Mapping[str, Any], data: bytes) -> bool:
    """Whether the fast reading may have lost something."""
    entries = fast.get("entries") or []
    if not entries or len(entries) < min(_tags(data), MAX_ENTRIES) or _PARTIAL.search(data):
        return True
    if any(not (e.get("link") or e.get("id")) for e in entries):
        return True
    if b"xml:base" in data and any(not str(e.get("link") or "http").startswith("http") for e in entries):
        return True
    return b"xhtml" in data and any(not e.get("title") for e in entries)


def _tags(data: bytes) -> int:
    return len(heads.START.findall(_HIDDEN.sub(b"", data)))


def _root(data: bytes) -> str:
    """The local name of the first element."""
    found = _ROOT.search(_HIDDEN.sub(b"", data[: heads.LONGEST]))
    return found[1].decode("ascii", "replace").lower() if found else ""


def _is_json_feed(text: str) -> bool:
    return "jsonfeed.org/version" in text[:4096] or ('"items"' in text and '"version"' in text[:4096])


def _adapt(raw: Mapping[str, Any], url: str, kind: str, data: bytes, parser: str = "fastfeedparser") -> ParsedFeed:
    """Either parser's dictionary as our value."""
    if not raw:
        return ParsedFeed()
    feed = raw.get("feed") or {}
    head = heads.read(data) if kind != "json" else {}
    home = clean(str(feed.get("link") or ""), url)
    entries = tuple(_entry(e, url, parser) for e in list(raw.get("entries") or ())[:MAX_ENTRIES])
    return ParsedFeed(
        kind=kind,
        title=title(str(feed.get("title") or "")),
        home_url=home,
        language=_language(feed.get("language") or head.get("language") or ""),
        entries=entries,
        ttl_s=heads.ttl(head),
        hub=clean(head.get("hub", ""), url, whole=True),
        self_url=clean(head.get("self", ""), url, whole=True),
        parser=parser,
    )


def _entry(raw: Mapping[str, Any], base: str, parser: str) -> Entry:
    html = _content(raw)
    description = str(raw.get("summary") or raw.get("description") or "")
    guid = _guid(raw)
    return Entry(
        guid=guid,
        url=clean(_link(raw), base) or _permalink(guid, base) or clean(_sound(raw), base),
        title=title(str(raw.get("title") or "")),
        summary=plain(description[:20_000], SUMMARY_CAP),
        html=(html if len(html) >= len(description) else description)[:HTML_CAP],
        author=plain(_author(raw)[:1000], 300),
        published=_date(raw, "published", parser),
        updated=_date(raw, "updated", parser),
        language=_language(raw.get("language") or (raw.get("title_detail") or {}).get("language") or ""),
        section=_section(raw),
        image_url=clean(_image(raw), base),
    )


def _guid(raw: Mapping[str, Any]) -> str:
    """The entry's own name. fastfeedparser makes one of any link where there is none: a licence's is no name."""
    guid = str(raw.get("id") or "").strip()[:2000]
    beside = {str(link.get("href") or "").strip() for link in raw.get("links") or () if _rel(link) in _BESIDE}
    return "" if guid in beside and guid == str(raw.get("link") or "").strip() else guid


def _permalink(guid: str, base: str) -> str:
    """A guid that is an address, or a path on its site."""
    if guid[:7].lower() in ("http://", "https:/"):
        return clean(guid)
    return clean(guid, base) if "/" in guid and not re.search(r"[\s:]", guid) else ""


def _link(raw: Mapping[str, Any]) -> str:
    """The alternate link, web pages first; else what the entry is about; never licences, replies or the entry itself."""
    links = [link for link in raw.get("links") or () if link.get("href")]
    for kinds in (_WEB, None):
        for link in links:
            if _rel(link) == "alternate" and (kinds is None or (link.get("type") or "").split(";")[0] in kinds):
                return str(link["href"]).strip()
    plain_link = str(raw.get("link") or "").strip()
    rels = {str(link["href"]).strip(): _rel(link) for link in links}
    if plain_link and rels.get(plain_link, "") not in _BESIDE:
        return plain_link
    return next((href for href, rel in rels.items() if rel not in _BESIDE), "")


def _sound(raw: Mapping[str, Any]) -> str:
    """The file of a podcast's episode, which often has no page of its own."""
    files = (str(part.get("url") or part.get("href") or "") for part in _listed(raw, "enclosures"))
    return next((address for address in files if address), "")


def _rel(link: Mapping[str, Any]) -> str:
    return str(link.get("rel") or "alternate").rsplit("/", 1)[-1].strip().lower()


def _content(raw: Mapping[str, Any]) -> str:
    """The longest content the entry carries."""
    found = [str(part.get("value") or "") for part in raw.get("content") or () if isinstance(part, Mapping)]
    return max(found, key=len, default="")


def _author(raw: Mapping[str, Any]) -> str:
    names = [str(a.get("name") or "") for a in raw.get("authors") or () if isinstance(a, Mapping)]
    text = ", ".join(dict.fromkeys(name for name in names if name)) or str(raw.get("author") or "")
    named = re.fullmatch(r"\s*\S+@\S+\s+\((.+)\)\s*", text)  # RSS's author@example.org (Name)
    return named[1] if named else text


def _section(raw: Mapping[str, Any]) -> str:
    terms = [plain(str(tag.get("label") or tag.get("term") or "")[:300], 200) for tag in raw.get("tags") or ()]
    return next((term for term in terms if term and not term.startswith("http")), "")


def _image(raw: Mapping[str, Any]) -> str:
    """The address of a picture the entry names, never fetched for the site."""
    if isinstance(raw.get("image"), str):
        return str(raw["image"])
    for part in _listed(raw, "media_thumbnail", "media_content", "enclosures"):
        kind = str(part.get("type") or part.get("medium") or "image")
        if kind.startswith("image") and (found := part.get("url") or part.get("href")):
            return str(found)
    return ""


def _listed(raw: Mapping[str, Any], *names: str) -> Iterable[Mapping[str, Any]]:
    for name in names:
        value = raw.get(name)
        for part in [value] if isinstance(value, Mapping) else value or ():
            if isinstance(part, Mapping):
                yield part


def _date(raw: Mapping[str, Any], name: str, parser: str) -> datetime | None:
    """A date in UTC; one without a zone is taken as UTC."""
    if parser == "feedparser" and (parsed := raw.get(f"{name}_parsed")):
        try:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            return None
    text = str(raw.get(name) or "").strip()
    for read_date in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read_date(text)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError, TypeError):
            continue
    return None


def _language(value: Any) -> str:
    """A BCP 47 tag as written, lower-case language first; "" for what is none."""
    text = str(value or "").strip().replace("_", "-")
    return text[:35] if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", text) else ""
