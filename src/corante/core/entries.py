"""What a feed says of one piece, and by what we know it again.

Rule: an entry has several names, in the order of their trust: its guid, its address, its title with its date. It is
known when any of them is known. A name that stands twice in one document names nothing there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from . import urls

EARLIEST: Final = 1990
AHEAD: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, as plain values: text has no markup, `html` is as the feed carried it."""

    guid: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    html: str = ""
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    section: str = ""
    image_url: str = ""
    guessed: bool = False  # a plain sitemap's: the title is made of the address, the date is the page's last change


@dataclass(frozen=True, slots=True)
class Named:
    """An entry with its names: `keys` by which it is known, `key` that its article will bear."""

    entry: Entry
    keys: tuple[str, ...]
    key: str


def name_all(entries: Sequence[Entry]) -> list[Named]:
    """Each entry with its names; of two that share a name they can't be told apart by, the first stays."""
    guids = Counter(entry.guid for entry in entries if entry.guid)
    own = [urls.key(entry.url) if entry.url else "" for entry in entries]
    links = Counter(own)
    named: dict[str, Named] = {}
    for entry, link in zip(entries, own, strict=True):
        one = _name(entry, link, guids, links)
        if one.keys:
            named.setdefault(one.key, one)
    return list(named.values())


def plausible(published: datetime | None, now: datetime) -> datetime | None:
    """The date an outlet asserts, unless it lies before 1990 or more than 24 h ahead of now."""
    if published is None or published.year < EARLIEST or published > now + AHEAD:
        return None
    return min(published, now)


def moment(entry: Entry, now: datetime) -> tuple[datetime, bool]:
    """When the piece was published, and whether the outlet said so; else when we first saw it."""
    if entry.guessed:
        return plausible(entry.updated, now) or now, False
    asserted = plausible(entry.published, now) or plausible(entry.updated, now)
    return asserted or now, asserted is not None


def _name(entry: Entry, link: str, guids: Counter[str], links: Counter[str]) -> Named:
    own_link = link if link and links[link] == 1 else ""
    keys = []
    if entry.guid and guids[entry.guid] == 1:
        keys.append(_guid_key(entry.guid))
    elif entry.guid and link:
        keys.append(urls.digest(f"g:{entry.guid} {link}"))
    if own_link:
        keys.append(own_link)
    if dated := _dated(entry):
        keys.append(dated)
    if not keys and entry.title:
        keys.append(urls.digest(f"t:{_folded(entry.title)}"))
    key = own_link or (urls.digest(f"{link} {keys[0]}") if keys else "")
    return Named(entry, tuple(dict.fromkeys(keys)), key)


def _guid_key(guid: str) -> str:
    """A guid that is an address is compared as one, so that http→https or utm does not make it another."""
    return urls.key(guid) if guid.startswith(("http://", "https://")) else urls.digest(f"g:{guid}")


def _dated(entry: Entry) -> str:
    """Title and date as a name, where both say enough: a date alone (midnight) or a short title doesn't."""
    title, at = _folded(entry.title), entry.published
    if at is None or len(title) < 12 or (at.hour, at.minute, at.second) == (0, 0, 0):
        return ""
    return urls.digest(f"d:{title} {at:%Y-%m-%dT%H:%M:%S}")


def _folded(title: str) -> str:
    """A title as it is compared: no case, no accents of typing, one space."""
    return re.sub(r"\W+", " ", unicodedata.normalize("NFKC", title).casefold()).strip()
