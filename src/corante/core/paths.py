"""Where everything stands on the public site: the one place that spells a path.

Rule: a path, once public, stays. Dates in archive paths are local dates of the site's zone.
"""

from __future__ import annotations

from datetime import date

FRONT = "/"
TOPICS = "/topics/"
OUTLETS = "/outlets/"
EDITIONS = "/editions/"
CORRECTIONS = "/corrections/"
ABOUT = "/about/"
PRIVACY = "/privacy/"
ORDERING = "/ordering/"
WISHES = "/wishes/"
SEARCH = "/search/"
SEARCH_FEED = "/search/atom.xml"
SUBSCRIBE = "/subscribe/"
RETURNS = "/returns/hook"
OPML = "/outlets.opml"
SITEMAP = "/sitemap.xml"
ROBOTS = "/robots.txt"


def topic(slug: str) -> str:
    """A topic's page."""
    return f"/topics/{slug}/"


def month(slug: str, year: int, month_: int) -> str:
    """A topic's month in the archive."""
    return f"/topics/{slug}/{year:04}/{month_:02}/"


def day(slug: str, on: date) -> str:
    """A topic's day in the archive."""
    return f"/topics/{slug}/{on:%Y/%m/%d}/"


def topic_feed(slug: str, kind: str) -> str:
    """A topic's feed; kind is atom.xml, rss.xml or feed.json."""
    return f"/topics/{slug}/{kind}"


def story(number: int) -> str:
    """A story's page."""
    return f"/stories/{number}"


def websub(token: str) -> str:
    """Where a feed's hub reaches us."""
    return f"/websub/{token}"


def outlet(slug: str) -> str:
    """An outlet's page."""
    return f"/outlets/{slug}/"


def edition(digest_slug: str, on: date, again: int = 0) -> str:
    """An edition in the public archive: the letter's "view in browser"; `again`: how many that day came before it."""
    return f"/editions/{digest_slug}/{on:%Y-%m-%d}{f'-{again + 1}' if again else ''}/"


def leave(token: str) -> str:
    """Unsubscribe: GET shows a page, POST acts (RFC 8058 one-click)."""
    return f"/leave/{token}"


def letter(token: str) -> str:
    """A subscriber's preferences."""
    return f"/letter/{token}"


def confirm(token: str) -> str:
    """Double opt-in: GET shows a button, POST confirms."""
    return f"/confirm/{token}"


def months(slug: str) -> str:
    """All months of a topic's archive."""
    return f"/topics/{slug}/months/"


def sitemap(on: date) -> str:
    """The sitemap of one day's stories; closed days never change."""
    return f"/sitemaps/{on:%Y-%m-%d}.xml"


def file_of(path: str) -> str:
    """The file of the public tree, relative to its root, that answers a path.

    A path that ends in a slash is a folder's index; one whose last part has no dot is a page by itself
    (`/stories/12` is `stories/12.html`); anything else stands for itself.
    """
    inside = path.lstrip("/")
    if not inside or inside.endswith("/"):
        return inside + "index.html"
    return inside if "." in inside.rpartition("/")[2] else inside + ".html"
