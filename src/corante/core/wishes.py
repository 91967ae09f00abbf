"""What an outlet wishes to be done with its page, read from everything it says, the strictest rule winning.

Read: robots meta elements and `X-Robots-Tag` (also those addressed to our own name), the TDM reservation
protocol (W3C TDMRep: `tdm-reservation`), and schema.org's `isAccessibleForFree`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

OUR_NAME = "corante"


@dataclass(frozen=True)
class Wishes:
    """An outlet's wishes for one page, as obeyed."""

    snippet: int | None = None  # longest snippet in characters; 0 = none, None = not limited
    index: bool = True
    archive: bool = True
    reserved: bool = False  # text and data mining reserved: feed title and summary only
    free: bool = True
    ai: bool = True

    def to_json(self) -> dict[str, Any]:
        """Only what was wished; nothing wished is an empty object."""
        table: dict[str, Any] = {
            "noindex": not self.index,
            "noarchive": not self.archive,
            "reserved": self.reserved,
            "subscription": not self.free,
            "noai": not self.ai,
        }
        found = {name: True for name, wished in table.items() if wished}
        return found | ({"snippet": self.snippet} if self.snippet is not None else {})

    @property
    def excerpt(self) -> bool:
        """May a piece of the page's own text be shown?"""
        return self.snippet != 0 and self.index and not self.reserved


def read_wishes(robots: Iterable[str] = (), reserved: bool = False, free: bool | None = None) -> Wishes:
    """Wishes from the contents of robots elements and headers, the reservation, and the paywall flag."""
    rules = [rule for content in robots for rule in _rules(content)]
    names = {name for name, _ in rules}
    limits = [value for name, value in rules if name == "max-snippet" and value is not None and value >= 0]
    if "nosnippet" in names or "none" in names:
        limits.append(0)
    return Wishes(
        snippet=min(limits, default=None),
        index=not names & {"noindex", "none"},
        archive=not names & {"noarchive", "nocache"},
        reserved=reserved,
        free=free is not False,
        ai=not names & {"noai", "noml"},
    )


def _rules(content: str) -> list[tuple[str, int | None]]:
    """`X-Robots-Tag: otherbot: noindex` is not for us; `unavailable_after: date` carries colons and commas."""
    found: list[tuple[str, int | None]] = []
    ours = True
    for part in content.lower().split(","):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if colon and name not in _WITH_VALUE:
            ours = name in (OUR_NAME, "*", "robots")
            name, colon, value = (piece.strip() for piece in value.partition(":"))
        if ours and name:
            found.append((name, _number(value) if colon else None))
    return found


def _number(value: str) -> int | None:
    found = re.match(r"-?\d+", value)
    return int(found.group()) if found else None


_WITH_VALUE = {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}
