"""The deliver room against a real SMTP server that misbehaves at every stage."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection

from corante import deliver
from corante.deliver.accounts import check
from corante.mail.outbox import OutboxServer, list_letters, read_letter
from corante.models import Delivery, Edition, Instance, Subscription
from tests.fakes import letters
from tests.fakes.clock import Clock
from tests.fakes.smtp import Fault, SmtpServer, impatient, use

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site: Path) -> None:
    """Every test has a folder of its own."""


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


def states(edition: Edition) -> Counter[str]:
    return Counter(edition.deliveries.values_list("state", flat=True))


def test_each_recipient_gets_one_letter_and_the_edition_closes(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(30)
    with SmtpServer() as server:
        use(settings, server)
        assert deliver.due(clock(), 10) == [edition.pk]
        deliver.work([edition.pk], clock)
    assert len(server.accepted) == 30
    assert not server.twice()
    edition.refresh_from_db()
    assert edition.state == "closed"
    assert check(edition) == []
    assert deliver.due(clock(), 10) == []


def test_a_server_without_pipelining_is_served_one_command_at_a_time(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(5)
    with SmtpServer(pipelining=False) as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
    assert sorted(server.recipients) == sorted(edition.deliveries.values_list("subscriber__address", flat=True))


def test_each_letter_has_a_return_path_of_its_own_that_names_its_delivery(settings: Any, clock: Clock) -> None:
    from corante.core.delivering import returned

    edition = letters.frozen(3)
    with SmtpServer() as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
    named = {returned(sender, django_settings.SECRET_KEY) for sender in server.senders}
    assert named == set(edition.deliveries.values_list("pk", flat=True))


STAGES = ("connect", "ehlo", "mail", "rcpt", "data", "body", "dot", "stored")


@pytest.mark.parametrize("how", ["451 4.3.0 later", "drop", "421 4.3.2 closing"])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("pipelining", [True, False])
def test_a_passing_fault_at_any_stage_loses_no_letter(
    settings: Any, clock: Clock, stage: str, how: str, pipelining: bool
) -> None:
    if stage == "stored" and how != "drop":
        pytest.skip("a server that keeps a letter and says it did not is beyond help")
    edition = letters.frozen(6)
    with SmtpServer(faults=[Fault(stage, how, (2,))], pipelining=pipelining) as server:
        use(settings, server, smtp_connections=2)
        for _ in range(12):
            deliver.work([edition.pk], clock)
            clock.go(minutes=20)
    assert set(server.accepted) == set(edition.deliveries.values_list("message_id", flat=True))
    assert states(edition) == {"accepted": 6}
    hidden = stage == "stored"
    assert len(server.twice()) <= (1 if hidden else 0)
    if server.twice():  # only what the server itself hid is repeated, and it is listed by name
        assert edition.deliveries.filter(repeated__gt=0, message_id__in=server.twice()).count() == len(server.twice())


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "body", "dot", "stored"])
def test_a_server_that_hangs_is_left_and_no_letter_is_lost(
    settings: Any, clock: Clock, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = letters.frozen(4)
    with SmtpServer(faults=[Fault(stage, "hang", (2,))]) as server:
        impatient(monkeypatch, server)
        use(settings, server, smtp_connections=2)
        for _ in range(8):
            deliver.work([edition.pk], clock)
            clock.go(minutes=20)
    assert states(edition) == {"accepted": 4}
    assert len(server.twice()) <= (1 if stage == "stored" else 0)


@pytest.mark.parametrize("stage", ["data", "body", "dot"])
def test_one_connection_that_hangs_does_not_keep_the_others_waiting(
    settings: Any, clock: Clock, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = letters.frozen(250)
    with SmtpServer(faults=[Fault(stage, "hang", (3,))]) as server:
        use(settings, server, smtp_connections=3)

        def stop() -> bool:
            if len(server.accepted) >= 248:  # all but the one that hangs and the one named behind its dot
                impatient(monkeypatch, server, 0.1)
            return False

        deliver.work([edition.pk], clock, stop)
    assert len(set(server.accepted)) >= 248
    assert not server.twice()


def test_a_refused_recipient_is_settled_at_once_with_the_servers_words(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(4)
    with SmtpServer(faults=[Fault("rcpt", "550 5.1.1 no such person", (2,))]) as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
    refused = edition.deliveries.get(state="rejected")
    assert (refused.code, refused.status) == (550, "5.1.1")
    assert "no such person" in refused.reply
    assert states(edition) == {"accepted": 3, "rejected": 1}


def test_a_deferred_letter_is_tried_with_growing_pauses_and_expires_after_48_hours(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(1)
    with SmtpServer(faults=[Fault("rcpt", "451 4.2.1 busy")]) as server:
        use(settings, server)
        for _ in range(49):
            if deliver.due(clock(), 1):
                deliver.work([edition.pk], clock)
            clock.go(hours=1)
        deliver.work([edition.pk], clock)
    assert states(edition) == {"expired": 1}
    assert 10 < server.reached["rcpt"] < 40
    edition.refresh_from_db()
    assert edition.state == "closed"


def test_the_48_hours_count_from_when_the_edition_started_if_that_was_later(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(1)
    Delivery.objects.update(due_at=clock() - timedelta(hours=40), next_try_at=clock())
    with SmtpServer(faults=[Fault("rcpt", "451 4.2.1 busy")]) as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
        clock.go(hours=9)
        deliver.work([edition.pk], clock)
        assert states(edition) == {"deferred": 1}
        assert edition.deliveries.get().next_try_at > clock()
        clock.go(hours=40)
        deliver.work([edition.pk], clock)
    assert states(edition) == {"expired": 1}


def test_a_failing_login_pauses_the_edition_and_touches_no_row(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(20)
    with SmtpServer(faults=[Fault("auth", "535 5.7.8 wrong password")]) as server:
        use(settings, server)
        settings.CORANTE = replace(settings.CORANTE, smtp=server.address.replace("//", "//who:what@"))
        deliver.work([edition.pk], clock)
    edition.refresh_from_db()
    assert edition.state == "paused"
    assert "refuses the login" in edition.state_why
    assert states(edition) == {"pending": 20}


def test_a_server_that_is_away_costs_no_try(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(5)
    settings.CORANTE = replace(django_settings.CORANTE, smtp="smtp://127.0.0.1:9", sender="news@example.org")
    deliver.work([edition.pk], clock)
    assert states(edition) == {"pending": 5}
    assert set(edition.deliveries.values_list("tries", flat=True)) == {0}
    assert deliver.due(clock(), 5) == []
    assert deliver.due(clock.go(minutes=2), 5) == [edition.pk]


def test_a_server_that_closes_after_some_letters_is_simply_called_again(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(40)
    with SmtpServer(close_after=3) as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
    assert states(edition) == {"accepted": 40}
    assert not server.twice()


def test_more_than_five_percent_refused_of_the_first_200_pauses_the_edition(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(260)
    with SmtpServer(faults=[Fault("rcpt", "550 5.7.1 go away", tuple(range(1, 100, 7)))]) as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
    edition.refresh_from_db()
    assert edition.state == "paused"
    assert "more than 5 %" in edition.state_why
    assert states(edition)["pending"] == 60


def test_who_leaves_during_the_send_gets_nothing_after_the_answer(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(12)
    last = edition.deliveries.order_by("-pk")[0].subscriber

    def leave(count: int) -> None:
        last.leave(clock())
        last.save()

    with SmtpServer() as server:
        use(settings, server, smtp_connections=2)
        left = []

        def stop() -> bool:
            if len(server.accepted) >= 4 and not left:
                left.append(True)
                leave(0)
            return False

        deliver.work([edition.pk], clock, stop)
    assert last.address not in server.recipients
    assert states(edition) == {"accepted": 11, "withdrawn": 1}


def test_who_left_the_digest_is_withdrawn(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(3)
    gone = edition.deliveries.order_by("pk")[0].subscriber
    Subscription.objects.filter(subscriber=gone).update(ended_at=clock())
    with SmtpServer() as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
    assert states(edition) == {"accepted": 2, "withdrawn": 1}


def test_a_late_edition_never_starts(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(3)
    clock.go(hours=13)
    assert deliver.due(clock(), 5) == []
    with SmtpServer() as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
    assert server.accepted == []


def test_a_letter_waits_for_its_readers_own_hour(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(2)
    late = edition.deliveries.order_by("pk")[0]
    at = clock() + timedelta(hours=5)
    Delivery.objects.filter(pk=late.pk).update(due_at=at, next_try_at=at)
    with SmtpServer() as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
        assert len(server.accepted) == 1
        assert deliver.due(clock(), 5) == []
        deliver.work(deliver.due(clock.go(hours=5), 5), clock)
    assert len(server.accepted) == 2


def test_a_stop_leaves_nothing_in_flight(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(50)
    with SmtpServer() as server:
        use(settings, server)
        deliver.work([edition.pk], clock, lambda: len(server.accepted) >= 8)
        assert set(states(edition)) == {"accepted", "pending"}
        deliver.work([edition.pk], clock)
    assert states(edition) == {"accepted": 50}
    assert not server.twice()


def test_held_doubt_waits_for_an_editor_and_keeps_the_edition_open(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(3)
    with SmtpServer(faults=[Fault("stored", "drop", (1,))]) as server:
        use(settings, server, doubt="hold", smtp_connections=1)
        deliver.work([edition.pk], clock)
        deliver.work([edition.pk], clock)
    edition.refresh_from_db()
    assert edition.state == "sending"
    assert states(edition) == {"accepted": 2, "in_doubt": 1}
    assert not server.twice()
    assert check(edition) == []


def test_held_doubt_is_listed_by_name_and_settled_by_command(
    settings: Any, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    edition = letters.frozen(3)
    with SmtpServer(faults=[Fault("stored", "drop", (1, 2))]) as server:
        use(settings, server, doubt="hold", smtp_connections=1)
        for _ in range(2):
            deliver.work([edition.pk], clock)
    (django_settings.CORANTE_DIR / "corante.toml").touch()
    Edition.objects.update(started_at=datetime.now(UTC))  # the command reads a clock of its own
    first, second = edition.deliveries.filter(state="in_doubt")
    call_command("deliveries", "doubt", edition=edition.pk)
    assert first.subscriber.address in capsys.readouterr().out
    call_command("deliveries", "doubt", arrived=[first.pk], again=[second.pk])
    call_command("deliveries", "doubt", arrived=[first.pk])
    assert "nothing changed" in capsys.readouterr().out
    assert states(edition) == {"accepted": 2, "pending": 1}
    assert edition.deliveries.get(state="pending").repeated == 1


def test_a_server_that_always_hides_its_word_is_not_hammered(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(1)
    with SmtpServer(faults=[Fault("stored", "drop")]) as server:
        use(settings, server)
        for _ in range(30):
            deliver.work([edition.pk], clock)
            clock.go(hours=1)
    assert len(server.accepted) == 4  # once, and three repeats
    assert len(set(server.letters)) == 1  # byte-identical
    assert states(edition) == {"in_doubt": 1}
    assert edition.deliveries.get().repeated == 3


def test_a_letter_in_doubt_of_a_closed_edition_is_sent_again_byte_identical(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(1)
    with SmtpServer(faults=[Fault("stored", "drop", (1, 2, 3, 4))]) as server:
        use(settings, server, smtp_connections=1)
        for _ in range(5):
            deliver.work([edition.pk], clock)
            clock.go(hours=1)
        edition.refresh_from_db()
        assert (edition.state, states(edition)) == ("closed", {"in_doubt": 1})
        row = edition.deliveries.get(state="in_doubt")
        assert deliver.send_again(row.pk, clock()) == ""
        assert edition.pk in deliver.due(clock(), 5)
        deliver.work([edition.pk], clock)
    edition.refresh_from_db()
    assert (edition.state, states(edition), check(edition)) == ("closed", {"accepted": 1}, [])
    assert len(server.letters) == 5
    assert len(set(server.letters)) == 1
    assert deliver.send_again(row.pk, clock()) == "It is not in doubt any more: nothing changed."


def test_what_was_due_48_hours_ago_is_not_sent_again_and_says_why(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(1)
    with SmtpServer(faults=[Fault("stored", "drop")]) as server:
        use(settings, server)
        for _ in range(5):
            deliver.work([edition.pk], clock)
            clock.go(hours=1)
    row = edition.deliveries.get(state="in_doubt")
    clock.go(hours=44)
    assert "too late to send it again" in deliver.send_again(row.pk, clock())
    assert states(edition) == {"in_doubt": 1}
    assert deliver.it_arrived(row.pk, clock()) == ""
    assert states(edition) == {"accepted": 1}


@pytest.mark.django_db(transaction=True)
def test_a_long_edition_needs_no_more_of_the_databases_memory_than_a_short_one(settings: Any, clock: Clock) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its pages to itself")

    def cached() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size")
            return int(cursor.fetchone()[0])

    seen: set[int] = set()
    before, edition = cached(), letters.frozen(3)
    with SmtpServer() as server:
        use(settings, server)
        deliver.work([edition.pk], clock, lambda: bool(seen.add(cached())))
    assert states(edition) == {"accepted": 3}
    assert -4096 in seen, "4 MB at most while letters leave"
    assert cached() == before != -4096


def test_the_outbox_keeps_letters_one_can_open(clock: Clock, settings: Any) -> None:
    edition = letters.frozen(3)
    outbox = OutboxServer(django_settings.OUTBOX)
    outbox.start()
    try:
        deliver.work([edition.pk], clock)
    finally:
        outbox.stop()
    lines = list_letters(django_settings.OUTBOX)
    assert len(lines) == 3
    opened = read_letter(django_settings.OUTBOX, lines[0].name)
    assert opened
    assert opened.subject == "Council votes to raise the sea wall, and 2 more"
    assert "https://" in opened.text or "http://" in opened.text
    assert read_letter(django_settings.OUTBOX, "../secret.key") is None


def test_the_outbox_settles_doubt_by_evidence(clock: Clock, settings: Any) -> None:
    edition = letters.frozen(2)
    outbox = OutboxServer(django_settings.OUTBOX)
    outbox.start()
    try:
        deliver.work([edition.pk], clock)
        Edition.objects.filter(pk=edition.pk).update(state="sending")
        kept, lost = edition.deliveries.order_by("pk")
        Delivery.objects.update(state="armed", armed_at=clock())
        lost_letter = next(line for line in list_letters(django_settings.OUTBOX) if lost.subscriber.address in line.to)
        (django_settings.OUTBOX / lost_letter.name).unlink()
        deliver.recover(clock)
        assert states(edition) == {"accepted": 1, "in_doubt": 1}  # the second may still be being written
        clock.go(seconds=3)
        deliver.work(deliver.due(clock(), 5), clock)
    finally:
        outbox.stop()
    assert states(edition) == {"accepted": 2}
    assert len(outbox.accepted) == 3
    assert outbox.accepted.count(kept.message_id or Delivery.objects.get(pk=kept.pk).message_id) == 1


def test_a_restored_installation_holds_its_edition_and_says_the_way_out(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(2)
    settings.CORANTE = replace(django_settings.CORANTE, smtp="smtp://mail.example.org:587", sender="news@example.org")
    deliver.mark_ok(clock())
    Instance.objects.update(key="another")
    deliver.work([edition.pk], clock)
    edition.refresh_from_db()
    assert edition.state == "held"
    assert "corante doctor --send-anyway" in edition.state_why


def test_accounts_name_the_identity_that_fails(clock: Clock) -> None:
    edition = letters.frozen(3)
    Edition.objects.filter(pk=edition.pk).update(recipients=4)
    edition.refresh_from_db()
    assert any("4" in line and "3" in line for line in check(edition))
