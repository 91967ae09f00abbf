"""What holds letters back: rates, a sender's warm-up, pauses, and the breaker; and what evidence is worth."""

from __future__ import annotations

import gzip
import os
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st

from corante import deliver, digest
from corante.core.config import Config, ConfigError
from corante.core.delivering import return_path
from corante.core.pacing import Limits, Pace, allowance
from corante.deliver.accounts import counts
from corante.mail import postfix
from corante.models import Delivery, Edition
from tests.fakes import letters
from tests.fakes.clock import Clock
from tests.fakes.smtp import Fault, SmtpServer, use

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site: Path) -> None:
    """Every test has a folder of its own."""


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@given(
    st.integers(1, 600),
    st.integers(0, 600),
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 5)), min_size=1, max_size=80),
)
def test_no_minute_sees_more_letters_than_its_rate(route: int, domain: int, asks: list[tuple[str, float]]) -> None:
    pace, now = Pace(Limits(route, domain)), 0.0
    left: list[tuple[float, str]] = []
    for name, later in asks:
        now += later
        if pace.take(name, {}, now):
            left.append((now, name))
    for n, (at, name) in enumerate(left):
        within = [other for then, other in left[n:] if then < at + 60]
        assert len(within) <= route
        assert not domain or within.count(name) <= domain


def test_a_new_sender_grows_from_200_a_day_to_no_limit_in_six_weeks() -> None:
    began = date(2026, 11, 1)
    days = [allowance(began, began + timedelta(days=n)) for n in range(44)]
    assert days[0] == 200
    assert days[42] is None
    assert all(a < b for a, b in pairwise(days) if a and b)
    assert 160_000 < (days[41] or 0) < 200_000


def test_a_setting_that_is_no_day_or_no_header_is_refused_in_words() -> None:
    with pytest.raises(ConfigError, match="warm_up"):
        Config(title="x", base_url="http://127.0.0.1", warm_up="soon")
    with pytest.raises(ConfigError, match="smtp_idempotency"):
        Config(title="x", base_url="http://127.0.0.1", smtp_idempotency="X: y\r\nBcc")


