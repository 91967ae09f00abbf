"""How often one may ask for letters: per network, per domain, in all, and per address.

Rule: counters only, kept by keyed hash. What is refused is refused in silence: the asker sees the same page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

CONFIRMATIONS_EVER: Final = 3
CONFIRMATION_EVERY: Final = timedelta(hours=24)
REMINDER_EVERY: Final = timedelta(days=7)
FORGET_AFTER: Final = timedelta(days=7)
NETWORK_KEPT: Final = timedelta(hours=24)
LEFT_KEPT: Final = timedelta(days=30)
"""How long the address of someone who left is kept: for a leave by mistake, and for questions about the last letter."""
DETAIL_KEPT: Final = timedelta(days=90)
"""How long it is kept what a mail server said of one reader's letter."""
SUPPRESSED_KEPT: Final = timedelta(days=365)
"""How long a dead or complaining address stands in the list that can be exported; its keyed hash stays."""
WORDING: Final = "2026-11"  # version of the words beside the sign-up box


@dataclass(frozen=True)
class Allowance:
    """A token bucket: so many at once, so many more an hour."""

    burst: float
    per_hour: float

    def after(self, tokens: float, then: datetime, now: datetime) -> float:
        """What it holds now, if it held `tokens` then. A clock set back adds nothing."""
        hours = max((now - then).total_seconds(), 0) / 3600
        return min(self.burst, tokens + hours * self.per_hour)


NETWORK: Final = Allowance(burst=10, per_hour=10)  # a /24 or /48: at most 20 in any hour
DOMAIN: Final = Allowance(burst=60, per_hour=120)
SITE: Final = Allowance(burst=300, per_hour=600)


def owes_confirmation(state: str, sent: int, last: datetime | None, now: datetime) -> bool:
    """Whether an address in this state gets a letter now: one in 24 h and three ever, until confirmed.

    Someone who has the letter already is told so at most once a week; a suppressed address never hears from us.
    """
    if state == "suppressed":
        return False
    if state in ("confirmed", "paused"):
        return last is None or now - last >= REMINDER_EVERY
    return sent < CONFIRMATIONS_EVER and (last is None or now - last >= CONFIRMATION_EVERY)
