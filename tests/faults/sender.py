"""A sender as a process of its own, to be killed: `python -m tests.faults.sender make N | send | report`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import django


def main(verb: str, count: int = 0) -> None:
    """Do one of the three with the site of $CORANTE_DIR."""
    django.setup()
    {"make": lambda: _make(count), "send": _send, "report": _report}[verb]()


def _clock() -> datetime:
    return datetime.now(UTC)


def _make(count: int) -> None:
    from datetime import timedelta

    from django.core.management import call_command
    from django.db import transaction

    from tests.fakes import letters

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        slot = _clock() - timedelta(minutes=1)
        letters.frozen(count, size=50, slot_at=slot, frozen_at=slot, deadline_at=slot + timedelta(hours=12))


def _send() -> None:
    import time

    from corante import deliver
    from corante.models import Edition

    deliver.recover(_clock)
    while Edition.objects.exclude(state="closed").exists():
        deliver.work(deliver.due(_clock(), 5), _clock)
        time.sleep(0.05)


def _report() -> None:
    from django.conf import settings

    from corante.core.delivering import return_path
    from corante.deliver.accounts import check
    from corante.models import Delivery, Edition

    rows = list(Delivery.objects.order_by("pk").values("pk", "state", "message_id", "repeated"))
    for row in rows:
        row["sender"] = return_path(row["pk"], "example.org", settings.SECRET_KEY)
    failing = [line for edition in Edition.objects.all() for line in check(edition)]
    json.dump({"deliveries": rows, "failing": failing}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
