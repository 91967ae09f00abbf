"""WebSub as rules (W3C Recommendation of 23 January 2018): what a feed says of its hub, and what a hub may say to us.

Rule: pure. A push is believed by its signature alone, compared in constant time; a hub's lease is asked for again at
its half, and while pushes come and miss nothing, the feed itself is only asked once an hour.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .urls import clean

LEASE: Final = timedelta(days=10)
"""What we ask for; a hub may grant another."""
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=30)
VERIFY_WITHIN: Final = timedelta(minutes=15)
"""How long a hub may take to verify what we asked, before it is asked again."""
SLOW: Final = timedelta(hours=1)
MISSES: Final = 2
"""So many times a look found what the hub had not pushed, and it is no longer relied on."""
METHODS: Final = ("sha1", "sha256", "sha384", "sha512")

_LINK = re.compile(r"""<([^>]*)>((?:\s*;\s*[\w!#$%&'*+.^`|~-]+\s*(?:=\s*(?:"[^"]*"|[^",;\s]*))?)*)""")
_REL = re.compile(r"""(?i);\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))""")


@dataclass(frozen=True, slots=True)
class Advertised:
    """A hub and the topic it knows the feed by; both empty where a feed has none."""

    hub: str = ""
    topic: str = ""


def advertised(link_header: str, hub: str, self_url: str, url: str) -> Advertised:
    """What a feed at `url` says of its hub: by header first, else in the document (§4, discovery)."""
    links = _links(link_header, url)
    hub = links.get("hub") or clean(hub, url)
    topic = links.get("self") or clean(self_url, url) or url
    return Advertised(hub, topic) if hub else Advertised()


def genuine(signature: str, secret: str, body: bytes) -> bool:
    """Whether X-Hub-Signature (`method=hex`, §7) is ours for this body; the methods are those the standard names."""
    method, _, given = signature.strip().partition("=")
    if method.lower() not in METHODS or not given.isascii():
        return False
    wanted = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(wanted, given.strip().lower())


def lease(text: str) -> timedelta:
    """The lease a hub grants (hub.lease_seconds), within reason; what we asked for when it doesn't say."""
    asked = timedelta(seconds=int(text[:9])) if text.isascii() and text.isdigit() else LEASE
    return min(max(asked, SHORTEST), LONGEST)


def next_look(planned: datetime, until: datetime, now: datetime) -> datetime:
    """When to ask a feed whose pushes can be relied on: once an hour, and well before its lease runs out."""
    slow = now + max(min(SLOW, (until - now) / 4), timedelta(minutes=1))
    return max(planned, slow)


def fields(mode: str, topic: str, callback: str, secret: str) -> tuple[tuple[str, str], ...]:
    """The form that asks a hub to push, or to stop (mode "subscribe" or "unsubscribe", §5.1)."""
    said = (("hub.mode", mode), ("hub.topic", topic), ("hub.callback", callback))
    if mode == "unsubscribe":
        return said
    return (*said, ("hub.secret", secret), ("hub.lease_seconds", str(int(LEASE.total_seconds()))))


def _links(header: str, base: str) -> dict[str, str]:
    """Relation -> address of a Link header (RFC 8288); the first of each counts."""
    found: dict[str, str] = {}
    for target, parameters in _LINK.findall(header[:8000]):
        rel = _REL.search(parameters)
        for name in (rel[1] or rel[2]).lower().split() if rel else ():
            found.setdefault(name, clean(target, base))
    return found
