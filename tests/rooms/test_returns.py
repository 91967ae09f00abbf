"""What comes back, from wherever, is read once and has its consequence; what is not ours is left alone."""

from __future__ import annotations

import base64
import dataclasses
import hmac
import io
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from corante import deliver, subscribe
from corante.core.bounces import Meaning
from corante.core.config import ConfigError, read_config
from corante.core.delivering import message_id, return_path
from corante.core.mailboxes import read_mailbox
from corante.mail.postbox import AT_ONCE
from corante.models import Bounce, Delivery, Edition, Instance, Postbox, Standstill, Subscriber
from corante.site.returned import signature
from tests.fakes import letters, returned, world
from tests.fakes.imap import ImapServer
from tests.fakes.smtp import SmtpServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(site: Path, now: datetime) -> Delivery:
    """One letter that was accepted."""
    return accepted(letters.frozen(1), now)[0]


def accepted(edition: Edition, now: datetime) -> list[Delivery]:
    for row in edition.deliveries.all():
        row.state, row.settled_at, row.code = "accepted", now, 250
        row.message_id = message_id(edition.pk, row.subscriber_id, "news.example", django_settings.SECRET_KEY)
        row.save()
    return list(edition.deliveries.order_by("pk"))


def state_of(row: Delivery) -> str:
    return Subscriber.objects.get(pk=row.subscriber_id).state


def test_an_unknown_address_is_suppressed_and_told_once(sent: Delivery, now: datetime) -> None:
    for _ in range(2):
        assert subscribe.receive(returned.report(sent), "mailbox", now) == "hard"
    assert state_of(sent) == "suppressed"
    assert Bounce.objects.count() == 1
    proof = sent.subscriber.consents.get(kind="suppressed")
    assert proof.page == "its address came back: no such address 5.1.1"


@pytest.mark.parametrize(
    ("status", "words", "kind", "state"),
    [
        ("5.1.2", "550 5.1.2 Host unknown", "hard", "suppressed"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "hard", "suppressed"),
        ("5.2.2", "552 5.2.2 Mailbox full", "soft", "confirmed"),
        ("4.4.1", "connect to mx.example.org: Connection timed out", "soft", "confirmed"),
        ("5.7.1", "550 5.7.1 Service unavailable; client host blocked using a block list", "policy", "confirmed"),
        ("5.7.26", "550 5.7.26 This mail is unauthenticated", "policy", "confirmed"),
        ("5.7.1", "550 5.7.1 something nobody has a phrase for", "policy", "confirmed"),
        ("5.1.1", "550 5.1.1 qqq", "hard", "suppressed"),
    ],
)
def test_a_return_is_what_its_words_and_status_say(
    status: str, words: str, kind: str, state: str, sent: Delivery, now: datetime
) -> None:
    assert subscribe.receive(returned.report(sent, status, words), "mailbox", now) == kind
    assert state_of(sent) == state


def test_a_policy_refusal_suppresses_nobody_and_leaves_the_domain_alone_for_longer_each_time(
    site: Path, now: datetime
) -> None:
    row, other = accepted(letters.frozen(2), now)
    Delivery.objects.filter(pk=other.pk).update(state="pending", next_try_at=now)
    blocked = ("5.7.1", "550 5.7.1 blocked")
    subscribe.receive(returned.report(row, *blocked), "mailbox", now)
    assert not Subscriber.objects.exclude(state="confirmed").exists()
    other.refresh_from_db()
    assert other.next_try_at == now + timedelta(hours=1)
    first = Standstill.objects.get()
    assert (first.domain, first.until, first.times) == ("example.org", now + timedelta(hours=1), 1)
    later = now + timedelta(hours=2)
    Bounce.objects.all().delete()
    subscribe.receive(returned.report(row, *blocked, key="2"), "mailbox", later)
    again = Standstill.objects.get()
    assert (again.until, again.times) == (later + timedelta(hours=2), 2)
    assert subscribe.lift("example.org", later)
    other.refresh_from_db()
    assert other.next_try_at == later
    assert not Standstill.in_force(later)


def test_a_lifted_domain_is_written_to_again_but_nobody_before_their_own_hour(sent: Delivery, now: datetime) -> None:
    hour = now + timedelta(hours=5)
    Delivery.objects.filter(pk=sent.pk).update(state="pending", due_at=hour, next_try_at=now + timedelta(hours=24))
    assert not subscribe.lift("example.org", now)
    sent.refresh_from_db()
    assert sent.next_try_at == hour


