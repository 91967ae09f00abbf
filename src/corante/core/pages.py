"""A page as read: typed blocks of text, and what each witness says about it.

Rule: the feed's word stands over the page's, an assertion over a guess: feed, then JSON-LD, Open Graph, other
meta elements, and last what the library made out. A guess never overrules anything, and every value that is
kept says where it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from .bylines import fold, people
from .tokens import words as tokens
from .wishes import Wishes

WITNESSES = ("feed", "jsonld", "opengraph", "meta", "html", "library", "guess")
"""Who may be believed about an article, the most trusted first."""


@dataclass(frozen=True)
class Place:
    """Where on its page a line stands. Shares are of words, 0 to 1; `near` and `above` are bits, one a kind of name."""

    inside: frozenset[str] = frozenset()  # elements around that say what they hold: aside, figure, form …
    near: int = 0  # names of the line's own element and the one around it
    above: int = 0  # names of everything further out
    shared: float = 0.0  # of the library's text, in the container around the line
    pure: float = 0.0  # of that container, what is the library's text
    pure_above: float = 0.0
    alike: float = 0.0  # of the library's text, in lines that look like this one
    alike_pure: float = 0.0
    main: bool = False  # inside the innermost container of most of the text
    bold: float = 0.0
    gap: int = 1  # lines of the page since the line before
    taken: bool = True  # by the library; else it stood between or before lines that were


@dataclass(frozen=True)
class Block:
    """A piece of the page's text; `links` is the share of its characters that stand in links."""

    kind: str  # paragraph, heading, list, quote, table, caption
    text: str
    links: float = 0.0
    place: Place | None = None
    withheld: str = (
        ""  # from quoting: "paid" (its outlet names the part as not free), "hidden" (by the page's own style)
    )


@dataclass(frozen=True)
class Claim:
    """What one witness says about one field; authors are one claim each."""

    field: str
    value: str
    by: str


@dataclass(frozen=True)
class Page:
    """What an article page says after extraction."""

    blocks: tuple[Block, ...] = ()
    claims: tuple[Claim, ...] = ()
    witness: str = ""  # JSON-LD articleBody: confirms lines, is never the text itself
    wishes: Wishes = field(default_factory=Wishes)
    detected: str = ""  # language made out from the text

    def said(self, name: str) -> list[Claim]:
        """All claims on a field, the most trusted first."""
        return sorted((c for c in self.claims if c.field == name), key=lambda c: WITNESSES.index(c.by))

    def best(self, name: str) -> Claim | None:
        """The most trusted claim on a field."""
        return next(iter(self.said(name)), None)


def title(page: Page, site: str = "") -> Claim | None:
    """The headline, without the site's name after a bar or dash. JSON-LD first; the longest head that agrees."""
    said = page.said("title")
    claims = [Claim("title", _bare(without_site(c.value, site or _site(page)), said), c.by) for c in said]
    return next((c for c in claims if len(tokens(c.value)) > 1 and not _is_site(c.value, page)), None) or next(
        iter(claims), None
    )


def without_site(headline: str, site: str) -> str:
    """`Sea wall to rise | Harbour Post` -> `Sea wall to rise`, where the tail is the site's name."""
    parts = _BAR.split(headline)
    if len(parts) < 2:
        return headline
    tail = tokens(parts[-1])
    named = tokens(site)
    if tail and named and (tail == named or set(tail) <= set(named) or set(named) <= set(tail)):
        return headline[: headline.rfind(parts[-1])].rstrip(" |-–—·•:»")
    return headline


def _bare(headline: str, said: list[Claim]) -> str:
    """Where another witness has the same headline without what follows a bar, that is the headline."""
    for claim in said:
        rest = headline.removeprefix(claim.value)
        if rest != headline and len(tokens(claim.value)) > 1 and _BAR.match(rest):
            return claim.value
    return headline


def authors(page: Page) -> tuple[list[str], str]:
    """People (or an agency) by name, and the witness: the most trusted that names anyone but the outlet itself.

    Where it names only itself, its own name and `outlet`.
    """
    own: list[str] = []
    for by in WITNESSES:
        said = [c.value for c in page.claims if c.field == "author" and c.by == by]
        named = unique(name for value in said for name in people(value))
        ours = [name for name in named if is_outlet(name, page) or any(name in v and _host(page) in v for v in said)]
        if others := [name for name in named if name not in ours]:
            return others, by
        own = own or ours
    return own, "outlet" if own else ""


def is_outlet(name: str, page: Page) -> bool:
    """The name is the site's own, or its host's."""
    host = _host(page)
    own = [claim.value for claim in page.said("site")] + [host, host.split(".")[0]]
    return fold(name) in {fold(one) for one in own if one.strip()}


def published(page: Page, now: datetime) -> tuple[datetime, str] | None:
    """When it was published, asserted with a plausible time (1990 until two days from now); never a guess."""
    for claim in page.said("published"):
        at = instant(claim.value)
        if claim.by != "guess" and at and datetime(1990, 1, 1, tzinfo=UTC) < at < now + timedelta(days=2):
            return at, claim.by
    return None


def instant(value: str) -> datetime | None:
    """An ISO 8601 time, aware; without a zone it is taken as UTC."""
    value = _FRACTION.sub(r"\1", value.strip())
    value = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", value)
    value = re.sub(r" ([+-]\d\d:?\d\d)$", r"\1", value)
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def unique(values: Iterable[str]) -> list[str]:
    """Without repetitions, by their words; order kept."""
    seen: dict[tuple[str, ...], str] = {}
    for value in values:
        seen.setdefault(tuple(tokens(value)), value)
    return list(seen.values())


def provenance(fields: Mapping[str, str]) -> dict[str, str]:
    """field -> witness, without the fields nobody named."""
    return {name: by for name, by in fields.items() if by}


def _site(page: Page) -> str:
    claim = page.best("site")
    return claim.value if claim else ""


def _host(page: Page) -> str:
    """Of the page's own address; a word no byline holds where it gives none."""
    claim = page.best("url")
    return ((urlsplit(claim.value).hostname if claim else "") or "\0").removeprefix("www.")


def _is_site(name: str, page: Page) -> bool:
    site = _site(page)
    return bool(site) and tokens(name) == tokens(site)


_BAR = re.compile(r"\s+[|–—·•»:-]\s+|\s*\|\s*")
_FRACTION = re.compile(r"(\.\d{6})\d+")
