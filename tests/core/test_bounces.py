"""What a mail server's words and codes mean: our fault before the reader's, words before codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.bounces import KINDS, Said, best_status, read, reply_code
from corante.core.settling import STANDSTILL_MOST, complaint_level, exhausted, standstill

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("550 5.1.1 <a@example.org>: Recipient address rejected: User unknown in local recipient table", "hard"),
        ("550 No such user here", "hard"),
        ("550 Requested action not taken: mailbox unavailable", "hard"),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "hard"),
        ("550 5.4.1 Recipient address rejected: Access denied", "hard"),
        ("554 delivery error: dd This user doesn't have an example.com account", "hard"),
        ("Host or domain name not found. Name service error for name=example.org type=A: Host not found", "hard"),
        ("556 5.1.10 Domain does not accept mail (nullMX)", "hard"),
        ("551 5.1.6 recipient no longer on server", "hard"),
        ("550 Adresse d au moins un destinataire invalide", "hard"),
        ("550 Пользователь не найден", "hard"),
        ("552 5.2.2 Mailbox full", "soft"),
        ("452 4.2.2 The email account that you tried to reach is over quota", "soft"),
        ("550 5.2.1 The email account that you tried to reach is disabled", "soft"),
        ("421 4.7.0 Try again later, closing connection", "soft"),
        ("450 4.2.0 Greylisted, see http://postgrey.example/help", "soft"),
        ("552 5.3.4 Message size exceeds fixed limit", "soft"),
        ("connect to mx.example.org[192.0.2.1]:25: Connection timed out", "soft"),
        ("554 5.4.6 Too many hops", "soft"),
        ("550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example", "policy"),
        ("550 5.7.26 This mail is unauthenticated: SPF did not pass", "policy"),
        ("550-5.7.25 The IP address sending this message does not have a PTR record", "policy"),
        ("554 Message rejected as spam", "policy"),
        ("554 5.7.1 <a@example.org>: Relay access denied", "policy"),
        ("553 sorry, that domain isn't in my list of allowed rcpthosts", "policy"),
        ("550 5.1.8 Sender address rejected: Domain not found", "policy"),
        ("421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP", "policy"),
        ("550 5.7.1 qqq qqq", "policy"),
        ("550 5.1.2 qqq qqq", "hard"),
        ("525 5.7.13 qqq qqq", "soft"),
        ("550 5.7.17 qqq qqq", "hard"),
        ("550 5.7.18 qqq qqq", "hard"),
        ("450 qqq qqq", "soft"),
        ("", "soft"),
    ],
)
def test_words_and_codes_mean(words: str, kind: str) -> None:
    assert read(Said(words=words, action="failed")).kind == kind


def test_the_command_that_was_refused_says_whom_it_was_about() -> None:
    refused = "550 Rejected"
    assert read(Said(words=refused, stage="mail")).kind == "policy"
    assert read(Said(words=refused, stage="data")).kind == "policy"
    assert read(Said(words=refused, stage="rcpt")).kind == "hard"
    assert read(Said(words="550 5.0.0 User unknown", stage="data")).kind == "soft"


def test_a_precise_policy_code_is_the_readers_fault_only_where_the_words_name_an_unknown_user() -> None:
    assert read(Said(words="550 5.7.1 Recipient rejected", action="failed")).kind == "policy"
    assert read(Said(words="550 5.7.1 Address cannot be found", action="failed")).kind == "policy"
    assert read(Said(words="550 5.7.1 No such user!", action="failed")).kind == "hard"
    assert read(Said(words="550 5.7.1 User unknown", action="failed", stage="data")).kind == "soft"


def test_a_guess_without_any_code_is_counted_and_not_believed() -> None:
    assert read(Said(around="Your friend's mailbox: user unknown")).kind == "soft"


def test_what_arrived_after_all_is_no_failure() -> None:
    assert read(Said(words="250 ok", action="delivered")).kind == "delivered"


@pytest.mark.parametrize(
    ("words", "status", "best"),
    [
        ("550 5.1.1 no", "5.0.0", "5.1.1"),
        ("no", "5.2.2", "5.2.2"),
        ("550 from 10.5.1.1.7 no", "5.0.0", "5.0.0"),
        ("5.1.0 - Unknown address error 550-'5.7.1 denied'", "5.0.0", "5.7.1"),
    ],
)
def test_the_most_telling_status_counts(words: str, status: str, best: str) -> None:
    assert best_status(Said(words=words, status=status)) == best


@given(
    st.text(), st.text(), st.sampled_from(["", "5.1.1", "4.2.2", "5.7.1", "x"]), st.sampled_from(["", "data", "mail"])
)
def test_any_text_has_one_of_six_meanings(words: str, around: str, status: str, stage: str) -> None:
    assert read(Said(words, around, status, "", stage)).kind in KINDS
    assert 0 <= reply_code(words) < 600


@pytest.mark.parametrize(
    "unit", ["user ", "mailbox is ", "a", "5.1.1 ", "not ", "recipient address rejected ", "<", "é"]
)
def test_a_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    """Bounded patterns: six thousand characters of anything are read (the suite's own time limit is the judge)."""
    assert read(Said(around=(unit * 6000)[:6000])).kind in KINDS


def days(*failed: bool) -> list[tuple[datetime, bool]]:
    return [(NOW - timedelta(days=3 * n), each) for n, each in enumerate(failed)]


def test_five_in_a_row_over_ten_days_are_enough_and_less_is_not() -> None:
    assert exhausted(days(True, True, True, True, True))
    assert not exhausted(days(True, True, True, True))
    assert not exhausted(days(True, True, True, True, False, True, True))
    assert not exhausted([(NOW - timedelta(hours=n), True) for n in range(40)])
    assert not exhausted([])


@pytest.mark.parametrize(
    ("complaints", "letters", "level"),
    [
        (0, 0, ""), (0, 1000, ""), (1, 2000, ""), (1, 1000, "alarm"), (2, 100, "alarm"), (3, 1000, "pause"),
        (3, 1001, "alarm"), (30, 10_000, "pause"), (3, 0, "pause"),
    ],
)  # fmt: skip
def test_complaints_alarm_at_one_in_a_thousand_and_pause_at_three(complaints: int, letters: int, level: str) -> None:
    assert complaint_level(complaints, letters) == level


def test_a_domain_that_refuses_again_is_left_alone_for_longer_and_at_most_a_day() -> None:
    waits = [standstill(times) for times in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(hours=1)
    assert waits[-1] == STANDSTILL_MOST
