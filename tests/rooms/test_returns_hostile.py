"""Anyone may write to the address that returns come to: no mail of theirs stops the reading of another."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from corante import deliver, subscribe
from corante.core.bounces import Meaning
from corante.models import Bounce, Subscriber
from corante.subscribe.identity import Concerned
from corante.subscribe.returns import note
from tests.fakes import letters, world
from tests.fakes.smtp import Fault, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = b"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
HOSTILE = {
    "nested": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3_000)
    ),
    "within": b"Content-Type: message/rfc822\r\n\r\n" * 8_000,
    "pieces": b"Content-Type: text/plain; " + b"a*0*=utf-8''x;" * 18_000 + b"\r\n\r\nundeliverable",
    "many": b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 100_000,
    "slow": b"Content-Type: text/plain; charset=punycode\r\n\r\n\x80-" + b"999z" * 60_000,
    "header": b"X: " + b"a" * 2_000_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_mail_made_to_break_its_reader_is_nobodys_return(now: datetime, kind: str) -> None:
    assert subscribe.receive(HEAD + HOSTILE[kind], "mailbox", now) == ""


def test_a_mailbox_is_read_on_behind_mails_made_to_break_their_reader(
    tmp_path: Path, settings: object, site: Path, now: datetime
) -> None:
    box = tmp_path / "Maildir"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    for n, kind in enumerate(("nested", "within", "pieces")):
        (box / "new" / f"{n}").write_bytes(HEAD + HOSTILE[kind])
    settings.CORANTE = dataclasses.replace(django_settings.CORANTE, returns=f"maildir:{box}")  # type: ignore[attr-defined]
    tally = subscribe.look(subscribe.boxes_due(now, 10), lambda: now)
    assert (tally.failed, tally.note) == (0, "3 letters there are not for us")


def test_what_a_server_wrote_in_control_characters_is_kept_without_them(now: datetime) -> None:
    reader = world.subscriber(of=world.digest())
    words = "550 5.1.1\x00 nobody\u202e here\x1b[2J"
    assert note(Concerned(reader, None), Meaning("hard", "5.1.1\x00", "no\x00"), words, "webhook", now, "key") == "hard"
    assert Bounce.objects.get().detail == "no: 550 5.1.1 nobody here[2J"
    assert Subscriber.objects.get().state == "suppressed"


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "one-by-one"])
def test_a_server_that_answers_in_control_characters_stops_no_edition(
    site: Path, settings: object, now: datetime, pipelining: bool
) -> None:
    edition = letters.frozen(3)
    faults = [Fault("rcpt", "550 5.1.1 no\x00 \x1b[2J\u202esuch <script>", (2,))]
    with SmtpServer(faults=faults, pipelining=pipelining) as server:
        settings.CORANTE = dataclasses.replace(  # type: ignore[attr-defined]
            django_settings.CORANTE, smtp=server.address, sender="news@example.org"
        )
        deliver.mark_ok(now)
        deliver.work([edition.pk], lambda: now)
    said = dict(edition.deliveries.values_list("state", "reply"))
    assert sorted(edition.deliveries.values_list("state", flat=True)) == ["accepted", "accepted", "rejected"]
    assert said["rejected"].endswith("no [2Jsuch <script>")
