"""Every state machine of the house, each as one table: state -> {event: next state}.

Rule: a column that holds a state takes its check constraint from here, a model method that changes it asks
`step`, and the diagrams in `docs/reference/lifecycles.md` are drawn from here. Nothing else knows a state's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Lifecycle = Mapping[str, Mapping[str, str]]


class NotAllowed(Exception):
    """The event does not exist in this state."""


FEED: Final[Lifecycle] = {
    "active": {"pause": "paused", "gone": "gone"},
    "paused": {"resume": "active"},
    "gone": {"resume": "active"},
}

# A feed's standing line to its hub (WebSub). A renewal leaves it live: the old lease holds until it ends.
WIRE: Final[Lifecycle] = {
    "wanted": {"ask": "asked", "end": "ending"},
    "asked": {"ask": "asked", "verify": "live", "deny": "denied", "end": "ending"},
    "live": {"ask": "live", "verify": "live", "deny": "denied", "end": "ending"},
    "denied": {"ask": "asked", "deny": "denied", "end": "ending"},
    "ending": {"end": "ending", "ask": "asked"},  # the hub agreed to stop: the row goes
}

# What we know of an article's page.
READING: Final[Lifecycle] = {
    "pending": {"read": "read", "give_up": "unread", "quarantine": "quarantined"},
    "read": {"reread": "pending"},
    "unread": {"reread": "pending"},  # no page could be had: the feed's own summary stands in
    "quarantined": {"reread": "pending"},
}

EDITION: Final[Lifecycle] = {
    "frozen": {"hold": "held", "start": "sending", "fold": "folded"},
    "held": {"release": "frozen", "fold": "folded"},
    "sending": {"pause": "paused", "close": "closed"},
    "paused": {"resume": "sending", "close": "closed"},
    "closed": {"reopen": "sending"},  # a letter in doubt is sent again by hand
    "folded": {},  # its deadline passed before it could start: its items go to the next edition
}

DELIVERY: Final[Lifecycle] = {
    "pending": {"lease": "leased", "withdraw": "withdrawn", "expire": "expired", "reject": "rejected"},
    "leased": {
        "arm": "armed",
        "release": "pending",
        "defer": "deferred",
        "reject": "rejected",
        "withdraw": "withdrawn",
    },
    "armed": {
        "accept": "accepted",
        "defer": "deferred",
        "reject": "rejected",
        "doubt": "in_doubt",
    },
    "deferred": {"lease": "leased", "expire": "expired", "withdraw": "withdrawn", "reject": "rejected"},
    "in_doubt": {"accept": "accepted", "resend": "pending", "reject": "rejected"},
    "accepted": {},
    "rejected": {},
    "withdrawn": {},
    "expired": {},
}
DELIVERY_OPEN: Final = ("pending", "leased", "armed", "deferred")
DELIVERY_SETTLED: Final = ("accepted", "rejected", "withdrawn", "expired", "in_doubt")

SUBSCRIBER: Final[Lifecycle] = {
    "pending": {"confirm": "confirmed", "suppress": "suppressed"},
    "confirmed": {"leave": "left", "suppress": "suppressed", "pause": "paused"},
    "paused": {"resume": "confirmed", "leave": "left", "suppress": "suppressed"},
    "left": {"ask": "pending", "confirm": "confirmed"},
    "suppressed": {"lift": "pending"},
}

LIFECYCLES: Final[Mapping[str, Lifecycle]] = {
    "feed": FEED,
    "wire": WIRE,
    "reading": READING,
    "edition": EDITION,
    "delivery": DELIVERY,
    "subscriber": SUBSCRIBER,
}


def step(lifecycle: Lifecycle, state: str, event: str) -> str:
    """The state that follows `event` in `state`. Raises NotAllowed when the table has no such arrow."""
    try:
        return lifecycle[state][event]
    except KeyError:
        raise NotAllowed(f"{event!r} is not possible in state {state!r}") from None


def states(lifecycle: Lifecycle) -> list[str]:
    """All states of a lifecycle, in the order of its table."""
    return list(lifecycle)