def test_an_edition_passes_over_a_domain_that_stands_still_and_comes_back_to_it(
    site: Path, settings: Any, now: datetime
) -> None:
    edition = letters.frozen(3)
    other = edition.deliveries.order_by("pk").last()
    assert other
    Subscriber.objects.filter(pk=other.subscriber_id).update(address="reader@elsewhere.example")
    Standstill.objects.create(domain="example.org", at=now, until=now + timedelta(hours=1))
    with SmtpServer() as server:
        settings.CORANTE = replaced(settings.CORANTE, smtp=server.address)
        deliver.work([edition.pk], lambda: now)
        assert server.recipients == ["reader@elsewhere.example"]
        assert edition.deliveries.filter(state="pending", next_try_at=now + timedelta(hours=1), tries=0).count() == 2
        later = now + timedelta(minutes=61)
        deliver.work(deliver.due(later, 5), lambda: later)
        assert len(server.recipients) == 3
    edition.refresh_from_db()
    assert edition.state == "closed"


def test_a_letter_that_fails_for_now_counts_over_editions_and_a_good_one_in_between_starts_anew(
    site: Path, now: datetime
) -> None:
    reader = world.subscriber(of=world.digest())
    made = []
    for day in range(13):
        at = now + timedelta(days=day)
        edition = Edition.objects.create(
            digest=reader.subscriptions.get().digest, slot_at=at, date=at.date(), number=day + 1, frozen_at=at,
            deadline_at=at + timedelta(hours=12), recipients=1,
        )  # fmt: skip
        made.append(Delivery.objects.create(edition=edition, subscriber=reader, due_at=at, next_try_at=at))
        accepted(edition, at)
        if day != 1:  # the second letter arrived
            subscribe.receive(returned.report(made[-1], "4.2.2", "452 4.2.2 Mailbox full"), "mailbox", at)
        reader.refresh_from_db()
        assert reader.state == ("suppressed" if day >= 12 else "confirmed"), day


def test_a_complaint_suppresses_although_the_provider_hides_the_address(sent: Delivery, now: datetime) -> None:
    assert subscribe.receive(returned.complaint(sent), "mailbox", now) == "complaint"
    assert state_of(sent) == "suppressed"


def test_a_report_that_our_signature_failed_is_no_readers_complaint(sent: Delivery, now: datetime) -> None:
    assert subscribe.receive(returned.complaint(sent, "auth-failure"), "mailbox", now) == "policy"
    sent.subscriber.refresh_from_db()
    assert sent.subscriber.state == "confirmed"
    assert subscribe.complaints(now).count == 0
    assert Standstill.objects.filter(domain=sent.subscriber.address.rpartition("@")[2]).exists()


def test_a_letter_taken_out_of_the_spam_folder_is_no_complaint(sent: Delivery, now: datetime) -> None:
    assert subscribe.receive(returned.complaint(sent, "not-spam"), "mailbox", now) == "delivered"
    assert state_of(sent) == "confirmed"


def test_three_complaints_in_a_thousand_stop_the_site_until_its_operator_says_so(site: Path, now: datetime) -> None:
    Instance.objects.create(key="k", sending_ok_at=now - timedelta(days=1), created_at=now)
    edition = letters.frozen(900)
    rows = accepted(edition, now)
    running = Edition.objects.create(
        digest=edition.digest, slot_at=now, date=now.date(), number=2, frozen_at=now, deadline_at=now, state="sending"
    )
    subscribe.receive(returned.complaint(rows[0]), "mailbox", now)
    assert subscribe.complaints(now).level == "alarm"
    assert Instance.objects.get().held_why == ""
    for row in rows[1:3]:
        subscribe.receive(returned.complaint(row), "mailbox", now)
    assert subscribe.complaints(now).level == "pause"
    assert "3 complaints out of 900 letters" in Instance.objects.get().held_why
    running.refresh_from_db()
    assert running.state == "paused"
    Instance.objects.update(sending_ok_at=now + timedelta(minutes=1), held_why="")
    subscribe.receive(returned.complaint(rows[4]), "mailbox", now + timedelta(hours=1))
    assert Instance.objects.get().held_why == ""  # what the operator answered for stops nothing again


def test_an_absence_says_nothing_about_the_address(sent: Delivery, now: datetime) -> None:
    assert subscribe.receive(returned.absence(sent), "mailbox", now) == "vacation"
    assert state_of(sent) == "confirmed"
    assert not Bounce.objects.exists()


