"""Who acts and when: read once at the edge, handed on as values."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from corante.models import Account


def editor(request: HttpRequest) -> Account:
    """The account that acts; the door has made sure there is one."""
    user = request.user
    assert isinstance(user, Account)
    return user


def moment() -> datetime:
    """Now, aware, in UTC."""
    return timezone.now()


def number(text: str | None) -> int | None:
    """A row number as written in a form or address, None if it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else None
