"""Whom a return is about: told by the marks we put on our letters, never by what the return says of itself.

Rule: a return path or Message-ID counts only with our keyed mark; a stranger can't make one up for somebody else.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from corante.core.delivering import mark, returned
from corante.core.mailboxes import NotAnAddress, read_mailbox
from corante.models import Delivery, Subscriber

from .asking import subscriber_key

_ASKED = re.compile(r"returns\+c(\d{1,18})-([0-9a-f]{16})@")
_LETTER = re.compile(r"<e(\d{1,18})\.([0-9a-f]{32})@")


@dataclass(frozen=True)
class Concerned:
    """The reader a return is about, and the delivery it returns (none: a letter that asked back)."""

    subscriber: Subscriber
    delivery: Delivery | None = None


def ask_return_path(subscriber: int, domain: str) -> str:
    """The envelope sender of a letter that asks back."""
    return f"returns+c{subscriber}-{mark(settings.SECRET_KEY, 'asked', subscriber)[:16]}@{domain}"


def concerned(traces: Iterable[str]) -> Concerned | None:
    """The first of these addresses and Message-IDs that is ours, as rows; None when none is."""
    for trace in traces:
        if found := _by_path(trace) or _by_asking(trace) or _by_message(trace):
            return found
    return None


def _by_path(trace: str) -> Concerned | None:
    number = returned(trace, settings.SECRET_KEY)
    row = Delivery.objects.select_related("subscriber").filter(pk=number).first() if number else None
    return Concerned(row.subscriber, row) if row else None


def _by_asking(trace: str) -> Concerned | None:
    found = _ASKED.match(trace.strip().lower())
    if not found or not hmac.compare_digest(mark(settings.SECRET_KEY, "asked", int(found[1]))[:16], found[2]):
        return None
    row = Subscriber.objects.filter(pk=int(found[1])).first()
    return Concerned(row) if row else None


def _by_message(trace: str) -> Concerned | None:
    found = _LETTER.match(trace.strip())
    rows = Delivery.objects.select_related("subscriber")
    row = rows.filter(edition=int(found[1]), message_id=trace.strip()).first() if found else None
    return Concerned(row.subscriber, row) if row else None


def reader_at(address: str) -> Concerned | None:
    """By the address alone, with the last letter it got: only where whoever says it has proved who they are."""
    try:
        mailbox = read_mailbox(address)
    except NotAnAddress:
        return None
    row = Subscriber.objects.filter(key=subscriber_key(mailbox)).first()
    if row is None:
        return None
    return Concerned(row, Delivery.objects.filter(subscriber=row, state="accepted").order_by("-settled_at").first())