def test_nobody_can_make_up_a_return_for_somebody_else(sent: Delivery, now: datetime) -> None:
    genuine = return_path(sent.pk, "news.example", django_settings.SECRET_KEY)
    forged = returned.report(sent).replace(genuine.encode(), f"returns+{sent.pk}-{'0' * 16}@news.example".encode())
    assert subscribe.receive(forged, "mailbox", now) == ""
    assert state_of(sent) == "confirmed"


def test_what_the_server_refused_at_the_door_counts_like_a_return(site: Path, now: datetime) -> None:
    rows = list(letters.frozen(3).deliveries.order_by("pk"))
    said = [
        (550, "5.1.1", "5.1.1 User unknown"),
        (550, "5.7.1", "5.7.1 blocked"),
        (None, "", "the address holds a character that may not stand in a letter's head"),
    ]
    for row, (code, status, reply) in zip(rows, said, strict=True):
        row.settle("reject", now, code, reply, status)
        row.save()
    ids = subscribe.refusals_due(now, 10)
    assert ids == [rows[0].pk, rows[1].pk]
    assert subscribe.take_refusals(ids, lambda: now).done == 2
    assert subscribe.refusals_due(now, 10) == []
    assert [state_of(row) for row in rows] == ["suppressed", "confirmed", "confirmed"]
    assert Standstill.objects.count() == 1


def test_a_letter_that_asked_back_and_came_back_suppresses_too(site: Path, now: datetime) -> None:
    reader = world.subscriber(state="pending", confirmed_at=None)
    path = subscribe.ask_return_path(reader.pk, "news.example")
    meaning = Meaning("hard", "5.1.1", "no such address")
    assert subscribe.report([path], meaning, "550", now, "") == "hard"
    reader.refresh_from_db()
    assert reader.state == "suppressed"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[ImapServer]:
    with ImapServer() as server:
        settings.CORANTE = replaced(settings.CORANTE, returns=server.address)
        yield server


def replaced(config: Any, **changes: Any) -> Any:
    return dataclasses.replace(config, **changes)


def look(now: datetime) -> Any:
    return subscribe.look(subscribe.boxes_due(now, 1), lambda: now)


@pytest.mark.parametrize("offers", [("MOVE",), ("UIDPLUS",), ()], ids=["moved", "copied", "neither"])
def test_a_mailbox_is_read_by_uid_once_and_others_mail_stays(
    offers: tuple[str, ...], sent: Delivery, mailbox: ImapServer, now: datetime
) -> None:
    mailbox.offers = offers
    friend = mailbox.put(
        b"From: friend@example.org\r\nTo: news@news.example\r\nSubject: Thank you\r\n\r\nGood paper.\r\n"
    )
    mine = mailbox.put(returned.report(sent))
    assert look(now).done == 1
    assert state_of(sent) == "suppressed"
    assert friend in mailbox.folders["INBOX"]
    assert (mine in mailbox.folders["INBOX"]) == (not offers)
    assert (mine in mailbox.folders.get("Corante-Read", {})) == bool(offers)
    assert look(now + timedelta(minutes=1)).done == 0  # not due
    look(now + timedelta(minutes=6))
    assert mailbox.fetched == [friend, mine]  # nothing is fetched twice
    mailbox.validity += 1  # the server numbered anew: read all again, count nothing twice
    look(now + timedelta(minutes=12))
    assert friend in mailbox.fetched[2:]
    assert Bounce.objects.count() == 1


def test_a_mailbox_that_is_away_is_said_without_its_password_and_asked_again(
    sent: Delivery, settings: Any, now: datetime
) -> None:
    settings.CORANTE = replaced(settings.CORANTE, returns="imap://me:secret@127.0.0.1:9/INBOX")
    assert look(now).failed == 1
    trouble = Postbox.objects.get().trouble
    assert "127.0.0.1" in trouble
    assert "secret" not in trouble
    assert subscribe.boxes_due(now + timedelta(minutes=4), 1) == []
    assert subscribe.boxes_due(now + timedelta(minutes=6), 1)


