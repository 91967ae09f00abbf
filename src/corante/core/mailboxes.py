"""E-mail addresses as people type them, as we keep them, and as we compare them.

Rule: kept with an ASCII domain (A-label); compared case-folded, so one person is one row; never guessed at:
what `email-validator` refuses is refused, with its reason.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from .config import Config

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_UNSAFE = re.compile(r'[\x00-\x20<>"\x7f]')


class NotAnAddress(ValueError):
    """The text is no address one can write to; the message says why."""


@dataclass(frozen=True)
class Mailbox:
    """One address: how we write to it and how we recognise it."""

    address: str
    folded: str

    @property
    def domain(self) -> str:
        """Its domain, lower case, as A-label."""
        return self.address.rpartition("@")[2]


def read_mailbox(text: str) -> Mailbox:
    """Read what someone typed. Raises NotAnAddress. Looks nothing up."""
    stripped = text.strip()
    if len(stripped) > MAX_LENGTH:
        raise NotAnAddress("the address is too long")
    try:
        found = validate_email(stripped, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NotAnAddress(str(error)) from None
    address = f"{found.local_part}@{found.ascii_domain.lower()}"
    if len(address) > MAX_LENGTH:
        raise NotAnAddress("the address is too long")
    return Mailbox(address, _fold(found.local_part) + "@" + found.ascii_domain.lower())


def _fold(local: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", local).casefold())


def uncarried(address: str, smtputf8: bool = False) -> str:
    """Why a route can't carry this address; empty when it can."""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return "this is no complete address"
    if _UNSAFE.search(address):
        return "the address holds a character that may not stand in a letter's head"
    if not domain.isascii():
        return "the domain is not in its ASCII form"
    if not local.isascii() and not smtputf8:
        return "the mail server can't carry an address with letters beyond ASCII (SMTPUTF8)"
    return ""


def sender_address(config: Config) -> str:
    """The From address: the operator's, else one of the site's own host (the outbox needs no more)."""
    if config.sender:
        return config.sender
    host = urlsplit(config.base_url).hostname or ""
    return f"news@{host}" if "." in host and not host.replace(".", "").isdigit() else "news@corante.localhost"
