"""The claims a round has still to send, and which of them may leave now.

Rule: order is kept but for the limits; nothing waits behind a domain that has to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from corante.core.pacing import domain_of

from .ledger import Claim
from .turns import Paced

ASK_AGAIN = 1.0
"""Seconds before more is asked for again while letters are in flight and there was none."""

TOO_LONG = 5.0
"""Seconds of a limit's pause that are waited out; for more, the claims go back."""

_MOMENT = 0.05


class Todo:
    """Claims in the order they leave."""

    def __init__(self, more: Callable[[], list[Claim]], pace: Paced) -> None:
        self.more, self.pace = more, pace
        self.claims: list[Claim] = []
        self.wait = 0.0  # seconds until a limit lets the next one leave
        self._ask_after = 0.0

    def refilled(self, at_once: bool = False) -> bool:
        """Whether there is something to send, asking for more when there is none (but not all the time)."""
        if not self.claims and (at_once or time.monotonic() >= self._ask_after):
            self.claims = self.more()[::-1]
            self._ask_after = 0.0 if self.claims else time.monotonic() + ASK_AGAIN
        return bool(self.claims)

    def next(self, busy: Callable[[], Mapping[str, int]]) -> Claim | None:
        """The next whose domain may be written to now; else `wait` says how long. `busy`: connections by domain."""
        self.wait = 0.0
        if not self.pace.limits:
            return self.claims.pop() if self.claims else None
        now, carried = time.monotonic(), busy()
        for at in range(len(self.claims) - 1, -1, -1):
            if self.pace.take(domain_of(self.claims[at].address), carried, now):
                return self.claims.pop(at)
        if self.claims:
            self.wait = max(_MOMENT, self.pace.wait({domain_of(each.address) for each in self.claims}, now))
        return None
