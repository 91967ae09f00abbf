"""How often one host is asked: one request at a time, two seconds apart, and not before it wishes.

Rule: the unit is the registrable domain (news.example.co.uk and www.example.co.uk are one house). Private networks the
operator allowed are paced by feed, without spacing. Times are the event loop's own, in seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Generic, TypeVar
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from publicsuffixlist import PublicSuffixList

from corante.core.addresses import AddressPolicy
from corante.core.urls import host_of

SPACING_S = 2.0
UNREACHED_S = 60.0
ROBOTS_LIFE_S = 24 * 3600.0
_ROBOTS_CAP = 512 * 1024


class Busy(Exception):
    """The host's next free moment lies too far ahead; `wait_s` says how far."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"the host's turn comes in {wait_s:.0f} s")
        self.wait_s = wait_s


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=8192)
def registrable(host: str) -> str:
    """The domain one can register that this host belongs to; an address or a bare name is its own."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return str(_suffixes().privatesuffix(host) or host)
    return host


def registrable_of(url: str) -> str:
    """The registrable domain an address belongs to."""
    return registrable(host_of(url))


@dataclass(slots=True)
class Turn:
    """A host's turn while it is held. Where nothing was sent, `used` is made False and the next need not wait."""

    used: bool = True


class Pace:
    """Who may be asked when; lives in one event loop."""

    def __init__(self, policy: AddressPolicy, spacing_s: float = SPACING_S) -> None:
        self._policy, self._spacing = policy, spacing_s
        self._locks: dict[str, asyncio.Lock] = {}
        self._free: dict[str, float] = {}  # when each host may next be asked
        self._queued: dict[str, int] = {}
        self._promised: dict[str, float] = {}  # when the last that was put off may come back
        self._private: set[str] = set()
        self._opens = 0.0  # nobody is asked before that

    def gate(self, url: str) -> str:
        """What is paced together with this address; "" for what is not paced at all."""
        host = host_of(url)
        if host in self._private or self._policy.is_private(host.strip("[]"), urlsplit(url).port or 80):
            return ""
        return registrable(host)

    def learn_private(self, url: str) -> None:
        """This name leads to a network the operator allowed."""
        self._private.add(host_of(url))

    def hold(self, url: str, seconds: float) -> None:
        """The host asked not to be asked for so long (Retry-After)."""
        if gate := self.gate(url):
            self._free[gate] = max(self._free.get(gate, 0.0), asyncio.get_running_loop().time() + seconds)

    def rest(self, seconds: float) -> None:
        """Ask nobody for so long: another process may have asked a moment ago."""
        self._opens = max(self._opens, asyncio.get_running_loop().time() + seconds)

    @asynccontextmanager
    async def turn(self, url: str, patience_s: float) -> AsyncIterator[Turn]:
        """Wait for the host's turn and hold it; raises Busy when that would take longer than patience."""
        gate, turn = self.gate(url), Turn()
        if not gate:
            yield turn
            return
        loop = asyncio.get_running_loop()
        ahead = self._queued.get(gate, 0)
        wait = max(0.0, self._free_at(gate) - loop.time()) + ahead * self._spacing
        if wait > patience_s:
            raise Busy(self._put_off(gate, wait))
        self._queued[gate] = ahead + 1
        try:
            async with self._locks.setdefault(gate, asyncio.Lock()):
                await asyncio.sleep(max(0.0, self._free_at(gate) - loop.time()))
                try:
                    yield turn
                finally:
                    if turn.used:
                        self._free[gate] = max(self._free.get(gate, 0.0), loop.time() + self._spacing)
        finally:
            self._leave(gate)

    def _free_at(self, gate: str) -> float:
        return max(self._free.get(gate, 0.0), self._opens)

    def _put_off(self, gate: str, wait: float) -> float:
        """Seconds after which to come back: those put off come one after the other, not all at once."""
        now = asyncio.get_running_loop().time()
        self._promised[gate] = max(now + wait, self._promised.get(gate, 0.0) + self._spacing)
        if len(self._promised) > 20_000:
            self._promised = {host: at for host, at in self._promised.items() if at > now}
        return self._promised[gate] - now

    def _leave(self, gate: str) -> None:
        left = self._queued.get(gate, 1) - 1
        if left > 0:
            self._queued[gate] = left
            return
        self._queued.pop(gate, None)
        self._locks.pop(gate, None)
        if len(self._free) > 20_000:
            now = asyncio.get_running_loop().time()
            self._free = {host: free for host, free in self._free.items() if free > now}


Kept = TypeVar("Kept")


class Unreached(Generic[Kept]):
    """Places nothing could be asked of just now, and why: for a minute they are not tried again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Kept]] = {}

    def note(self, place: str, why: Kept, now: float) -> None:
        """`place` could not be asked at `now`."""
        if len(self._known) > 20_000:
            self._known = {at: known for at, known in self._known.items() if known[0] > now}
        self._known[place] = (now + UNREACHED_S, why)

    def why(self, place: str, now: float) -> Kept | None:
        """Why `place` is left alone, None when it may be tried."""
        until, why = self._known.get(place, (0.0, None))
        return why if until > now else None


class Robots:
    """What sites ask of robots, remembered for a day; asked for article pages, never for feeds."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._known: dict[str, tuple[float, RobotFileParser]] = {}

    @staticmethod
    def address(url: str) -> str:
        """Where the site of this address says what it asks."""
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}/robots.txt"

    def allows(self, url: str, now: float) -> bool | None:
        """Whether the page may be fetched; None when its robots.txt is not known or too old."""
        known = self._known.get(self.address(url))
        if known is None or now - known[0] > ROBOTS_LIFE_S:
            return None
        return known[1].can_fetch(self._agent, url)

    def learn(self, url: str, body: bytes, found: bool, now: float) -> None:
        """Remember a robots.txt; one that is not there or not readable forbids nothing (RFC 9309 §2.3.1.3)."""
        rules = RobotFileParser()
        text = body[:_ROBOTS_CAP].decode("utf-8", "replace") if found else ""
        rules.parse(text.splitlines())
        if len(self._known) > 20_000:
            self._known.clear()
        self._known[self.address(url)] = (now, rules)
