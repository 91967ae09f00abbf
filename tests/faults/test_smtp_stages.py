"""Every stage of an SMTP conversation, each answered once "later", "never", not at all, or by hanging up.

Rule proven: nobody is missed and nobody gets a letter twice, but for the one answer a server can hide (after it kept
the letter); "never" settles one address only where it is about the address, and pauses the edition where it is about us.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from corante import deliver, digest
from corante.deliver.accounts import check, counts
from corante.mail.routes import Route, RouteError, read_route
from corante.mail.smtp import Connection
from tests.fakes import letters, tls
from tests.fakes.smtp import Fault, SmtpServer, impatient, use

pytestmark = pytest.mark.django_db

LETTERS = 6
ANSWERS = {"later": "451 4.3.0 come again", "never": "554 5.5.0 no", "hangs": "hang", "hangs up": "drop"}


@dataclass(frozen=True)
class Outcome:
    """What one fault may cost."""

    refused: int = 0
    pauses: str = ""
    twice: int = 0


FINE = Outcome()
ADDRESS = Outcome(refused=1)
US = Outcome(pauses="refuses us as sender")
LOGIN = Outcome(pauses="refuses the login")
HIDDEN = Outcome(twice=1)

TABLE = {
    # stage       later  never    hangs   hangs up
    "connect": (FINE, FINE, FINE, FINE),
    "ehlo": (FINE, FINE, FINE, FINE),
    "starttls": (FINE, FINE, FINE, FINE),
    "auth": (FINE, LOGIN, FINE, FINE),
    "mail": (FINE, US, FINE, FINE),
    "rcpt": (FINE, ADDRESS, FINE, FINE),
    "data": (FINE, ADDRESS, FINE, FINE),
    "body": (FINE, ADDRESS, FINE, FINE),
    "dot": (FINE, ADDRESS, FINE, FINE),
    "rset": (ADDRESS, ADDRESS, ADDRESS, ADDRESS),  # said after a refusal, which settles its address
    "quit": (FINE, FINE, FINE, FINE),
    "stored": (None, None, HIDDEN, HIDDEN),  # a server that keeps a letter and denies it is beyond help
}
ROWS = [
    pytest.param(stage, how, outcome, id=f"{stage}-{how}".replace(" ", "-"))
    for stage, row in TABLE.items()
    for how, outcome in zip(ANSWERS, row, strict=True)
    if outcome
]


@pytest.fixture
def server_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mail server's certificate we trust, and no address that counts as our own machine."""
    file = tls.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setattr(Route, "loopback", False)
    return file


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "one-by-one"])
@pytest.mark.parametrize(("stage", "how", "outcome"), ROWS)
def test_a_fault_at_any_stage_costs_what_the_table_says(
    site: Path,
    settings: Any,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    server_file: Path,
    stage: str,
    how: str,
    outcome: Outcome,
    pipelining: bool,
) -> None:
    edition, at = letters.frozen(LETTERS), [now]
    faults = [Fault(stage, ANSWERS[how], (2,))]
    if stage == "auth":  # a second way to sign in is tried when the first is refused
        faults = [Fault(stage, ANSWERS[how], (2, 3))]
    if stage == "rset":
        faults = [Fault("rset", ANSWERS[how], (1,)), Fault("rcpt", "550 5.1.1 no such person", (2,))]
    with SmtpServer(faults=faults, pipelining=pipelining, tls=tls.server_side(server_file)) as server:
        if how == "hangs":
            impatient(monkeypatch, server)
        address = server.address.replace("//", "//who:what@")
        settings.CORANTE = replace(django_settings.CORANTE, smtp=address, sender="news@example.org", smtp_connections=2)
        deliver.mark_ok(now)
        paused = ""
        for _ in range(12):
            deliver.work([edition.pk], lambda: at[0])
            edition.refresh_from_db()
            if edition.state == "paused":
                paused = edition.state_why
                assert counts(edition)["rejected"] == 0
                digest.release(edition.pk, at[0])
            at[0] += timedelta(minutes=20)
    stood = counts(edition)
    assert edition.state == "closed"
    assert check(edition) == []
    assert (stood["accepted"], stood["rejected"]) == (LETTERS - outcome.refused, outcome.refused)
    assert outcome.pauses in paused
    assert bool(outcome.pauses) == bool(paused)
    assert len(set(server.accepted)) == LETTERS - outcome.refused
    assert len(server.twice()) == outcome.twice
    repeated = set(edition.deliveries.filter(repeated__gt=0).values_list("message_id", flat=True))
    assert set(server.twice()) <= repeated


@pytest.mark.parametrize("said", ["451 4.3.0 come again", "554 5.5.0 no"])
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "one-by-one"])
def test_a_word_against_what_went_before_costs_the_next_letter_nothing(
    settings: Any, now: datetime, said: str, pipelining: bool
) -> None:
    edition = letters.frozen(LETTERS)
    faults = [Fault("rcpt", "550 5.1.1 no such person", (2,)), Fault("rset", said)]
    with SmtpServer(faults=faults, pipelining=pipelining) as server:
        use(settings, server, smtp_connections=1)
        deliver.work([edition.pk], lambda: now)
        assert (server.reached["connect"], len(server.accepted)) == (1, LETTERS - 1)


def test_letters_stay_here_when_the_certificate_is_not_to_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "loopback", False)
    with SmtpServer(tls=tls.server_side(tls.certificate(tmp_path))) as server:
        with pytest.raises(RouteError, match="can't be verified") as refused:
            Connection(read_route(server.address))
        assert refused.value.ours
        assert server.logins == []


def test_letters_stay_here_when_no_encryption_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "loopback", False)
    with SmtpServer() as server, pytest.raises(RouteError, match="STARTTLS") as refused:
        Connection(read_route(server.address.replace("//", "//who:what@")))
    assert refused.value.ours
    assert server.logins == []
