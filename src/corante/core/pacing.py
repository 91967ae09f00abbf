"""How fast letters may leave: by the route, by the reader's domain, and day by day while an address earns its name.

Rule: a limit holds a letter back, it never loses one; what may not leave now says how long it has to wait.
Times are seconds of any clock that only goes forward; the room brings them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

WARM_DAYS = 42
_FIRST_DAY = 200
_GROWTH = 1000  # from 200 letters a day to 200,000


@dataclass(frozen=True)
class Limits:
    """What the operator allows; 0 is no limit."""

    a_minute: int = 0  # letters by the route
    domain_a_minute: int = 0  # letters to one domain
    domain_at_once: int = 0  # connections that carry letters to one domain

    def __bool__(self) -> bool:
        return bool(self.a_minute or self.domain_a_minute or self.domain_at_once)


class Pace:
    """When the next letter may leave, evenly spread: a rate of 60 a minute is one a second, not sixty at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._free_at: dict[str, float] = {}  # "" is the route

    def take(self, domain: str, busy: Mapping[str, int], now: float) -> bool:
        """Whether a letter to this domain may leave now; if so, it counts. `busy`: connections by domain."""
        if not self.may(domain, busy, now):
            return False
        for name, rate in self.rates(domain):
            self._free_at[name] = max(now, self._free_at.get(name, now)) + 60 / rate
        return True

    def may(self, domain: str, busy: Mapping[str, int], now: float) -> bool:
        """The same, without counting."""
        if self.limits.domain_at_once and busy.get(domain, 0) >= self.limits.domain_at_once:
            return False
        return self._wait(domain, now) <= 0

    def wait(self, domains: Iterable[str], now: float) -> float:
        """Seconds until a letter to one of these may leave, as far as rates say."""
        return min((self._wait(domain, now) for domain in domains), default=0.0)

    def _wait(self, domain: str, now: float) -> float:
        return max((self._free_at.get(name, now) - now for name, _ in self.rates(domain)), default=0.0)

    def rates(self, domain: str) -> list[tuple[str, int]]:
        """Letters a minute where they are limited: by the route (""), by the domain."""
        rates = (("", self.limits.a_minute), (domain, self.limits.domain_a_minute))
        return [(name, rate) for name, rate in rates if rate]


def allowance(began: date, today: date) -> int | None:
    """Letters a sender new to the world may send on a day; None once it is known, after six weeks.

    200 on the first day, growing evenly to 200,000: receivers judge an unknown address by how it begins.
    """
    day = (today - began).days
    return None if day >= WARM_DAYS else round(_FIRST_DAY * _GROWTH ** (max(day, 0) / WARM_DAYS))


def domain_of(address: str) -> str:
    """What limits count by."""
    return address.rpartition("@")[2].lower()
