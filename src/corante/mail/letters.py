"""The bytes of one letter, encoded once for everyone and finished for each reader by pasting.

Rule: headers are checked bytes (the standard library turns a long List-Unsubscribe into an encoded-word, which
breaks one-click); the reader's token has a fixed length, so pasting it never moves a line; no line of a finished
letter begins with a dot, so what is stored is what went over the wire. The same arguments give the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from corante.core.composing import LETTER_TOKEN
from corante.core.mailboxes import uncarried

from .dkim import Seal, Signer
from .encoding import MARK, Window, encoded

_RAW = re.compile(r"[!-~]+")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ .-]*")


class NotCarried(ValueError):
    """This letter can't go to this address by this route; the message says why."""


@dataclass(frozen=True)
class Listing:
    """What makes a letter one of a list (RFC 2919, 2369, 8058)."""

    id: str  # daily.example.org
    name: str
    leave_url: str  # holds LETTER_TOKEN
    archive_url: str
    help_url: str
    feedback_id: str


@dataclass(frozen=True)
class Sheet:
    """What is the same in every copy of a letter; `html` and `text` may hold LETTER_TOKEN."""

    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    seed: str  # what the boundary is derived from
    listing: Listing | None = None


class Letter:
    """A compiled sheet; `copy` finishes it for one reader, `pieces` without putting it together."""

    def __init__(self, sheet: Sheet, signer: Signer | None = None) -> None:
        head = _common_head(sheet)
        self._head = head.split(MARK)
        self._body = _body(sheet)
        self._seal = Seal(signer, head, MARK, self._body) if signer else None

    def copy(self, address: str, token: str, message_id: str, date: datetime, smtputf8: bool = False) -> bytes:
        """One reader's letter, ready for the wire but for the final dot. Raises NotCarried."""
        return b"".join(self.pieces(address, token, message_id, date, smtputf8))

    def pieces(self, address: str, token: str, message_id: str, date: datetime, smtputf8: bool = False) -> list[bytes]:
        """The same as it is sent: what all readers have in common is the same bytes in memory. Raises NotCarried."""
        if why := uncarried(address, smtputf8):
            raise NotCarried(why)
        if len(token) != len(LETTER_TOKEN) or not token.isalnum() or not token.isascii():
            raise ValueError(f"a token has {len(LETTER_TOKEN)} letters and digits")
        key = token.encode()
        own = f"To: <{address}>\r\nDate: {_date(date)}\r\nMessage-ID: {_checked(message_id)}\r\n".encode()
        body = [part if isinstance(part, bytes) else part.fill(key) if part else key for part in self._body]
        seal = self._seal.over(own, key, body, date) if self._seal else b""
        return [seal + own + key.join(self._head), *body]


@lru_cache(maxsize=64)
def _date(at: datetime) -> str:
    return format_datetime(at)  # the same for all who get it at the same hour


def _common_head(sheet: Sheet) -> bytes:
    lines = [
        ("From", f"{_phrase(sheet.sender_name, 'From')} <{_checked(sheet.sender)}>".lstrip()),
        ("Subject", _words(sheet.subject, "Subject")),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{_boundary(sheet)}"'),
        ("Auto-Submitted", "auto-generated"),
    ]
    if sheet.listing:
        lines += _list_head(sheet.listing)
    head = "".join(f"{name}: {value}\r\n" for name, value in lines).encode("ascii")
    if any(len(line) > 998 for line in head.split(b"\r\n")):
        raise ValueError("a header line is longer than 998 bytes (RFC 5322)")
    return head


def _list_head(listing: Listing) -> list[tuple[str, str]]:
    return [
        ("List-Id", f"{_phrase(listing.name, 'List-Id')} <{_checked(listing.id)}>".lstrip()),
        ("List-Unsubscribe", f"<{_checked(listing.leave_url)}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Archive", f"<{_checked(listing.archive_url)}>"),
        ("List-Help", f"<{_checked(listing.help_url)}>"),
        ("Precedence", "bulk"),
        ("Feedback-ID", _checked(listing.feedback_id)),
    ]


def _checked(value: str) -> str:
    """Raw printable ASCII without spaces, or ValueError: no header can be smuggled in."""
    if not _RAW.fullmatch(value):
        raise ValueError(f"{value[:80]!r} may not stand raw in a header")
    return value


def _plain(text: str) -> str:
    """On one line, without control characters."""
    return " ".join(
        "".join(" " if ord(c) < 32 or ord(c) == 127 or c in "\u2028\u2029\x85" else c for c in text).split()
    )


def _words(text: str, name: str) -> str:
    """Free text in a header: as it is when plain ASCII and short, else encoded-words (RFC 2047), folded."""
    plain = _plain(text)
    if plain.isascii() and len(plain) + len(name) + 2 <= 78 and "=?" not in plain:
        return plain
    safe = plain.encode("utf-8", "replace").decode()
    return Header(safe, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _phrase(text: str, name: str) -> str:
    """A display name: atoms, else a quoted string, else encoded-words."""
    words = _words(text, name)
    if words.startswith("=?") or (_ATOM.fullmatch(words) and "." not in words):
        return words
    return '"' + re.sub(r'(["\\])', r"\\\1", words) + '"'


def _boundary(sheet: Sheet) -> str:
    # "=_" can't stand in quoted-printable nor in base64, so the boundary never occurs in a part.
    return "=_" + sha256(sheet.seed.encode()).hexdigest()[:40]


def _body(sheet: Sheet) -> tuple[bytes | Window | None, ...]:
    """The parts, text first; None where the bare token goes."""
    edge = b"--" + _boundary(sheet).encode()
    chunks: list[bytes | Window | None] = [b"\r\n"]
    for kind, content in (("plain", sheet.text), ("html", sheet.html)):
        encoding, written = encoded(content)
        chunks.append(edge + f"\r\nContent-Type: text/{kind}; charset=utf-8\r\n".encode())
        chunks.append(f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode())
        chunks += [*written, b"\r\n"]
    return _joined([*chunks, edge + b"--\r\n"])


def _joined(chunks: list[bytes | Window | None]) -> tuple[bytes | Window | None, ...]:
    """Neighbouring bytes made one, so that finishing a copy touches few pieces."""
    made: list[bytes | Window | None] = []
    for chunk in chunks:
        last = made[-1] if made else None
        if isinstance(chunk, bytes) and isinstance(last, bytes):
            made[-1] = last + chunk
        else:
            made.append(chunk)
    return tuple(made)
