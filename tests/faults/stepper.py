"""Freezing and confirming as processes that die at a chosen statement: `python -m tests.faults.stepper VERB [N before|after]`.

The N-th statement to the database ends the process with SIGKILL, before or after it was run; so every step is met.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

READERS = 25
STORIES = 4


def main(verb: str, at: int = 0, when: str = "before") -> None:
    """Do one of the verbs with the site of $CORANTE_DIR."""
    django.setup()
    from django.db import connection

    verbs = {"make": _make, "freeze": _freeze, "confirm": _confirm, "next_day": _next_day, "report": _report}
    with connection.execute_wrapper(_Death(at, when)):
        verbs[verb]()


class _Death:
    """Counts statements, and dies at one of them."""

    def __init__(self, at: int, when: str) -> None:
        self.left, self.when = at, when

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.left -= 1
        if self.left == 0 and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def _make() -> None:
    from django.core.management import call_command
    from django.db import transaction

    from tests.fakes import world

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        topic = world.topic()
        world.told(STORIES, topic)
        letter = world.digest(topic)
        for _ in range(READERS):
            world.subscriber(of=letter)
        for n in range(3):
            changes = {"state": "pending", "confirmation_due": True, "confirmation_try_at": world.NOW}
            world.subscriber(f"new{n}@example.org", confirmed_at=None, **changes)


def _freeze() -> None:
    from corante import digest
    from tests.fakes import world

    now = world.NOW + timedelta(days=1)
    digest.work(digest.due(now, 5), lambda: now)


def _confirm() -> None:
    from corante import subscribe
    from tests.fakes import world

    now = world.NOW + timedelta(minutes=1)
    subscribe.work(subscribe.due(now, 10), lambda: now)


def _next_day() -> None:
    """Whoever got no letter asks again."""
    from corante import subscribe
    from tests.fakes import world

    now = world.NOW + timedelta(hours=25)
    for n in range(3):
        subscribe.ask(f"new{n}@example.org", "/", f"network {n}", now)
    subscribe.take_asks(subscribe.asks_due(now, 10), lambda: now)
    subscribe.work(subscribe.due(now, 10), lambda: now)


def _report() -> None:
    from corante.digest.accounts import check
    from corante.models import Delivery, Edition

    editions = list(Edition.objects.exclude(state="folded"))
    told = {
        "editions": len(editions),
        "recipients": [edition.recipients for edition in editions],
        "deliveries": Delivery.objects.count(),
        "stories": [edition.items.values("story").distinct().count() for edition in editions],
        "failing": [line for edition in editions for line in check(edition)],
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) if word.isdigit() else word for word in sys.argv[2:]))  # type: ignore[arg-type]
