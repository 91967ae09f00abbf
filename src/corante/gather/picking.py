"""Pages without a feed: what a CSS selector picks there, and which selectors might do.

Rule: a page is fetched once and kept for ten minutes, so that an editor who tries selectors asks its outlet nothing
more; and only where its robots.txt lets us.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from corante.core.discovery import Candidate, FeedLink, Suggestion
from corante.core.feeds import Outcome, ParsedFeed
from corante.net.client import Answer
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

from .finding import NotFound, candidate, first_answer, refusal

KEPT = timedelta(minutes=10)
PAGES = 8
_kept: OrderedDict[str, tuple[datetime, Answer]] = OrderedDict()
_lock = Lock()


def find_pieces(address: str, selector: str, now: datetime) -> Candidate:
    """A page without a feed, as one: the pieces `selector` picks there. Raises NotFound when it picks none."""
    page = _page(address, now)
    parsed = _picked(page, selector)
    found = candidate(page, parsed, FeedLink(page.url, how="selector"))
    if found is None or not found.entries:
        raise NotFound(
            f"{selector!r} picks no headline with a link at {page.url}; look at the page's source and try another"
        )
    return found


def preview(address: str, selector: str, now: datetime) -> ParsedFeed:
    """Everything `selector` picks on a page, to be shown before it is added. Raises NotFound with what is wrong."""
    return _picked(_page(address, now), selector)


def suggest(address: str, now: datetime) -> list[Suggestion]:
    """Selectors that pick what look like this page's headlines, the likeliest first; [] where none do.

    Raises NotFound when the page can't be had.
    """
    page = _page(address, now)
    try:
        return doors.suggestions(page.body, page.content_type, page.url)
    except Poisoned as reason:
        raise NotFound(f"{page.url} can't be read: {reason}") from None


def _picked(page: Answer, selector: str) -> ParsedFeed:
    try:
        return doors.listing(page.body, page.content_type, page.url, selector)
    except Poisoned as reason:
        raise NotFound(f"{page.url} can't be read so: {reason}") from None


def _page(address: str, now: datetime) -> Answer:
    """The page, as it was a moment ago if we have it."""
    with _lock:
        known = _kept.get(address)
    if known is not None and timedelta(0) <= now - known[0] < KEPT:
        return known[1]
    answer = first_answer(address, robots=True)
    if answer.outcome is not Outcome.OK:
        raise NotFound(refusal(answer))
    with _lock:
        _kept[address] = (now, answer)
        while len(_kept) > PAGES:
            _kept.popitem(last=False)
    return answer
