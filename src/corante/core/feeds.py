"""What a feed says as a whole, how a look at it can end, and what of it is news.

Rule: the world's failures are a few named values (`Outcome`), turned into words in one place; `decide` only chooses,
the room writes. Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Final

from .entries import Entry, Named, moment, name_all

MAX_ENTRIES: Final = 2000
"""Of one document; the newest by position."""
FLOOD: Final = 10
"""From so many entries at once that should have been seen long ago, it is an archive, not news."""
BACKDATED: Final = timedelta(hours=48)


class Outcome(StrEnum):
    """How a look at an address ended."""

    FRESH = "fresh"
    KNOWN = "known"
    UNMODIFIED = "unmodified"
    OK = "ok"
    EMPTY = "empty"
    NOT_A_FEED = "not_a_feed"
    POISONED = "poisoned"
    GONE = "gone"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    TOLD_TO_WAIT = "told_to_wait"
    REFUSED = "refused"
    SERVER_ERROR = "server_error"
    BAD_ADDRESS = "bad_address"
    BLOCKED_ADDRESS = "blocked_address"
    BLOCKED_PORT = "blocked_port"
    NO_SUCH_HOST = "no_such_host"
    NO_CONNECTION = "no_connection"
    BAD_TLS = "bad_tls"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    BAD_ANSWER = "bad_answer"
    BAD_REDIRECT = "bad_redirect"
    ROBOTS = "robots"
    POSTPONED = "postponed"
    FAULT = "fault"


WORDS: Final[Mapping[Outcome, str]] = {
    Outcome.FRESH: "has new entries",
    Outcome.KNOWN: "answered; nothing new",
    Outcome.UNMODIFIED: "says nothing has changed",
    Outcome.OK: "answered",
    Outcome.EMPTY: "is a feed without entries",
    Outcome.NOT_A_FEED: "answered with something that is no feed",
    Outcome.POISONED: "sent a document that could not be parsed safely",
    Outcome.GONE: "says the feed is gone for good (410)",
    Outcome.NOT_FOUND: "has no such page (404)",
    Outcome.FORBIDDEN: "does not let us in",
    Outcome.TOLD_TO_WAIT: "asks us to come back later",
    Outcome.REFUSED: "refused the request",
    Outcome.SERVER_ERROR: "has trouble of its own",
    Outcome.BAD_ADDRESS: "is no address of the web",
    Outcome.BLOCKED_ADDRESS: "lives at a private or reserved address, which is not fetched unless allowed",
    Outcome.BLOCKED_PORT: "uses a port that is not fetched unless the feed was added with it",
    Outcome.NO_SUCH_HOST: "has no address in the DNS",
    Outcome.NO_CONNECTION: "does not accept connections",
    Outcome.BAD_TLS: "has a certificate or TLS set-up that can't be trusted",
    Outcome.TIMED_OUT: "took too long",
    Outcome.TOO_LARGE: "sent more than is accepted",
    Outcome.BAD_ANSWER: "answered with something that is not HTTP",
    Outcome.BAD_REDIRECT: "redirects in a way that can't be followed",
    Outcome.ROBOTS: "asks robots to stay away from this page",
    Outcome.POSTPONED: "is asked too often already; its turn comes later",
    Outcome.FAULT: "could not be stored; the log says why",
}

GOOD: Final = frozenset((Outcome.FRESH, Outcome.KNOWN, Outcome.UNMODIFIED, Outcome.OK, Outcome.EMPTY))
NEUTRAL: Final = frozenset((Outcome.POSTPONED, Outcome.FAULT))


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as its document says it; `kind` is rss, atom, rdf, json, sitemap, page, or index: a list of sitemaps,
    whose entries are these."""

    kind: str = ""
    title: str = ""
    home_url: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    ttl_s: int = 0
    hub: str = ""
    self_url: str = ""
    parser: str = ""
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Seen:
    """What we remember under a name: the article (None once purged, or never made) and its title."""

    article: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """A new entry we mean to write, and when it was published."""

    named: Named
    published: datetime
    asserted: bool


@dataclass(frozen=True, slots=True)
class Retitled:
    """A known piece whose feed now gives another title."""

    article: int
    before: str
    named: Named


