"""Whether time tells who is on the list: the sign-up form asked for known and unknown addresses, in turn.

    python -m bench.signup [ASKS]

Each kind of address is asked the same number of times, shuffled, by real requests through the whole of Django on a
database of its own. Printed: median and spread of each kind, and how often a guess by time would be right (50 % is none).
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median, quantiles

KINDS = ("unknown", "confirmed", "left", "suppressed", "pending")


def main(asks: int) -> int:
    """Ask, and print the table."""
    _start()
    took = _asked(_prepared(), asks)
    chance = 1.96 * ((2 * asks + 1) / (12 * asks * asks)) ** 0.5
    print(f"{asks} asks of each kind, ms; up to {0.5 + chance:.1%} is chance")
    for kind in KINDS:
        low, _, high = quantiles(took[kind])
        print(
            f"{kind:<12}{median(took[kind]):8.3f}   quarters {low:.3f} to {high:.3f}   told by time {_told(took['unknown'], took[kind]):.1%}"
        )
    return 0


def _start() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "corante.project.settings"
    os.environ.pop("CORANTE_DIR", None)
    import django
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    call_command("migrate", verbosity=0)


def _told(one: list[float], other: list[float]) -> float:
    """How often the slower of two is the one it would be, over all pairs (the area under the curve), folded at a half."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    below = wins = 0
    for _, which in ranked:
        if which:
            wins += below
        else:
            below += 1
    share = wins / (len(one) * len(other))
    return max(share, 1 - share)


def _prepared() -> Callable[[str], None]:
    """Everybody's rows, and a way to press the button; limits are out of the way, as an attacker with networks has them."""
    from datetime import time as day_time

    from django.test import Client

    from corante import subscribe
    from corante.core import signup
    from corante.models import Digest, Subscriber
    from corante.subscribe import asking

    now = datetime.now(UTC)
    digest = Digest.objects.create(name="Daily", slug="daily", slot=day_time(7), time_zone="UTC", created_at=now)
    for kind in KINDS[1:]:
        row = subscribe.add_confirmed(f"{kind}@example.org", digest, now)
        assert row
        Subscriber.objects.filter(pk=row.pk).update(state=kind)
    wide = replace(signup.SITE, burst=10**9)
    for name in ("NETWORK", "DOMAIN", "SITE"):
        setattr(asking, name, wide)
    client = Client()

    def press(kind: str) -> None:
        answer = client.post("/subscribe/", {"email": f"{kind}@example.org", "page": "/"})
        assert answer.status_code == 200

    return press


def _asked(press: Callable[[str], None], asks: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    order = [kind for kind in KINDS for _ in range(asks + 20)]
    random.Random(7).shuffle(order)
    for kind in order:
        began = time.perf_counter()
        press(kind)
        took[kind].append((time.perf_counter() - began) * 1000)
    return {kind: times[20:] for kind, times in took.items()}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600))
