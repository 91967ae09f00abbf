"""Where a site's feeds may be: link tags first, then places where feeds usually stand.

Rule: everything found is only a candidate until it has been fetched and parsed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from . import urls

WELL_KNOWN: Final = (
    "/feed",
    "/rss",
    "/feed.xml",
    "/rss.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds/posts/default",
    "/rss/index.rss",
    "/sitemap-news.xml",
    "/news-sitemap.xml",
)
SITEMAPS: Final = ("/sitemap.xml", "/sitemap_index.xml")
FEED_TYPES: Final = frozenset(
    (
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "text/xml",
        "application/x.atom+xml",
    )
)


KINDS: Final = {
    "rss": "RSS",
    "atom": "Atom",
    "rdf": "RSS 1.0",
    "json": "JSON Feed",
    "sitemap": "sitemap",
    "index": "list of sitemaps",
    "page": "page without a feed",
}


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A link to what may be a feed, as a page gives it."""

    url: str
    title: str = ""
    how: str = ""  # link, anchor, path, site, directory, robots, selector


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What discovery needs of a site's page."""

    title: str = ""
    language: str = ""
    links: tuple[FeedLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that was fetched and parsed: what an editor needs to choose by."""

    url: str
    title: str
    kind: str
    entries: int
    sample: str  # a headline of it
    home_url: str = ""
    language: str = ""
    how: str = ""
    samples: tuple[str, ...] = ()  # the first few, so that an editor sees what it is

    @property
    def makes(self) -> str:
        """What it is, in words."""
        return KINDS.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A CSS selector that picks what look like headlines on a page without a feed."""

    selector: str
    entries: int
    dated: int
    samples: tuple[str, ...] = ()


def addresses(text: str) -> list[str]:
    """What an operator typed, as addresses to try: `example.org` means https, then http, then its www."""
    text = text.strip()
    for scheme in ("feed:", "podcast:", "pcast:", "itpc:"):  # links that open a reader; `feed:https://…` too
        if text.lower().startswith(scheme):
            text = text[len(scheme) :].removeprefix("//")
    if "://" in text:
        tried = [text]
    else:
        tried = ["https://" + text, "http://" + text] + ["https://www." + text] * (
            text.partition("/")[0].count(".") == 1
        )
    return [url for url in (urls.clean(one, whole=True) for one in tried) if url]


def directory(url: str) -> str:
    """Where a podcast directory answers for one of its pages with the address of the feed; "" for other pages."""
    parts = urlsplit(url)
    number = parts.path.rpartition("/id")[2].split("/")[0]
    if parts.hostname != "podcasts.apple.com" or not number.isdigit():
        return ""
    return f"https://itunes.apple.com/lookup?entity=podcast&id={number}"


def listed(answer: str) -> list[FeedLink]:
    """The feeds a podcast directory's answer names; none when it is no such answer."""
    try:
        results = json.loads(answer)["results"]
        found = [(str(one["feedUrl"]), str(one.get("collectionName") or "")) for one in results if "feedUrl" in one]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []
    return [FeedLink(address, name, "directory") for address, name in found[:5]]


def header_links(value: str) -> list[FeedLink]:
    """The feeds a page names in its Link header (RFC 8288)."""
    found = []
    for target, parameters in re.findall(r"<([^<>]{1,2000})>((?:\s*;[^,<]{0,300})*)", value[:8000]):
        said = parameters.lower()
        if "alternate" in said and any(kind in said for kind in FEED_TYPES):
            found.append(FeedLink(target, how="link"))
    return found


def conventions(url: str) -> list[FeedLink]:
    """Feeds of sites whose addresses say where: video channels, fediverse accounts, repositories, boards."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    path = parts.path.rstrip("/")
    found: list[str] = []
    if host == "youtube.com":
        found += _video(path, parse_qs(parts.query))
    elif host in ("reddit.com", "old.reddit.com") and path.startswith("/r/"):
        found.append(f"https://www.reddit.com{path}/.rss")
    elif host == "github.com" and path.count("/") >= 2:
        found.append("https://github.com" + "/".join(path.split("/")[:3]) + "/releases.atom")
    elif host == "medium.com" and path.startswith("/@"):
        found.append(f"https://medium.com/feed{path}")
    elif _fediverse(path):
        found.append(f"{parts.scheme}://{parts.netloc}{path}.rss")
    return [FeedLink(address, how="site") for address in found]


def well_known(url: str) -> list[FeedLink]:
    """Places at the site of `url`, and below its path, where feeds usually stand."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    below = parts.path.rstrip("/")
    paths = [below + "/feed", below + "/rss"] if below else []
    return [FeedLink(root + path, how="path") for path in dict.fromkeys((*paths, *WELL_KNOWN))]


def sitemaps(robots: str) -> list[FeedLink]:
    """The sitemaps a robots.txt names (sitemaps.org, "Specifying the Sitemap location"), those for news first."""
    lines = (line.partition(":") for line in robots.splitlines())
    named = [value.split("#")[0].strip() for name, _, value in lines if name.strip().lower() == "sitemap"]
    links = [FeedLink(address, how="robots") for address in dict.fromkeys(named) if urls.clean(address)]
    return sorted(links, key=lambda link: "news" not in link.url.lower())[:5]


def plain_sitemaps(url: str) -> list[FeedLink]:
    """Where a sitemap stands that nobody names."""
    parts = urlsplit(url)
    return [FeedLink(f"{parts.scheme}://{parts.netloc}{path}", how="path") for path in SITEMAPS]


def ordered(links: Iterable[FeedLink], page: str) -> list[FeedLink]:
    """Each address once, cleaned; comment feeds last."""
    seen: dict[str, FeedLink] = {}
    for link in links:
        if url := urls.clean(link.url, page, whole=True):
            seen.setdefault(url, FeedLink(url, link.title, link.how))
    return sorted(seen.values(), key=lambda link: "comment" in (link.url + link.title).lower())


def best_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidate an editor most likely means comes first: a feed with entries, for all the site, not comments."""
    return sorted(candidates, key=_unlikeliness)


def _unlikeliness(one: Candidate) -> tuple[bool, bool, bool, int]:
    text = (one.url + one.title).lower()
    return one.entries == 0, "comment" in text, one.kind in ("sitemap", "index"), len(urlsplit(one.url).path)


def _fediverse(path: str) -> bool:
    """An account or a hashtag, as Mastodon and its kin address them: /@name, /users/name, /tags/word."""
    folder, _, name = path.strip("/").rpartition("/")
    return bool(name) and ((not folder and name.startswith("@")) or folder in ("users", "tags"))


def _video(path: str, query: dict[str, list[str]]) -> list[str]:
    root = "https://www.youtube.com/feeds/videos.xml?"
    if path.startswith("/channel/"):
        return [f"{root}channel_id={path.split('/')[2]}"]
    if path.startswith("/user/"):
        return [f"{root}user={path.split('/')[2]}"]
    if "list" in query:
        return [f"{root}playlist_id={query['list'][0]}"]
    return []