@dataclass(frozen=True, slots=True)
class Decision:
    """What to write of a parsed feed."""

    fresh: tuple[Intent, ...] = ()
    remembered: tuple[Named, ...] = ()  # seen, but no news: an archive, or older than the first import's window
    retitled: tuple[Retitled, ...] = ()
    joined: tuple[tuple[Named, Seen], ...] = ()  # known by one name, with names we did not have yet
    known: int = 0
    total: int = 0
    note: str = ""


def decide(
    parsed: ParsedFeed,
    seen: Mapping[str, Seen],
    now: datetime,
    news: timedelta,
    first: bool,
    last_good: datetime | None = None,
    old_titles: Collection[str] = (),
    named: Sequence[Named] | None = None,
) -> Decision:
    """Choose what of a feed is new.

    `seen`: what is remembered under the entries' names. `news`: how far back a first import reaches. `last_good`: our
    last good look; what is dated long before it and yet unknown was put there afterwards. `old_titles`: of the
    entries' titles those the outlet has had before. `named`: the entries with their names, where known already.
    """
    named = name_all(parsed.entries) if named is None else named
    unknown = [one for one in named if not any(key in seen for key in one.keys)]
    known = [one for one in named if any(key in seen for key in one.keys)]
    intents = [Intent(one, *moment(one.entry, now)) for one in unknown if one.entry.url and one.entry.title]
    since = now - news if first else (last_good or now) - BACKDATED
    late = [i for i in intents if i.published < since]
    again = [i for i in intents if i.named.entry.title in old_titles]
    dropped = _dropped(late, again, first) | _undated(intents, since, first)
    fresh = [i for i in intents if i.named.key not in dropped]
    return Decision(
        fresh=tuple(sorted(fresh, key=lambda i: i.published)),
        remembered=tuple(i.named for i in intents if i.named.key in dropped),
        retitled=tuple(_retitled(known, seen)),
        joined=tuple(_joined(known, seen)),
        known=len(known),
        total=len(named),
        note=_note(len(dropped), first),
    )


def usual_gap(parsed: ParsedFeed, now: datetime) -> int:
    """Seconds that usually lie between two entries, by the dates the feed gives; 0 when they don't say."""
    dates = sorted({moment(e, now)[0] for e in parsed.entries if moment(e, now)[1]})[-40:]
    gaps: Sequence[float] = [(b - a).total_seconds() for a, b in pairwise(dates)]
    return int(median(gaps)) if len(gaps) >= 3 else 0


def _dropped(late: list[Intent], again: list[Intent], first: bool) -> set[str]:
    """Keys of unknown entries that are no news: on a first import all late ones, later only a flood of them."""
    out = set()
    for group, limit in ((late, 1 if first else FLOOD), (again, FLOOD)):
        if len(group) >= limit:
            out |= {intent.named.key for intent in group}
    return out


def _undated(intents: list[Intent], since: datetime, first: bool) -> set[str]:
    """Keys of what a plain sitemap lists and is no news: changed long ago, or on a first import, when nobody knows."""
    guessed = [intent for intent in intents if intent.named.entry.guessed]
    return {i.named.key for i in guessed if i.published < since or (first and i.named.entry.updated is None)}


def _note(dropped: int, first: bool) -> str:
    if not dropped:
        return ""
    return (
        f"{dropped} older entries noted, not news" if first else f"{dropped} old entries at once: an archive, not news"
    )


def _retitled(known: list[Named], seen: Mapping[str, Seen]) -> list[Retitled]:
    out = []
    for one in known:
        was = _best(one, seen)
        title = "" if one.entry.guessed else one.entry.title[:500]
        if was.article is not None and was.title and title and title != was.title:
            out.append(Retitled(was.article, was.title, one))
    return out


def _joined(known: list[Named], seen: Mapping[str, Seen]) -> list[tuple[Named, Seen]]:
    return [(one, _best(one, seen)) for one in known if any(key not in seen for key in one.keys)]


def _best(one: Named, seen: Mapping[str, Seen]) -> Seen:
    """What is remembered under the most trusted of its names."""
    return next(seen[key] for key in one.keys if key in seen)