def test_a_maildir_is_read_and_what_is_not_ours_stays_new(
    sent: Delivery, settings: Any, tmp_path: Path, now: datetime
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1.a").write_bytes(returned.report(sent))
    (tmp_path / "new" / "2.b").write_bytes(b"From: friend@example.org\r\nSubject: hello\r\n\r\nhello\r\n")
    settings.CORANTE = replaced(settings.CORANTE, returns=f"maildir:{tmp_path}")
    assert look(now).done == 1
    assert [file.name for file in (tmp_path / "cur").iterdir()] == ["1.a:2,S"]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["2.b"]


def test_a_return_behind_hundreds_of_strangers_in_a_maildir_is_reached(
    sent: Delivery, settings: Any, tmp_path: Path, now: datetime
) -> None:
    (tmp_path / "new").mkdir()
    for number in range(AT_ONCE + 5):
        (tmp_path / "new" / f"1.{number:03}").write_bytes(
            b"From: friend@example.org\r\nSubject: hello\r\n\r\nhello\r\n"
        )
    (tmp_path / "new" / "2.last").write_bytes(returned.report(sent))
    settings.CORANTE = replaced(settings.CORANTE, returns=f"maildir:{tmp_path}")
    assert look(now).done == 0
    assert look(now + timedelta(minutes=6)).done == 1


def test_a_pipe_brings_one_return_in(sent: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = returned.report(sent).replace(b"To: returns+", b"X-Was: nobody+")
    path = return_path(sent.pk, "news.example", django_settings.SECRET_KEY)
    (django_settings.CORANTE_DIR / "corante.toml").touch()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(hidden)))
    call_command("bounces", "--stdin", "--to", path)
    assert state_of(sent) == "suppressed"
    assert Bounce.objects.get().source == "pipe"


def post(client: Client, body: bytes, kind: str = "application/json", at: float | None = None, secret: str = "") -> int:
    moment = int(at if at is not None else datetime.now(UTC).timestamp())
    signed = signature(secret or subscribe.hook_secret(), moment, body)
    answer = client.post("/returns/hook", body, content_type=kind, headers={"Corante-Signature": signed})
    return answer.status_code


def test_a_webhook_acts_only_on_what_is_signed_and_fresh(sent: Delivery, client: Client) -> None:
    path = return_path(sent.pk, "news.example", django_settings.SECRET_KEY)
    body = json.dumps({"kind": "hard", "to": path, "status": "5.1.1", "words": "550 no", "id": "1"}).encode()
    hour_ago = datetime.now(UTC).timestamp() - 3600
    assert post(client, body, secret="guessed") == 403
    assert post(client, body, at=hour_ago) == 403
    assert client.post("/returns/hook", body, content_type="application/json").status_code == 403
    assert client.get("/returns/hook").status_code == 405
    assert state_of(sent) == "confirmed"
    assert post(client, b'{"kind": "joy"}') == 400
    assert post(client, b"[1]") == 400
    assert post(client, body) == 204
    assert state_of(sent) == "suppressed"


def test_a_webhook_takes_the_returned_mail_itself(sent: Delivery, client: Client) -> None:
    assert post(client, returned.report(sent), "message/rfc822") == 204
    assert state_of(sent) == "suppressed"


def test_providers_webhooks_are_read_where_anymail_is_installed(sent: Delivery, client: Client) -> None:
    pytest.importorskip("anymail", reason="the extra `webhooks` is not installed")
    sign_in = "Basic " + base64.b64encode(f"corante:{subscribe.hook_secret()}".encode()).decode()
    event = {
        "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "TypeCode": 1, "Email": sent.subscriber.address,
        "Description": "The server was unable to deliver your message", "Details": "smtp;550 5.1.1 User unknown",
        "MessageID": "x", "BouncedAt": "2026-11-22T08:12:00Z",
    }  # fmt: skip
    Subscriber.objects.filter(pk=sent.subscriber_id).update(
        key=subscribe.subscriber_key(read_mailbox(sent.subscriber.address))
    )
    ask = {"data": json.dumps(event), "content_type": "application/json"}
    assert client.post("/returns/by/postmark", **ask).status_code == 400
    assert state_of(sent) == "confirmed"
    assert client.post("/returns/by/postmark", **ask, headers={"Authorization": sign_in}).status_code == 200
    assert state_of(sent) == "suppressed"


def mailgun(sent: Delivery, key: str) -> tuple[bytes, dict[str, str]]:
    """A report in Mailgun's form: the signature, over time and token, stands in it."""
    at, token = "1795335120", "50dcec4a2d0ef27036c44ff39a2a3ab1f3d9ac7a0000000000"
    told = {
        "signature": {"timestamp": at, "token": token, "signature": _signed(key, f"{at}{token}".encode())},
        "event-data": {
            "event": "failed", "severity": "permanent", "reason": "bounce", "timestamp": 1795335119.2, "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "recipient": sent.subscriber.address, "message": {"headers": {"message-id": sent.message_id.strip("<>")}},
            "delivery-status": {"code": 550, "message": "5.1.1 The email account that you tried to reach does not exist"},
        },
    }  # fmt: skip
    return json.dumps(told).encode(), {}


