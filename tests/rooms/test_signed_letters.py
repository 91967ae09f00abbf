"""What leaves by a real connection is signed, verifies, and is the same when it is sent again."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any

import dkim
import pytest

from corante import deliver, subscribe
from corante.catalog import signing
from corante.models import Subscriber
from tests.fakes import letters, returned
from tests.fakes.smtp import Fault, SmtpServer

pytestmark = pytest.mark.django_db


def with_relay(settings: Any, server: SmtpServer, **changes: Any) -> None:
    settings.CORANTE = dataclasses.replace(settings.CORANTE, sender="news@example.org", smtp=server.address, **changes)
    signing.make_missing()


def verified(letter: bytes, index: int) -> bool:
    signer = signing.signer()
    assert signer
    zone = {f"{key.selector}._domainkey.example.org.".encode(): key.record.encode() for key in signer.keys}
    return bool(dkim.DKIM(letter).verify(idx=index, dnsfunc=lambda name, **_: zone[name]))


@pytest.mark.parametrize("mode", ["rsa", "ed25519", "both"])
def test_an_edition_leaves_signed_as_the_setting_says(mode: str, site: Path, settings: Any, now: datetime) -> None:
    edition = letters.frozen(2)
    with SmtpServer() as server:
        with_relay(settings, server, dkim=mode)
        deliver.work([edition.pk], lambda: now)
    assert len(server.letters) == 2
    for letter in server.letters:
        assert letter.count(b"DKIM-Signature:") == (2 if mode == "both" else 1)
        assert all(verified(letter, index) for index in range(letter.count(b"DKIM-Signature:")))


def test_a_letter_sent_again_out_of_doubt_is_identical_signature_and_all(
    site: Path, settings: Any, now: datetime
) -> None:
    edition = letters.frozen(1)
    with SmtpServer(faults=[Fault("stored", "drop", (1,))]) as server:
        with_relay(settings, server, dkim="both")
        for _ in range(3):
            deliver.work([edition.pk], lambda: now)
    assert len(server.letters) == 2
    assert len(set(server.letters)) == 1


def test_without_its_key_nothing_leaves_and_the_edition_says_why(site: Path, settings: Any, now: datetime) -> None:
    edition = letters.frozen(1)
    with SmtpServer() as server:
        with_relay(settings, server, dkim="rsa")
        (site / "dkim" / "corante.pem").unlink()
        deliver.work([edition.pk], lambda: now)
    assert server.letters == []
    edition.refresh_from_db()
    assert edition.state == "held"
    assert "corante doctor" in edition.state_why


def test_the_letter_that_asks_back_is_signed_and_its_return_suppresses(
    site: Path, settings: Any, now: datetime
) -> None:
    with SmtpServer() as server:
        with_relay(settings, server, dkim="rsa")
        subscribe.ask("reader@example.net", "/", "n", now)
        subscribe.take_asks(subscribe.asks_due(now, 5), lambda: now)
        assert subscribe.work(subscribe.due(now, 5), lambda: now).done == 1
    assert verified(server.letters[0], 0)
    assert server.senders[0].startswith("returns+c")
    some = letters.frozen(1).deliveries.get()
    came_back = returned.report(some)
    came_back = (
        came_back[: came_back.index(b"To: ")]
        + b"To: "
        + server.senders[0].encode()
        + came_back[came_back.index(b"\r\nSubject") :]
    )
    assert subscribe.receive(came_back, "mailbox", now) == "hard"
    assert Subscriber.objects.get(address="reader@example.net").state == "suppressed"
    some.refresh_from_db()
    assert some.subscriber.state == "confirmed"
