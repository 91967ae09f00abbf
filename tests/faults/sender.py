"""A sender as a process of its own, to be killed: `python -m tests.faults.sender make N [EDITIONS] | send | leave N | report`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import django


def main(verb: str, count: int = 0, editions: int = 1) -> None:
    """Do one of them with the site of $CORANTE_DIR."""
    django.setup()
    {"make": lambda: _make(count, editions), "send": _send, "leave": lambda: _leave(count), "report": _report}[verb]()


def _clock() -> datetime:
    return datetime.now(UTC)


def _make(count: int, editions: int) -> None:
    from datetime import timedelta

    from django.core.management import call_command
    from django.db import transaction

    from tests.fakes import letters

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        slot = _clock() - timedelta(minutes=1)
        times = {"slot_at": slot, "frozen_at": slot, "deadline_at": slot + timedelta(hours=12)}
        for n in range(editions):
            letters.frozen(count, name=f"Letter {n + 1}", size=50, **times)


def _send() -> None:
    import time

    from django.db import InterfaceError, OperationalError, close_old_connections

    from corante import deliver

    deliver.recover(_clock)
    while True:
        try:
            if _all_closed():
                return
            deliver.work(deliver.due(_clock(), 5), _clock)
        except (OperationalError, InterfaceError) as error:  # as the worker does: rest, and try again
            print(f"the database is away: {error}", file=sys.stderr)
            time.sleep(0.5)
        close_old_connections()
        time.sleep(0.05)


def _all_closed() -> bool:
    from corante.models import Edition

    return not Edition.objects.exclude(state="closed").exists()


def _leave(last: int) -> None:
    """The last so many readers leave, one after the other; each is told so on a line of its own."""
    from corante import subscribe
    from corante.models import Subscriber

    for row in Subscriber.objects.order_by("-pk")[:last]:
        subscribe.leave(row.token, _clock())
        print(row.address, flush=True)


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