def mailersend(sent: Delivery, key: str, kind: str = "hard_bounced") -> tuple[bytes, dict[str, str]]:
    """A report in MailerSend's form: the signature, over the whole body, stands in a header."""
    told = {
        "type": f"activity.{kind}", "domain_id": "yv69oxl5kl785kw2", "created_at": "2026-11-22T08:12:00.000000Z",
        "data": {
            "object": "activity", "id": "62f114f8165fe0d8db0288e3", "type": kind, "created_at": "2026-11-22T08:12:00.000000Z",
            "email": {
                "object": "email", "id": "62f114f7165fe0d8db0288e2", "subject": "Your day", "status": "rejected",
                "message": {"object": "message", "id": "62fb66bef54a112e920b5493"},
                "headers": {"Message-ID": sent.message_id}, "recipient": {"object": "recipient", "email": sent.subscriber.address},
            },
            "morph": {"object": "recipient_bounce", "reason": "Host or domain name not found"},
        },
    }  # fmt: skip
    body = json.dumps(told).encode()
    return body, {"Signature": _signed(key, body)}


def _signed(key: str, what: bytes) -> str:
    return hmac.new(key.encode(), what, "sha256").hexdigest()


@pytest.mark.parametrize(("provider", "signed"), [("mailgun", mailgun), ("mailersend", mailersend)])
def test_a_provider_that_signs_with_its_own_key_is_believed_by_that_key_alone(
    provider: str,
    signed: Callable[[Delivery, str], tuple[bytes, dict[str, str]]],
    sent: Delivery,
    client: Client,
    settings: Any,
) -> None:
    pytest.importorskip("anymail", reason="the extra `webhooks` is not installed")

    def post(key: str) -> int:
        body, headers = signed(sent, key)
        path = f"/returns/by/{provider}"
        return client.post(path, body, content_type="application/json", headers=headers).status_code

    assert post("the provider's") == 404, "no key is known, so nobody can be believed"
    settings.CORANTE = replaced(settings.CORANTE, webhook_keys=(f"{provider}:the-key",))
    assert post("guessed") == 400
    assert state_of(sent) == "confirmed"
    assert post("the-key") == 200
    assert state_of(sent) == "suppressed"
    assert Bounce.objects.get().kind == "hard"


def test_what_mailersend_calls_soft_suppresses_nobody(sent: Delivery, client: Client, settings: Any) -> None:
    pytest.importorskip("anymail", reason="the extra `webhooks` is not installed")
    settings.CORANTE = replaced(settings.CORANTE, webhook_keys=("mailersend:the-key",))
    body, headers = mailersend(sent, "the-key", "soft_bounced")
    assert (
        client.post("/returns/by/mailersend", body, content_type="application/json", headers=headers).status_code == 200
    )
    assert state_of(sent) == "confirmed"
    assert Bounce.objects.get().kind == "soft"


@pytest.mark.parametrize("provider", ["mandrill", "postal", "unisender_go"])
def test_a_provider_that_anymail_can_not_read_here_is_not_there(provider: str, client: Client, site: Path) -> None:
    pytest.importorskip("anymail", reason="the extra `webhooks` is not installed")
    sign_in = "Basic " + base64.b64encode(f"corante:{subscribe.hook_secret()}".encode()).decode()
    ask = {"data": b"{}", "content_type": "application/json"}
    assert client.post(f"/returns/by/{provider}", **ask).status_code == 404
    assert client.post(f"/returns/by/{provider}", **ask, headers={"Authorization": sign_in}).status_code == 404


def test_a_key_of_no_known_provider_is_refused_in_words() -> None:
    with pytest.raises(ConfigError, match="'postmark' is no mailgun:KEY or mailersend:KEY"):
        read_config({"title": "Harbour", "base_url": "https://news.example", "webhook_keys": ["postmark:x"]})
    with pytest.raises(ConfigError, match="a key without its provider is no mailgun:KEY or mailersend:KEY"):
        read_config({"title": "Harbour", "base_url": "https://news.example", "webhook_keys": ["hunter3"]})


def test_without_anymail_its_address_is_not_there(client: Client, site: Path) -> None:
    wanted = 404 if find_spec("anymail") is None else 400
    assert client.post("/returns/by/postmark", b"{}", content_type="application/json").status_code == wanted
    assert client.post("/returns/by/nobody", b"{}", content_type="application/json").status_code == 404
