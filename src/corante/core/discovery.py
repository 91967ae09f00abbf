"""Where a site's feeds may be: link tags first, then places where feeds usually stand.

Rule: everything found is only a candidate until it has been fetched and parsed.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A link to what may be a feed, as a page gives it."""

    url: str
    title: str = ""
    how: str = ""  # link, anchor, path, site, robots


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


def addresses(text: str) -> list[str]:
    """What an operator typed, as addresses to try: `example.org` means https, then http."""
    text = text.strip()
    if text.startswith("feed://"):
        text = "https://" + text.removeprefix("feed://")
    if "://" in text:
        return [url] if (url := urls.clean(text)) else []
    return [url for url in (urls.clean("https://" + text), urls.clean("http://" + text)) if url]


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
    elif path.startswith("/@") and path.count("/") == 1:
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
    """The sitemaps a robots.txt names (RFC 9309 §2.2.4), those for news first; a handful is enough."""
    lines = (line.partition(":") for line in robots.splitlines())
    named = [value.split("#")[0].strip() for name, _, value in lines if name.strip().lower() == "sitemap"]
    links = [FeedLink(address, how="robots") for address in dict.fromkeys(named) if urls.clean(address)]
    return sorted(links, key=lambda link: "news" not in link.url.lower())[:5]


def ordered(links: Iterable[FeedLink], page: str) -> list[FeedLink]:
    """Each address once, cleaned; comment feeds last."""
    seen: dict[str, FeedLink] = {}
    for link in links:
        if url := urls.clean(link.url, page):
            seen.setdefault(url, FeedLink(url, link.title, link.how))
    return sorted(seen.values(), key=lambda link: "comment" in (link.url + link.title).lower())


def best_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidate an editor most likely means comes first: a feed with entries, for all the site, not comments."""
    return sorted(candidates, key=_unlikeliness)


def _unlikeliness(one: Candidate) -> tuple[bool, bool, bool, int]:
    text = (one.url + one.title).lower()
    return one.entries == 0, "comment" in text, one.kind == "sitemap", len(urlsplit(one.url).path)


def _video(path: str, query: dict[str, list[str]]) -> list[str]:
    root = "https://www.youtube.com/feeds/videos.xml?"
    if path.startswith("/channel/"):
        return [f"{root}channel_id={path.split('/')[2]}"]
    if "list" in query:
        return [f"{root}playlist_id={query['list'][0]}"]
    return []
