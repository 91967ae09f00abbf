"""What is forgotten by rule, and what stays so that the promises hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from corante import subscribe
from corante.models import Ask, Bounce, Consent, Delivery, Subscriber
from tests.fakes import letters, world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "days"), [("pending", 7), ("left", 30), ("suppressed", 365)], ids=["never confirmed", "left", "suppressed"]
)  # fmt: skip
def test_an_address_goes_after_its_days_and_not_before(state: str, days: int, site: Path, now: datetime) -> None:
    row = subscribe.add_confirmed("reader@example.org", world.digest(), now)
    assert row
    Subscriber.objects.update(state=state, asked_at=now, ended_at=now, language="uk", hour=7)
    assert subscribe.sweep(now + timedelta(days=days)).done == 0
    assert subscribe.sweep(now + timedelta(days=days, minutes=1)).done == 1
    kept = Subscriber.objects.get()
    assert (kept.address, kept.language, kept.hour, kept.key != "") == ("", "", None, True)
    if state == "suppressed":  # its hash still keeps it out
        assert subscribe.add_confirmed("reader@example.org", world.digest(name="Other"), now) is None


def test_readers_are_never_forgotten_while_they_read(site: Path, now: datetime) -> None:
    for state in ("confirmed", "paused"):
        world.subscriber(state=state)
    assert subscribe.sweep(now + timedelta(days=4000)).done == 0
    assert not Subscriber.objects.filter(address="").exists()


def test_what_a_server_said_of_a_letter_goes_after_90_days_and_the_numbers_stay(site: Path, now: datetime) -> None:
    row = letters.frozen(1).deliveries.get()
    row.settle("reject", now, 550, "5.1.1 <reader@example.org>: User unknown", "5.1.1")
    row.save()
    Bounce.objects.create(delivery=row, kind="hard", at=now, detail="no such address: reader@example.org")
    subscribe.sweep(now + timedelta(days=89))
    assert Delivery.objects.exclude(reply="").exists()
    subscribe.sweep(now + timedelta(days=91))
    kept = Delivery.objects.get()
    assert (kept.state, kept.code, kept.status, kept.reply) == ("rejected", 550, "5.1.1", "")
    assert Bounce.objects.get().detail == ""


def test_networks_and_unread_sign_ups_are_kept_for_a_day(site: Path, now: datetime) -> None:
    subscribe.ask("reader@example.org", "/", "some network", now)
    subscribe.take_asks(subscribe.asks_due(now, 5), lambda: now)
    subscribe.ask("late@example.org", "/", "some network", now)
    subscribe.sweep(now + timedelta(hours=25))
    assert not Consent.objects.exclude(network="").exists()
    assert not Ask.objects.exists()
