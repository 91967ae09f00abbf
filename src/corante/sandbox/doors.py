"""What the rest of the house may ask of the sandbox, with the time each may take.

Rule: parsers are named here, never imported: they are loaded in the children alone, so that no process of ours carries
them. Each door raises `pool.Poisoned` with its reason when the document could not be parsed.
"""

from __future__ import annotations

from typing import Final

from corante.core.discovery import FrontPage, Suggestion
from corante.core.feeds import ParsedFeed
from corante.core.opml import Outline
from corante.core.pages import Page

from .pool import parse

FEED_S: Final = 2.0
PAGE_S: Final = 5.0
"""Processor time, in seconds; see `pool` for the time on the clock that goes with it."""


def feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """A feed or sitemap that came from `url`; one of kind "" when it is none."""
    parsed: ParsedFeed = parse("corante.sandbox.feeds:read", body, content_type, url, cpu_s=FEED_S)
    return parsed


def listing(body: bytes, content_type: str, url: str, selector: str) -> ParsedFeed:
    """The pieces a CSS selector picks on a page that has no feed."""
    parsed: ParsedFeed = parse("corante.sandbox.listing:read", body, content_type, url, selector, cpu_s=FEED_S)
    return parsed


def suggestions(body: bytes, content_type: str, url: str) -> list[Suggestion]:
    """CSS selectors that pick what look like headlines on a page, the likeliest first."""
    read: list[Suggestion] = parse("corante.sandbox.suggesting:read", body, content_type, url, cpu_s=PAGE_S)
    return read


def page(
    body: bytes, url: str, content_type: str = "", robots_header: tuple[str, ...] = (), selector: str = ""
) -> Page:
    """An article's page; see `pages.read`."""
    read: Page = parse("corante.sandbox.pages:read", body, url, content_type, robots_header, selector, cpu_s=PAGE_S)
    return read


def fragment(markup: str, url: str) -> Page:
    """An article's text as its feed carried it."""
    read: Page = parse("corante.sandbox.pages:read_fragment", markup, url, cpu_s=PAGE_S)
    return read


def pane(text: str, markup: str, url: str, language: str) -> str:
    """The document of the desk's reading pane: harmless, whatever the outlet wrote."""
    made: str = parse("corante.sandbox.pane:document", text, markup, url, language, cpu_s=PAGE_S)
    return made


def front_page(body: bytes, content_type: str, url: str) -> FrontPage:
    """What a site's own page says of its name and its feeds."""
    read: FrontPage = parse("corante.sandbox.discovery:read", body, content_type, url, cpu_s=PAGE_S)
    return read


def outlines(body: bytes) -> list[Outline]:
    """The feeds of an OPML list."""
    read: list[Outline] = parse("corante.sandbox.opml:read", body, cpu_s=2 * PAGE_S)
    return read
