"""The built-in outbox: a real SMTP server on loopback that keeps each letter as a file one can open.

Rule: a letter is on disk, whole, before the server says 250; its name is derived from its Message-ID, so the same
letter sent twice is one file, and whether a letter arrived is a question to the folder.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from .routes import Route, RouteError, read_route

_NAME = re.compile(r"[0-9a-f]{32}\.eml")
_PORT = "port"
_HEAD = 16384


def route_of(smtp: str, outbox: Path, helo: str = "localhost") -> Route:
    """The route of a site: its mail server, else the outbox in this folder. Raises RouteError."""
    if smtp:
        return read_route(smtp, helo)
    try:
        port = int((outbox / _PORT).read_text())
    except (OSError, ValueError):
        raise RouteError("the outbox is not open: it opens with `corante run`") from None
    return Route("127.0.0.1", port, outbox=True)


class OutboxServer:
    """Keeps what it is sent in `folder`. `start` returns its port, also written to `folder/port`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accepted: list[str] = []  # Message-IDs in the order of their 250, repeats and all
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None

    def start(self) -> int:
        """Listen on loopback, on a free port."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), name="outbox", daemon=True)
        self._thread.start()
        ready.wait(10)
        assert self._server, "the outbox did not open"
        port: int = self._server.sockets[0].getsockname()[1]
        _write(self.folder / _PORT, str(port).encode())
        return port

    def stop(self) -> None:
        """Close it; the letters stay."""
        if self._thread:
            (self.folder / _PORT).unlink(missing_ok=True)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._thread = None

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(self._loop.create_server(self._protocol, "127.0.0.1", 0))
        ready.set()
        self._loop.run_forever()
        self._server.close()
        self._loop.close()

    def _protocol(self) -> Any:
        return SMTP(self, enable_SMTPUTF8=True, hostname="outbox", loop=self._loop, data_size_limit=2**24)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by the server with a whole letter; what it returns is the answer to the final dot."""
        letter: bytes = envelope.original_content or envelope.content
        name = BytesHeaderParser(policy=policy.compat32).parsebytes(letter).get("Message-ID", "")
        try:
            _write(self.folder / name_of(str(name) or sha256(letter).hexdigest()), letter)
        except OSError as error:
            return f"452 4.3.1 the outbox can't keep it: {error.strerror}"
        self.accepted.append(str(name))
        return "250 2.0.0 kept in the outbox"


def name_of(message_id: str) -> str:
    """The file a letter is kept in."""
    return sha256(message_id.strip().encode("utf-8", "replace")).hexdigest()[:32] + ".eml"


def arrived(folder: Path, message_id: str) -> bool:
    """Whether the outbox has the letter: evidence."""
    return (folder / name_of(message_id)).is_file()


@dataclass(frozen=True)
class OutboxLine:
    """One letter in the list."""

    name: str
    subject: str
    to: str
    kept_at: datetime
    size: int


@dataclass(frozen=True)
class OutboxLetter:
    """One letter, opened."""

    name: str
    headers: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html: str
    size: int


def list_letters(folder: Path, limit: int = 200) -> list[OutboxLine]:
    """The newest letters first."""
    if not folder.is_dir():
        return []
    found = [entry for entry in os.scandir(folder) if _NAME.fullmatch(entry.name)]
    found.sort(key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
    return [_line(Path(entry.path)) for entry in found[:limit]]


def _line(file: Path) -> OutboxLine:
    with open(file, "rb") as opened:
        head = BytesHeaderParser(policy=policy.default).parsebytes(opened.read(_HEAD))
    about = file.stat()
    kept = datetime.fromtimestamp(about.st_mtime, UTC)
    return OutboxLine(file.name, str(head.get("Subject", "")), str(head.get("To", "")), kept, about.st_size)


def read_letter(folder: Path, name: str) -> OutboxLetter | None:
    """A letter by its file name; None when there is none of that name."""
    if not _NAME.fullmatch(name) or not (folder / name).is_file():
        return None
    raw = (folder / name).read_bytes()
    letter = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(letter, EmailMessage)
    headers = tuple((key, str(value)) for key, value in letter.items())
    text, html = (_part(letter, kind) for kind in ("plain", "html"))
    return OutboxLetter(name, headers, str(letter.get("Subject", "")), text, html, len(raw))


def _part(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, and on disk when this returns."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}.part")
    with open(draft, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, file)
