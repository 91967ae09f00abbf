"""Returned mail in the forms it comes in: reports, old letters in prose, complaints; and mail that is no return at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from corante.mail.notices import SIZE, read_notice

PROSE = """From: MAILER-DAEMON@mx.example.net
Return-Path: <>
To: returns+7-0123456789abcdef@news.example
Subject: {subject}
Message-ID: <1@mx.example.net>

{body}
"""
QMAIL = """Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<reader@example.org>:
192.0.2.25 does not like recipient.
Remote host said: 550 5.1.1 <reader@example.org>: User unknown
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

Subject: Mailbox full of spam, says minister
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  reader@example.org
    SMTP error from remote mail server after MAIL FROM:<returns+7@news.example>:
    host mx.example.org [192.0.2.1]: 550 Unroutable sender address

------ This is a copy of the message, including all the headers. ------

User unknown
"""
LOST_ITS_PARTS = """The following could not be delivered:

Final-Recipient: rfc822;reader@example.org
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full
"""


def letter(body: str, subject: str = "Undelivered Mail Returned to Sender") -> bytes:
    return PROSE.format(subject=subject, body=body).replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("body", "kind", "status"), [(QMAIL, "hard", "5.1.1"), (EXIM, "policy", ""), (LOST_ITS_PARTS, "soft", "5.2.2")]
)
def test_letters_in_prose_are_read_and_what_the_copy_says_is_not(body: str, kind: str, status: str) -> None:
    notice = read_notice(letter(body))
    assert notice
    assert (notice.meaning.kind, notice.meaning.status) == (kind, status)


def test_where_it_came_back_to_is_found_wherever_it_stands() -> None:
    notice = read_notice(letter(QMAIL + "\nReturn-Path: <returns+9-fedcba9876543210@news.example>\n"))
    assert notice
    assert notice.to == ("returns+7-0123456789abcdef@news.example",)
    assert "returns+9-fedcba9876543210@news.example" in notice.traces


@pytest.mark.parametrize("subject", ["Thank you for the paper", "A question about yesterday"])
def test_what_a_reader_writes_is_no_return(subject: str) -> None:
    raw = letter("I liked it.", subject).replace(b"MAILER-DAEMON@mx", b"reader@mx").replace(b"Return-Path: <>\r\n", b"")
    assert read_notice(raw) is None


def test_a_warning_that_it_is_only_late_is_no_failure() -> None:
    report = letter("").replace(b"Message-ID", b'Content-Type: multipart/report; boundary="b"\r\nMessage-ID') + (
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
        b"Final-Recipient: rfc822; reader@example.org\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n--b--\r\n"
    )
    notice = read_notice(report)
    assert notice
    assert notice.meaning.kind == "soft"


@hypothesis(max_examples=150, deadline=None)
@given(st.binary(max_size=2000), st.text(max_size=400))
def test_no_mail_breaks_the_reader(raw: bytes, body: str) -> None:
    read_notice(raw)
    read_notice(letter(body) + raw)
    read_notice(
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + raw
    )


def test_a_return_of_any_size_is_read_as_far_as_it_counts() -> None:
    assert read_notice(letter(QMAIL) + b"x" * (3 * SIZE))
    assert read_notice(letter("550 user unknown " * 40_000))
