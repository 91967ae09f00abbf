"""Returned mail of our own making, in the forms that servers send."""

from __future__ import annotations

from django.conf import settings

from corante.core.delivering import return_path
from corante.models import Delivery


def report(of: Delivery, status: str = "5.1.1", words: str = "", action: str = "failed", key: str = "1") -> bytes:
    """A delivery report (RFC 3464) that came back to the letter's own return path."""
    said = words or f"550 {status} <someone@example.org>: Recipient address rejected: User unknown"
    to = return_path(of.pk, "news.example", settings.SECRET_KEY)
    return f"""From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <return-{of.pk}-{key}@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; someone@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b--
""".replace("\n", "\r\n").encode()


def complaint(of: Delivery, feedback: str = "abuse") -> bytes:
    """A complaint (RFC 5965) to the address of a feedback loop, with our letter in it; the reader's address is hidden."""
    return f"""From: feedback@provider.example
To: abuse@news.example
Subject: FW: Your day
Message-ID: <complaint-{of.pk}@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an e-mail abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: Provider/1.0
Version: 1

--b
Content-Type: message/rfc822

Message-ID: {of.message_id}
From: news@news.example
Subject: Your day

Stories.
--b--
""".replace("\n", "\r\n").encode()


def absence(of: Delivery) -> bytes:
    """Somebody's mailbox answers by itself (RFC 3834)."""
    to = return_path(of.pk, "news.example", settings.SECRET_KEY)
    return f"""From: Reader <someone@example.org>
To: {to}
Subject: Out of office: Your day
Auto-Submitted: auto-replied
Message-ID: <away-{of.pk}@example.org>

I am away until Monday. The mailbox is full of sand.
""".replace("\n", "\r\n").encode()
