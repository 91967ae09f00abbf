"""Nobody's mailbox is a weapon, and nothing the form says or does tells who is on the list."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from corante import subscribe
from corante.core.signup import NETWORK
from corante.mail.outbox import OutboxServer
from corante.models import Ask, Bucket, Subscriber
from corante.subscribe.pressure import count_ask
from tests.fakes import world

pytestmark = pytest.mark.django_db


MANY = pytest.mark.parametrize("many", [400, pytest.param(10_000, marks=pytest.mark.slow)])


def turn(now: datetime) -> None:
    """What the worker does of sign-ups."""
    while ids := subscribe.asks_due(now, 500):
        subscribe.take_asks(ids, lambda: now)
    subscribe.work(subscribe.due(now, 1000), lambda: now)


@MANY
def test_any_number_of_sign_ups_naming_one_victim_sends_one_letter_in_24_hours(
    many: int, outbox: OutboxServer, now: datetime
) -> None:
    for n in range(many):
        at = now + timedelta(seconds=80_000 / many * n)  # from ten thousand networks, over 22 hours
        network = subscribe.network_key(ip_address(f"10.{n // 250}.{n % 250}.7"))
        subscribe.ask("victim@example.org", "/", network, at)
        if n % (many // 20) == 0:
            turn(at)
    turn(now + timedelta(hours=23))
    assert len(outbox.accepted) == 1
    assert Subscriber.objects.count() == 1


@MANY
def test_one_network_naming_any_number_sends_at_most_20_letters_in_any_hour(
    many: int, outbox: OutboxServer, now: datetime
) -> None:
    sent = []
    for n in range(many):
        at = now + timedelta(seconds=18_000 / many * n)  # five hours of it
        subscribe.ask(f"reader{n}@d{n}.example", "/", subscribe.network_key(ip_address(f"203.0.113.{n % 256}")), at)
        if n % (many // 50) == 0:
            before = len(outbox.accepted)
            turn(at)
            sent += [at] * (len(outbox.accepted) - before)
    busiest = max(sum(start <= each < start + timedelta(hours=1) for each in sent) for start in sent)
    assert 10 <= busiest <= 20


def test_an_ask_does_the_same_work_for_every_address(site: Path, now: datetime) -> None:
    """The same statements, in number and in words: there is nothing for a clock to find."""
    digest = world.digest()
    subscribe.add_confirmed("known@example.org", digest, now)
    left = subscribe.add_confirmed("left@example.org", digest, now)
    gone = subscribe.add_confirmed("gone@example.org", digest, now)
    assert left
    assert gone
    subscribe.leave(left.token, now)
    subscribe.suppress(gone, now, "550 5.1.1")
    world.subscriber("pending@example.org", state="pending", confirmed_at=None)
    subscribe.ask("first@example.org", "/", "n", now)
    seen = set()
    for name in ("fresh", "known", "left", "gone", "pending"):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            subscribe.ask(f"{name}@example.org", "/", "n", now)
        said = [re.sub(r"'[^']*'|\d+(\.\d+)?", "?", each["sql"]) for each in caught.captured_queries]
        seen.add("\n".join(said))
        assert not any("corante_subscriber" in each for each in said)
    assert len(seen) == 1


def press(client: Client, address: str, **more: str) -> Any:
    return client.post("/subscribe/", {"email": address, "page": "/"} | more)


def stamp_in(answer: Any) -> str:
    found = re.search(rb'name="stamp" value="([^"]+)"', answer.content)
    return found[1].decode() if found else ""


@pytest.fixture
def storm(site: Path) -> datetime:
    """More sign-ups in this hour than in any other."""
    start = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
    for _ in range(200):
        count_ask(start)
    return start


def test_under_pressure_the_form_asks_for_a_second_press_of_known_and_unknown_alike(
    client: Client, storm: datetime
) -> None:
    world.subscriber("known@example.org")
    with time_machine.travel(storm, tick=False):
        answers = [press(client, f"{name}@example.org").content for name in ("known", "fresh", "robot")]
        plain = {re.sub(rb'value="[^"]*"', b"", each) for each in answers}
        assert len(plain) == 1
        assert not Ask.objects.exists()


def test_the_second_press_counts_after_five_seconds_once_and_for_its_address_only(
    client: Client, storm: datetime
) -> None:
    with time_machine.travel(storm, tick=False):
        stamp = stamp_in(press(client, "reader@example.org"))
        assert stamp_in(press(client, "reader@example.org", stamp=stamp))  # too fast for a person
    with time_machine.travel(storm + timedelta(seconds=9), tick=False):
        assert stamp_in(press(client, "other@example.org", stamp=stamp))
        assert not Ask.objects.exists()
        assert not stamp_in(press(client, "reader@example.org", stamp=stamp))
        assert Ask.objects.get().address == "reader@example.org"
        assert stamp_in(press(client, "reader@example.org", stamp=stamp))  # used up
    with time_machine.travel(storm + timedelta(hours=2), tick=False):
        assert stamp_in(press(client, "reader@example.org", stamp=stamp))  # too old
    assert Ask.objects.count() == 1


def test_stamps_leave_no_more_rows_than_sign_ups_that_count(client: Client, storm: datetime) -> None:
    """A robot that fetches stamps and waits for each fills no table: its network's allowance bounds what is kept."""
    with time_machine.travel(storm, tick=False):
        held = {f"reader{n}@d{n}.example": stamp_in(press(client, f"reader{n}@d{n}.example")) for n in range(30)}
    assert Bucket.objects.exclude(key__startswith="h:").count() == 0
    with time_machine.travel(storm + timedelta(seconds=9), tick=False):
        for address, stamp in held.items():
            assert not stamp_in(press(client, address, stamp=stamp))
    assert Ask.objects.count() == NETWORK.burst
    assert Bucket.objects.filter(key__startswith="s:").count() == NETWORK.burst


def test_without_pressure_one_press_is_enough(client: Client, site: Path) -> None:
    assert b"Look into your mail" in press(client, "reader@example.org").content
    assert Ask.objects.count() == 1


def test_a_storm_makes_letters_wait_until_it_is_over_or_the_operator_knows_why(
    outbox: OutboxServer, storm: datetime
) -> None:
    subscribe.ask("reader@example.org", "/", "n", storm)
    turn(storm)
    assert "200 sign-ups in an hour" in subscribe.storm(storm).replace("201", "200")
    assert not outbox.accepted
    subscribe.calm(storm)
    turn(storm + timedelta(minutes=6))
    assert len(outbox.accepted) == 1
    Bucket.objects.filter(key="calm").delete()
    assert subscribe.storm(storm + timedelta(minutes=6))
    assert not subscribe.storm(storm + timedelta(hours=2))


def test_a_busy_site_is_not_taken_for_a_storm(site: Path, now: datetime) -> None:
    for hour in range(2, 720):
        at = now - timedelta(hours=hour)
        Bucket.objects.create(key=f"h:{at:%Y-%m-%dT%H}", tokens=40, at=at)
    Bucket.objects.create(key=f"h:{now:%Y-%m-%dT%H}", tokens=300, at=now)
    assert not subscribe.storm(now)
    Bucket.objects.filter(key=f"h:{now:%Y-%m-%dT%H}").update(tokens=500)
    assert "usually 40" in subscribe.storm(now)
