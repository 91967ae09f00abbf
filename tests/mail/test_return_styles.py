"""Whole returns in the styles of servers and providers (returns.txt) that carry no report, or one whose form was lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corante.mail.notices import Notice, read_notice

SAMPLES = [
    (*head.split(" | "), body)
    for head, body in re.findall(
        r"^#### (.+)\n((?:(?!####).*\n?)*)",
        Path(__file__).with_name("returns.txt").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
]
OURS = """
--- Below this line is a copy of the message.

Return-Path: <returns@news.example>
Subject: Blocked for spam: user unknown, mailbox full, DMARC

The minister's address does not exist, said the policy; his mailbox is full, the relay denied, all of it blacklisted.
"""
REPORT = """This is a MIME-encapsulated message.

--AB12.34/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.net.

--AB12.34/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.net
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}

--AB12.34/mx.example.net
Content-Type: text/rfc822-headers

Subject: spam spam
--AB12.34/mx.example.net--
"""


def returned(body: str, sender: str = "MAILER-DAEMON@mx.example.net", subject: str = "Undelivered Mail") -> Notice:
    head = f"From: {sender}\nReturn-Path: <>\nTo: returns+7-0123456789abcdef@news.example\nSubject: {subject}\n"
    notice = read_notice(f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}".encode())
    assert notice
    return notice


@pytest.mark.parametrize(("kind", "name", "sender", "subject", "body"), SAMPLES, ids=[each[1] for each in SAMPLES])
def test_each_servers_letter_is_read_as_it_is_meant(kind: str, name: str, sender: str, subject: str, body: str) -> None:
    assert returned(body, sender, subject).meaning.kind == kind


def test_there_are_many_styles() -> None:
    assert len(SAMPLES) >= 60
    assert {each[0] for each in SAMPLES} == {"hard", "soft", "policy", "complaint"}


@pytest.mark.parametrize("sample", [each for each in SAMPLES if not each[4].startswith("{")], ids=lambda each: each[1])
def test_the_copy_of_our_letter_changes_nothing(sample: tuple[str, str, str, str, str]) -> None:
    kind, _, sender, subject, body = sample
    assert returned(body + OURS, sender, subject).meaning.kind == kind


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "550 5.1.1 user unknown", "hard"),
        ("4.2.2", "452 4.2.2 mailbox full", "soft"),
        ("5.7.1", "550 5.7.1 client host blocked", "policy"),
    ],
)
def test_a_report_that_lost_its_head_is_read_as_a_report(status: str, words: str, kind: str) -> None:
    notice = returned(REPORT.format(status=status, words=words))
    assert (notice.meaning.kind, notice.meaning.status) == (kind, status)
    assert notice.about == ("ada@example.net",)
    assert notice.to[0].startswith("returns+7-")


@pytest.mark.parametrize(
    "broken",
    [
        '{"notificationType":"Bounce","bounce":' + "[" * 5000,
        '{"notificationType":"Bounce"',
        '{"notificationType":"Bounce","bounce":[1]}',
    ],
)
def test_broken_json_is_no_failure_of_ours(broken: str) -> None:
    assert returned(broken).meaning.kind == "soft"


def test_several_readers_in_one_letter_are_each_named() -> None:
    fields = "Final-Recipient: rfc822; {}\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 full\n\n"
    notice = returned(
        "Could not be delivered:\n\n" + fields.format("ada@example.net") + fields.format("bo@example.net")
    )
    assert notice.about == ("ada@example.net", "bo@example.net")


def test_a_delivery_agents_own_reason_comes_before_its_constant_code() -> None:
    report = REPORT.replace(
        "This is the mail system", "Your letter was automatically rejected:\nNot enough disk space\n\n"
    )
    assert returned(report.format(status="5.1.1", words="550 5.1.1 User unknown")).meaning.kind == "soft"
