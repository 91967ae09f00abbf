"""A mailbox that returns come to: IMAP (RFC 3501, MOVE of RFC 6851) or a Maildir. What is not ours stays untouched.

Rule: messages are named by UID, never by number; how far was read is told by UIDVALIDITY and the last UID. A message
is moved away only after it was taken in, and nothing is ever deleted.
"""

from __future__ import annotations

import imaplib
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from .notices import SIZE

DONE: Final = "Corante-Read"
TIMEOUT: Final = 30.0
AT_ONCE: Final = 200


class PostboxError(Exception):
    """The mailbox can't be read now; the message says why, without its password."""


@dataclass(frozen=True)
class Place:
    """How far a mailbox was read."""

    validity: int = 0
    last: int = 0


@contextmanager
def opened(address: str, since: Place) -> Iterator[ImapBox | MaildirBox]:
    """A mailbox by its setting, to be read from `since`. Raises PostboxError."""
    if address.startswith("maildir:"):
        yield MaildirBox(Path(address.removeprefix("maildir:")), since)
        return
    box = ImapBox(address, since)
    try:
        yield box
    except (OSError, imaplib.IMAP4.error) as error:
        raise PostboxError(f"{box.where}: {error}") from None
    finally:
        box.close()


class ImapBox:
    """One connection, one folder."""

    def __init__(self, address: str, since: Place) -> None:
        """Sign in and open the folder. Raises PostboxError."""
        parts = urlsplit(address)
        self.where = parts.hostname or ""
        self._folder = unquote(parts.path.lstrip("/")) or "INBOX"
        try:
            self._line = _connected(parts.scheme, self.where, parts.port)
            self._line.login(unquote(parts.username or ""), unquote(parts.password or ""))
            self._select(since)
        except (OSError, imaplib.IMAP4.error) as error:
            raise PostboxError(f"{self.where}: {_said(error)}") from None

    def _select(self, since: Place) -> None:
        status, said = self._line.select(_quoted(self._folder))
        if status != "OK":
            raise imaplib.IMAP4.error(f"there is no folder {self._folder}: {_said(said)}")
        told = self._line.response("UIDVALIDITY")[1]
        validity = int(told[0]) if told and told[0] else 0
        self.place = since if since.validity == validity else Place(validity, 0)

    def letters(self) -> Iterator[tuple[int, bytes]]:
        """(UID, bytes) of what came since, oldest first; at most AT_ONCE, each cut at what a return may hold."""
        first = self.place.last + 1
        _, found = self._line.uid("SEARCH", f"UID {first}:*")
        uids = sorted(uid for uid in map(int, (found[0] or b"").split()) if uid >= first)  # "n:*" always names the last
        for uid in uids[:AT_ONCE]:
            _, parts = self._line.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{SIZE}>)")
            raw = next((part[1] for part in parts or () if isinstance(part, tuple)), None)
            self.place = Place(self.place.validity, uid)
            if raw is not None:  # another program may have moved it meanwhile
                yield uid, raw

    def done(self, uid: int) -> None:
        """Move a message that was taken in out of the way; where the server can't, mark it as read."""
        if self._move(uid) != "OK":
            with suppress(imaplib.IMAP4.error):
                self._line.create(_quoted(DONE))
            if self._move(uid) != "OK":
                self._line.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _move(self, uid: int) -> str:
        try:
            if "MOVE" in self._line.capabilities:
                return str(self._line.uid("MOVE", str(uid), _quoted(DONE))[0])
            return self._copied(uid) if "UIDPLUS" in self._line.capabilities else "NO"
        except imaplib.IMAP4.error:
            return "NO"

    def _copied(self, uid: int) -> str:
        """MOVE by hand; UID EXPUNGE (RFC 4315) so that nothing else marked as deleted goes with it."""
        if self._line.uid("COPY", str(uid), _quoted(DONE))[0] != "OK":
            return "NO"
        self._line.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        return str(self._line.uid("EXPUNGE", str(uid))[0])

    def close(self) -> None:
        """Sign out, without waiting for long."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._line.logout()


class MaildirBox:
    """A folder that a mail server on this machine delivers to."""

    def __init__(self, folder: Path, since: Place) -> None:
        if not (folder / "new").is_dir():
            raise PostboxError(f"{folder} is no Maildir: it has no folder new/")
        self.where, self._folder = str(folder), folder
        self.place = since
        self._names: dict[int, Path] = {}

    def letters(self) -> Iterator[tuple[int, bytes]]:
        """(number, bytes) of what came since, oldest first; at most AT_ONCE, so what is not ours can't stand before it."""
        came = ((_came(file), file) for file in (self._folder / "new").iterdir())
        # Of the very moment we stopped at, more may have come since: those are read again, which changes nothing.
        found = sorted(each for each in came if each[0] >= self.place.last)
        for number, (at, file) in enumerate(found[:AT_ONCE]):
            with suppress(FileNotFoundError), open(file, "rb") as letter:
                self._names[number] = file
                self.place = Place(self.place.validity, at)
                yield number, letter.read(SIZE)

    def done(self, number: int) -> None:
        """Out of new/, as any mail program would after reading."""
        file = self._names[number]
        (self._folder / "cur").mkdir(exist_ok=True)
        os.replace(file, self._folder / "cur" / f"{file.name.partition(':')[0]}:2,S")

    def close(self) -> None:
        """Nothing is held open."""


def _came(file: Path) -> int:
    """When it came into its folder, in nanoseconds: a rename changes ctime; 0 for one that is gone."""
    with suppress(FileNotFoundError):
        return file.stat().st_ctime_ns
    return 0


def _connected(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
    line = imaplib.IMAP4(host, port or 143, timeout=TIMEOUT)
    if host not in ("localhost", "127.0.0.1", "::1"):
        line.starttls(ssl.create_default_context())
    return line


def _quoted(folder: str) -> str:
    if re.search(r"[\r\n\0]", folder):
        raise imaplib.IMAP4.error("a folder's name has no line ends")
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(what: Any) -> str:
    return " ".join(str(what).split())[:300]
