"""The accounts of an edition's delivery: identities that must hold at every moment.

Rule: recipients at freeze = open + settled, over nine states; nobody is accepted twice; a closed edition has
nothing open. Each identity that fails is one sentence; none is silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from corante.core.lifecycles import DELIVERY, DELIVERY_OPEN, states
from corante.models import Edition


def counts(edition: Edition) -> dict[str, int]:
    """How many deliveries stand in each of the nine states."""
    rows = edition.deliveries.order_by().values_list("state").annotate(n=Count("pk"))
    return dict.fromkeys(states(DELIVERY), 0) | dict(rows)


def check(edition: Edition) -> list[str]:
    """Every identity that does not hold, in words."""
    return list(_failing(edition, counts(edition)))


def _failing(edition: Edition, by_state: dict[str, int]) -> Iterator[str]:
    told = sum(by_state.values())
    if told != edition.recipients:
        yield f"{edition.recipients} recipients at the freeze, but {told} deliveries in the ledger"
    twice = edition.deliveries.values("subscriber").annotate(n=Count("pk")).filter(n__gt=1).count()
    if twice:
        yield f"{twice} recipients have more than one delivery of this edition"
    still_open = sum(by_state[state] for state in DELIVERY_OPEN)
    if edition.state == "closed" and still_open:
        yield f"closed, but {still_open} deliveries are still open"
    unnamed = edition.deliveries.filter(state="accepted", message_id="").count()
    if unnamed:
        yield f"{unnamed} accepted letters have no Message-ID on record"
    unsettled = edition.deliveries.filter(state__in=("accepted", "rejected"), settled_at__isnull=True).count()
    if unsettled:
        yield f"{unsettled} settled deliveries do not say when"