def test_letters_leave_no_faster_than_the_rate(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(6)
    with SmtpServer() as server:
        use(settings, server, smtp_rate=600)  # one in 0.1 s
        began = time.monotonic()
        deliver.work([edition.pk], clock)
        spent = time.monotonic() - began
    assert counts(edition)["accepted"] == 6
    assert spent >= 0.5  # five waits; only a lower bound, which no slow machine breaks


def test_a_domain_that_has_to_wait_keeps_no_other_waiting(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(6)
    for n, row in enumerate(edition.deliveries.select_related("subscriber").order_by("pk")):
        row.subscriber.address = f"reader{n}@{'slow.example' if n < 4 else f'other{n}.example'}"
        row.subscriber.save()
    with SmtpServer() as server:
        use(settings, server, domain_rate=1)
        deliver.work([edition.pk], clock)
        assert sorted(address.partition("@")[2] for address in server.recipients) == [
            "other4.example",
            "other5.example",
            "slow.example",
        ]
    waiting = edition.deliveries.filter(state="pending")
    assert waiting.count() == 3
    assert all(row.next_try_at > clock() and row.tries == 0 for row in waiting)


def test_one_domain_gets_no_more_connections_than_allowed(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(40)
    with SmtpServer(slow=0.01) as server:
        use(settings, server, domain_connections=1, smtp_connections=4)
        deliver.work([edition.pk], clock)
        assert server.most_at_once == 1
    assert counts(edition)["accepted"] == 40


def test_what_the_warm_up_does_not_allow_today_goes_tomorrow(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(230)
    with SmtpServer() as server:
        use(settings, server, warm_up=clock().date().isoformat())
        told = deliver.work([edition.pk], clock)
        assert len(server.accepted) == 200
        assert "200 letters today" in told.note
        assert deliver.due(clock(), 5) == []
        clock.go(days=1)
        deliver.work(deliver.due(clock(), 5), clock)
    assert counts(edition)["accepted"] == 230


def test_a_pause_counts_for_none_of_the_48_hours(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(1)
    with SmtpServer(faults=[Fault("rcpt", "451 4.2.1 busy")]) as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
        edition.refresh_from_db()
        edition.pause("by hand", clock())
        edition.save()
        digest.release(edition.pk, clock.go(hours=40))
        clock.go(hours=20)
        deliver.work([edition.pk], clock)
        assert counts(edition)["deferred"] == 1
        clock.go(hours=29)
        deliver.work([edition.pk], clock)
    assert counts(edition)["expired"] == 1


def test_the_breaker_says_how_to_go_on_and_judges_once(settings: Any, clock: Clock) -> None:
    edition = letters.frozen(230)
    with SmtpServer(faults=[Fault("rcpt", "550 5.7.1 go away", tuple(range(1, 100, 7)))]) as server:
        use(settings, server)
        deliver.work([edition.pk], clock)
        edition.refresh_from_db()
        assert f"corante digest release {edition.pk}" in edition.state_why
        digest.release(edition.pk, clock())
        deliver.work([edition.pk], clock)
    edition.refresh_from_db()
    assert edition.state == "closed"


def test_the_key_a_server_knows_a_letter_by_stands_in_each_letter_and_stays_the_same(
    settings: Any, clock: Clock
) -> None:
    edition = letters.frozen(2)
    with SmtpServer(faults=[Fault("stored", "drop", (1,))]) as server:
        use(settings, server, smtp_idempotency="Resend-Idempotency-Key", smtp_connections=1, doubt="hold")
        for _ in range(3):
            deliver.work([edition.pk], clock)
            clock.go(minutes=20)
    keys = Counter(letter.split(b"\r\n", 1)[0] for letter in server.letters)
    assert all(key.startswith(b"Resend-Idempotency-Key: e") for key in keys)
    assert sorted(keys.values()) == [1, 2]


LINE = "{at} relay postfix/{who}: {what}\n"


class Relay:
    """A log and a queue as a Postfix leaves them."""

    def __init__(self, folder: Path) -> None:
        self.log, self.queued = folder / "mail.log", folder / "queue.json"
        self.queued.write_text("")
        self.command = f"{sys.executable} -c \"print(open('{self.queued}').read(), end='')\""

    def line(self, at: datetime, sender: str = "") -> str:
        what = f"4F1: from=<{sender}>, size=1, nrcpt=1 (queue active)" if sender else "disconnect from localhost"
        return LINE.format(at=at.isoformat(), who="qmgr[7]" if sender else "smtpd[8]", what=what)


@pytest.fixture
def relay(tmp_path: Path) -> Relay:
    return Relay(tmp_path)


def doubtful(clock: Clock, settings: Any, relay: Relay, **changes: Any) -> Delivery:
    """One letter armed by a sender that is gone."""
    edition = letters.frozen(1)
    Edition.objects.filter(pk=edition.pk).update(state="sending", started_at=clock())
    Delivery.objects.update(state="armed", armed_at=clock(), message_id="<x@example.org>")
    values = {"smtp": "smtp://127.0.0.1:9", "sender": "news@example.org", "smtp_log": str(relay.log)}
    values |= {"smtp_queue": relay.command, "doubt_wait": 10}
    settings.CORANTE = replace(django_settings.CORANTE, **(values | changes))
    return edition.deliveries.get()


def vouched(row: Delivery) -> str:
    return return_path(row.pk, "example.org", django_settings.SECRET_KEY)


def after_recovery(row: Delivery, clock: Clock, **later: float) -> Delivery:
    deliver.recover(clock)
    if later:
        clock.go(**later)
        deliver.work(deliver.due(clock(), 5), clock)
    row.refresh_from_db()
    return row


def test_a_letter_in_the_log_was_taken(settings: Any, clock: Clock, relay: Relay) -> None:
    row = doubtful(clock, settings, relay)
    relay.log.write_text(relay.line(clock() - timedelta(hours=1)) + relay.line(clock(), vouched(row)))
    assert after_recovery(row, clock).state == "accepted"


def test_a_letter_in_the_queue_was_taken_though_the_log_is_late(settings: Any, clock: Clock, relay: Relay) -> None:
    row = doubtful(clock, settings, relay)
    relay.log.write_text(relay.line(clock() - timedelta(hours=1)))
    relay.queued.write_text(f'{{"queue_name": "incoming", "sender": "{vouched(row)}"}}\n')
    assert after_recovery(row, clock).state == "accepted"


def test_a_letter_in_neither_was_not_taken_but_only_after_the_wait(settings: Any, clock: Clock, relay: Relay) -> None:
    row = doubtful(clock, settings, relay)
    relay.log.write_text(relay.line(clock() - timedelta(hours=1)) + relay.line(clock()))
    assert after_recovery(row, clock).state == "in_doubt"
    row = after_recovery(row, clock, seconds=11)
    assert (row.state, row.repeated) == ("pending", 0)


@pytest.mark.parametrize("told", ["no log", "begins later", "ends before"])
def test_a_log_that_does_not_reach_around_the_letter_is_no_evidence(
    settings: Any, clock: Clock, relay: Relay, told: str
) -> None:
    row = doubtful(clock, settings, relay, doubt="hold")
    hour = timedelta(hours=1)
    if told == "begins later":
        relay.log.write_text(relay.line(clock() + hour) + relay.line(clock() + 2 * hour))
    if told == "ends before":
        relay.log.write_text(relay.line(clock() - 2 * hour) + relay.line(clock() - hour))
    after_recovery(row, clock, minutes=1)
    assert after_recovery(row, clock, minutes=20).state == "in_doubt"


def test_a_queue_that_cannot_be_read_leaves_doubt(settings: Any, clock: Clock, relay: Relay) -> None:
    row = doubtful(clock, settings, relay, doubt="hold", smtp_queue="/nonexistent/postqueue -j")
    relay.log.write_text(relay.line(clock() - timedelta(hours=1)) + relay.line(clock()))
    assert after_recovery(row, clock, minutes=1).state == "in_doubt"


def test_a_log_that_was_rotated_is_read_on_in_its_older_files(relay: Relay, now: datetime) -> None:
    day = timedelta(days=1)
    oldest, older = relay.log.with_name("mail.log.2.gz"), relay.log.with_name("mail.log.1")
    oldest.write_bytes(gzip.compress((relay.line(now - 3 * day) + relay.line(now - 2 * day, "a@x")).encode()))
    older.write_text(relay.line(now - 2 * day, "b@x") + relay.line(now - day))
    relay.log.write_text(relay.line(now - day, "c@x") + relay.line(now))
    for age, file in enumerate((relay.log, older, oldest)):
        os.utime(file, (1_700_000_000 - age * 86400,) * 2)
    told = postfix.testify(relay.command, relay.log, {"a@x", "b@x", "c@x", "d@x"}, now - 2.5 * day, now)
    assert told.took == {"a@x", "b@x", "c@x"}
    assert told.covers(now - 2.5 * day)
    assert not told.covers(now - 4 * day)


def test_a_long_log_is_read_from_its_end(relay: Relay, now: datetime) -> None:
    old = "".join(relay.line(now - timedelta(days=9, seconds=-n), f"old{n}@x") for n in range(30_000))
    relay.log.write_text(old + relay.line(now - timedelta(hours=1), "new@x") + relay.line(now))
    told = postfix.testify(relay.command, relay.log, {"old1@x", "new@x"}, now - timedelta(hours=2), now)
    assert told.took == {"new@x"}
    assert told.covers(now - timedelta(hours=2))


def test_the_older_form_of_log_has_neither_year_nor_zone(relay: Relay, now: datetime) -> None:
    new_year = now.replace(month=1, day=1, hour=12)
    relay.log.write_text("Dec 31 23:59:59 relay postfix/smtpd[1]: x\nJan  1 00:10:00 relay postfix/smtpd[1]: y\n")
    told = postfix.testify(relay.command, relay.log, {"a@x"}, new_year, new_year)
    assert told.since is not None
    assert told.until is not None
    assert (told.since.year, told.until.year) == (now.year - 1, now.year)
