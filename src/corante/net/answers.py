"""What goes out and what comes back: a Request, the Hops on its way, the Answer.

Rule: plain frozen values. An answer is never an exception: how it ended is an Outcome of core.feeds, with a detail in
words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from corante.core.feeds import Outcome

FEED_CAP: Final = 8 * 2**20
PAGE_CAP: Final = 4 * 2**20
TOTAL_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. `tag` is the caller's own (a row number) and comes back with the answer."""

    url: str
    tag: Any = None
    kind: str = "feed"  # feed or page: what we say we accept
    etag: str = ""
    last_modified: str = ""
    cap: int = FEED_CAP
    total_s: float = TOTAL_S
    patience_s: float = 30.0  # how long to wait for the host's turn before the answer is "postponed"
    robots: bool = False  # True for article pages
    added_with: str = ""  # the feed's own address, whose port is then allowed too
    form: tuple[tuple[str, str], ...] = ()  # with it the request is a POST of these fields
    insist: bool = False  # ask also where a moment ago nothing could be reached: a person is waiting


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect that was followed: from where, with which status, to where."""

    url: str
    status: int
    to: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended. `outcome` ok or unmodified is good; else `detail` says in words what happened."""

    request: Request
    outcome: Outcome
    detail: str = ""
    status: int = 0
    url: str = ""  # where the answer came from, after redirects
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case; only those a room may ask for
    hops: tuple[Hop, ...] = ()
    size: int = 0  # decoded bytes
    private: bool = False  # from a network the operator allowed
    took_s: float = 0.0
    retry_s: float = 0.0  # Retry-After, or how long until the host's turn
    fresh_s: float = 0.0  # Cache-Control: max-age
    asked: bool = True  # False when nothing was sent: no address, no connection
