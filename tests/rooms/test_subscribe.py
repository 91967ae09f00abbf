"""Nobody is signed up by someone else, and nobody's mailbox is a weapon."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from corante import subscribe
from corante.core.mailboxes import NotAnAddress
from corante.mail.outbox import OutboxServer, list_letters
from corante.models import Bucket, Consent, Subscriber
from tests.fakes import world

pytestmark = pytest.mark.django_db


def network(n: int) -> str:
    return subscribe.network_key(ip_address(f"10.{n // 250}.{n % 250}.7"))


def ask(address: str, page: str, network: str, now: datetime) -> None:
    """The web writes down that someone asked; the worker looks at it."""
    subscribe.ask(address, page, network, now)
    subscribe.take_asks(subscribe.asks_due(now, 1000), lambda: now)


def send(now: datetime) -> int:
    return subscribe.work(subscribe.due(now, 1000), lambda: now).done


def test_many_sign_ups_naming_one_victim_send_one_letter_a_day_and_three_ever(
    outbox: OutboxServer, now: datetime
) -> None:
    for day in range(5):
        for n in range(40):
            ask("Victim@Example.org", "/", network(n), now + timedelta(days=day, minutes=n))
            send(now + timedelta(days=day, minutes=n))
        assert len(outbox.accepted) == min(day + 1, 3)
    assert Consent.objects.filter(kind="asked").count() == 3


def test_one_network_naming_many_addresses_sends_at_most_20_letters_an_hour(
    outbox: OutboxServer, now: datetime
) -> None:
    for n in range(600):
        at = now + timedelta(seconds=6 * n)
        ask(f"someone{n}@example{n}.org", "/", subscribe.network_key(ip_address(f"10.1.1.{n % 250}")), at)
    send(now + timedelta(hours=1))
    assert 10 <= len(outbox.accepted) <= 20


def test_one_domain_is_not_flooded_from_many_networks(outbox: OutboxServer, now: datetime) -> None:
    for n in range(300):
        ask(f"someone{n}@example.org", "/", network(n), now)
    assert len(subscribe.due(now, 1000)) == 60


def test_the_site_as_a_whole_has_a_cap(now: datetime) -> None:
    for n in range(400):
        ask(f"someone@example{n}.org", "/", network(n), now)
    assert len(subscribe.due(now, 1000)) == 300


def test_a_reader_is_told_at_most_once_a_week_that_they_have_it(outbox: OutboxServer, now: datetime) -> None:
    subscribe.add_confirmed("reader@example.org", world.digest(), now)
    for day in range(8):
        ask("reader@example.org", "/", network(day), now + timedelta(days=day))
        send(now + timedelta(days=day))
    assert len(outbox.accepted) == 2
    assert Subscriber.objects.get().state == "confirmed"


def test_a_suppressed_address_never_hears_from_us(outbox: OutboxServer, now: datetime) -> None:
    row = subscribe.add_confirmed("gone@example.org", world.digest(), now)
    assert row
    subscribe.suppress(row, now, "550 5.1.1")
    ask("gone@example.org", "/", network(1), now)
    assert send(now) == 0
    assert subscribe.confirm(row.token, now) is None


def test_a_mail_server_that_is_away_loses_no_letter(site: Path, now: datetime) -> None:
    ask("reader@example.org", "/", network(1), now)
    assert send(now) == 0
    assert subscribe.due(now, 5) == []
    later = now + timedelta(minutes=6)
    server = OutboxServer(django_settings.OUTBOX)
    server.start()
    try:
        assert send(later) == 1
    finally:
        server.stop()
    assert Subscriber.objects.get().confirmations == 1


def test_what_a_network_asks_beyond_its_allowance_leaves_nothing_behind(now: datetime) -> None:
    for n in range(40):
        ask(f"reader{n}@example.org", "/", network(1), now)
    assert Subscriber.objects.count() == Consent.objects.count() == 10


def test_domains_named_beyond_a_networks_allowance_leave_no_counters_behind(now: datetime) -> None:
    for n in range(40):
        ask(f"reader@d{n}.example", "/", network(1), now)
    assert Bucket.objects.filter(key__startswith="d:").count() == 10


def test_folding_makes_one_row_of_one_person(now: datetime) -> None:
    for n, typed in enumerate(("Reader@EXAMPLE.org", "reader@example.org ", "READER@Example.Org")):
        ask(typed, "/", network(n), now)
    assert Subscriber.objects.count() == 1


def test_an_international_domain_is_kept_in_its_ascii_form(now: datetime) -> None:
    ask("reader@пошта.укр", "/", network(1), now)
    assert Subscriber.objects.get().address == "reader@" + "пошта.укр".encode("idna").decode()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "a@b",
        "a b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "alice@example.org)bob@evil",
        "a" * 300 + "@x.org",
    ],
)
def test_what_is_no_address_is_refused(typed: str, now: datetime) -> None:
    with pytest.raises(NotAnAddress):
        ask(typed, "/", network(1), now)
    assert not Subscriber.objects.exists()


def test_an_unconfirmed_address_is_forgotten_after_a_week_but_its_count_is_not(
    outbox: OutboxServer, now: datetime
) -> None:
    ask("victim@example.org", "/", network(1), now)
    send(now)
    assert subscribe.sweep(now + timedelta(days=8)).done == 1
    row = Subscriber.objects.get()
    assert (row.address, row.confirmations) == ("", 1)
    assert not Consent.objects.exclude(network="").exists()
    ask("victim@example.org", "/", network(1), now + timedelta(days=9))
    row.refresh_from_db()
    assert row.address == "victim@example.org"


def test_a_list_exports_and_imports_back_equal(now: datetime) -> None:
    digest = world.digest()
    for n in range(3):
        row = subscribe.add_confirmed(f"reader{n}@example.org", digest, now, page="asked on paper")
        assert row
        Subscriber.objects.filter(pk=row.pk).update(hour=n, time_zone="Asia/Tokyo", language="uk")
    gone = subscribe.add_confirmed("gone@example.org", digest, now)
    assert gone
    subscribe.leave(gone.token, now)
    out = io.StringIO()
    assert subscribe.write_list(out) == 4
    before = list(Subscriber.objects.order_by("address").values("address", "key", "hour", "time_zone", "language"))
    Consent.objects.all().delete()
    Subscriber.objects.all().delete()
    result = subscribe.read_list(io.StringIO(out.getvalue()), digest, now)
    assert (result.added, result.suppressed, result.refused) == (3, 1, [])
    after = list(Subscriber.objects.order_by("address").values("address", "key", "hour", "time_zone", "language"))
    assert after == before
    assert subscribe.add_confirmed("gone@example.org", digest, now) is None


def test_an_exported_address_cannot_run_as_a_formula(now: datetime) -> None:
    subscribe.add_confirmed("=cmd@example.org", world.digest(), now)
    out = io.StringIO()
    subscribe.write_list(out)
    assert "\n'=cmd@example.org" in out.getvalue()


@pytest.mark.parametrize(
    ("lines", "added", "suppressed", "refused"),
    [
        ("email,status,created_at\na@example.org,enabled,2025-01-01\nb@example.org,blocklisted,2025-01-01\n", 1, 1, 0),
        ("Email Address,Status,OPTIN_TIME\na@example.org,,2025-01-01\nb@example.org,cleaned,\n", 1, 1, 0),
        (
            "id,email,subscribed_to_emails,created_at\n1,a@example.org,true,2025-01-01\n2,b@example.org,false,2025\n",
            1,
            1,
            0,
        ),
        ("email\na@example.org\nnonsense\n", 0, 0, 2),
    ],
    ids=["listmonk", "mailchimp", "ghost", "without consent"],
)
def test_other_houses_lists_come_in_with_those_who_left_kept_out(
    lines: str, added: int, suppressed: int, refused: int, now: datetime
) -> None:
    result = subscribe.read_list(io.StringIO(lines), world.digest(), now)
    assert (result.added, result.suppressed, len(result.refused or ())) == (added, suppressed, refused)


def test_the_letter_that_asks_back_speaks_the_sites_language_from_its_subject_on(
    outbox: OutboxServer, settings: Any, now: datetime
) -> None:
    settings.CORANTE = replace(settings.CORANTE, language="de", title="Hafenblatt")
    ask("leser@example.org", "/", network(1), now)
    assert send(now) == 1
    (kept,) = list_letters(settings.OUTBOX)
    assert kept.subject == "Hafenblatt: Waren Sie das?"
