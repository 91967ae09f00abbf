"""Which CSS selectors pick a page's headlines: shapes that come back, judged by what they pick. Runs in the pool only.

Rule: a headline is a link of three words or more in a shape the page repeats. A shape is named as an editor would: by
element, by the class of an element around it, never by a class that looks made by a machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import etree, html

from corante.core.discovery import Suggestion
from corante.core.entries import Entry
from corante.core.markup import words

from . import listing
from .prescan import prescan

SHOWN: Final = 5
SAMPLES: Final = 5
LEAST, MOST = 3, 200
"""So many pieces a list of news has."""
_TRIED: Final = 60
_LOOKED_AT: Final = 3_000
_LEVELS: Final = 4
_MADE: Final = re.compile(r"^[\d-]|\d{2,}|[A-Z].*[A-Z].*\d|__|--|^[a-z]{1,2}$|^(?:css|sc|jsx?)-|[^\w-]")
_HEADINGS: Final = ("h1", "h2", "h3", "h4")
_ASIDE: Final = ("nav", "footer", "aside", "header", "form")


def read(body: bytes, content_type: str, url: str) -> list[Suggestion]:
    """The likeliest selectors of the page at `url`, best first; [] where nothing looks like a list of news."""
    prescan(body, "page")
    page = listing.document(body, content_type)
    if page is None:
        return []
    links = [link for link in islice(page.iter("a"), _LOOKED_AT) if _is_headline(link)]
    shapes = Counter(shape for link in links for shape in set(_shapes(link)))
    tried = [shape for shape, count in shapes.most_common(_TRIED) if count >= LEAST]
    judged = sorted(((_worth(picked), shape, picked) for shape, picked in _all_picked(page, tried, url)), key=_order)
    return list(_different(judged))


def _is_headline(link: html.HtmlElement) -> bool:
    return bool(link.get("href")) and words("".join(link.itertext())) >= 3 and not _beside(link)


def _beside(link: etree._Element) -> bool:
    """In a menu, a foot or a margin."""
    inside = {str(above.tag) for above in link.iterancestors()}
    return bool(inside & set(_ASIDE)) and "article" not in inside


def _shapes(link: html.HtmlElement) -> Iterator[str]:
    """Names for the place a link has: its heading, its own class, those of what stands around it."""
    heading = next((str(above.tag) for above in link.iterancestors() if above.tag in _HEADINGS), "")
    if heading:
        yield f"{heading} a"
    for name in _classes(link):
        yield f"a.{name}"
    for level, above in enumerate(link.iterancestors()):
        if level >= _LEVELS or above.tag in ("body", "html"):
            return
        if above.tag == "article":
            yield "article"
        for name in _classes(above):
            yield f"{above.tag!s}.{name}"
            if heading and above.tag not in _HEADINGS:
                yield f".{name} {heading} a"


def _classes(element: etree._Element) -> list[str]:
    return [name for name in (element.get("class") or "").split()[:4] if not _MADE.search(name)]


def _all_picked(page: html.HtmlElement, shapes: list[str], url: str) -> Iterator[tuple[str, list[Entry]]]:
    for shape in shapes:
        picked = listing.pieces(page, shape, url)
        if LEAST <= len(picked) <= MOST:
            yield shape, picked


def _worth(picked: list[Entry]) -> float:
    """How much a list looks like news: headlines of some length, each with an address of its own, dates a help."""
    long = sum(4 <= words(entry.title) <= 30 for entry in picked) / len(picked)
    dated = sum(entry.published is not None for entry in picked) / len(picked)
    return long + 0.5 * dated + 0.5 * min(len(picked), 20) / 20


def _order(judged: tuple[float, str, list[Entry]]) -> tuple[float, int, str]:
    return -judged[0], len(judged[1]), judged[1]


def _different(judged: list[tuple[float, str, list[Entry]]]) -> Iterator[Suggestion]:
    """The best few that do not pick the same."""
    seen = set[frozenset[str]]()
    for worth, shape, picked in judged:
        addresses = frozenset(entry.url for entry in picked)
        if worth < 0.5 or addresses in seen:
            continue
        seen.add(addresses)
        dated = sum(entry.published is not None for entry in picked)
        yield Suggestion(shape, len(picked), dated, tuple(entry.title for entry in picked[:SAMPLES]))
        if len(seen) == SHOWN:
            return
