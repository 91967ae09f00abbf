"""A real SMTP server on loopback that misbehaves on request, and keeps a log of what it accepted.

A fault is (stage, how, when): at the n-th time a stage is reached, answer 4xx / 5xx / 421, hang, or drop the line.
Stages: connect ehlo starttls auth mail rcpt data body dot stored (the letter is kept, its 250 is still unsaid) rset quit.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.conf import settings as django_settings

from corante.mail.wire import Wire

_overdue = Wire.overdue


@dataclass
class Fault:
    """What goes wrong, where, and at which times the stage is reached (counted from 1; empty: always)."""

    stage: str
    how: str  # a reply such as "451 4.7.1 later", or "hang", or "drop"
    times: tuple[int, ...] = ()


@dataclass
class SmtpServer:
    """Use as a context manager; `address` is what goes into the setting `smtp`."""

    faults: list[Fault] = field(default_factory=list)
    pipelining: bool = True
    smtputf8: bool = False
    tls: ssl.SSLContext | None = None  # offered by STARTTLS
    close_after: int = 0  # letters per connection, then 421
    idempotency: str = ""  # a header by which a letter that comes again is dropped, and said to be taken
    slow: float = 0.0  # up to so many seconds between taking and saying so
    after: tuple[int, threading.Event] | None = None  # so many letters are taken, and the others not before this
    seed: int = 1
    on_accept: Callable[[int], None] | None = None

    def __post_init__(self) -> None:
        self.accepted: list[str] = []  # Message-IDs, as often as accepted
        self.letters: list[bytes] = []
        self.recipients: list[str] = []
        self.senders: list[str] = []
        self.logins: list[str] = []
        self.reached: Counter[str] = Counter()
        self._keys: set[bytes] = set()
        self.hanging: set[int] = set()  # ports of those who are kept waiting for ever
        self.most_at_once = self._at_once = 0  # letters between their RCPT and the word on them
        self._random = random.Random(self.seed)
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> SmtpServer:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(60), "the mail server of the test did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def twice(self) -> list[str]:
        """Message-IDs accepted more than once."""
        return [name for name, count in Counter(self.accepted).items() if count > 1]

    def known(self, letter: bytes) -> bool:
        """Whether a letter with its key was taken before."""
        key = re.search(rb"^%s: (\S+)" % self.idempotency.encode(), letter, re.MULTILINE)
        assert key, "a letter came without its key"
        before = key[1] in self._keys
        self._keys.add(key[1])
        return before

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0, limit=2**24))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(_Dropped, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _Session(self, reader, writer).run()
        with contextlib.suppress(ConnectionError, RuntimeError):
            writer.close()

    def begun(self) -> None:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)

    def ended(self) -> None:
        self._at_once -= 1

    def fault(self, stage: str) -> str:
        self.reached[stage] += 1
        for fault in self.faults:
            if fault.stage == stage and (not fault.times or self.reached[stage] in fault.times):
                return fault.how
        return ""


def use(settings: Any, server: SmtpServer, **changes: Any) -> None:
    """The site mails by this server, with these settings changed; `settings` is pytest-django's."""
    settings.CORANTE = replace(django_settings.CORANTE, smtp=server.address, sender="news@example.org", **changes)


def impatient(monkeypatch: pytest.MonkeyPatch, server: SmtpServer, seconds: float = 0.4) -> None:
    """Silence ends a conversation so soon, but only where this server hangs: a busy machine is silent too."""
    monkeypatch.setattr("corante.mail.smtp.TIMEOUT", seconds)
    monkeypatch.setattr("corante.mail.smtp.DOT_TIMEOUT", seconds)
    monkeypatch.setattr(
        Wire, "overdue", lambda wire, now: _overdue(wire, now) and wire._sock.getsockname()[1] in server.hanging
    )


class _Dropped(Exception):
    pass


class _Session:
    def __init__(self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.sender = self.recipient = ""
        self.carried = 0
        self.encrypted = False

    async def run(self) -> None:
        await self.say("connect", "220 sink ESMTP")
        while line := await self.reader.readline():
            word = line[:4].upper().decode("ascii", "replace")
            if await self.one(word, line.decode("utf-8", "replace").strip()):
                return

    async def say(self, stage: str, reply: str) -> bool:
        """Answer, or fail as planned. True when all is well."""
        how = self.server.fault(stage)
        if how == "hang":
            await self.hang()
        if how == "drop":
            self.writer.transport.abort()
            raise _Dropped
        self.writer.write((how or reply).encode() + b"\r\n")
        await self.writer.drain()
        if how.startswith("421"):
            raise _Dropped
        return not how

    async def hang(self) -> None:
        self.server.hanging.add(self.writer.get_extra_info("peername")[1])
        await asyncio.sleep(3600)

    async def one(self, word: str, line: str) -> bool:
        if word in ("EHLO", "HELO"):
            offers = ["250-sink", "250-SIZE 99999999", "250-AUTH PLAIN LOGIN", "250-ENHANCEDSTATUSCODES"]
            offers += ["250-STARTTLS"] * bool(self.server.tls and not self.encrypted)
            offers += ["250-PIPELINING"] * self.server.pipelining + ["250-SMTPUTF8"] * self.server.smtputf8
            await self.say("ehlo", "\r\n".join([*offers, "250 8BITMIME"]))
        elif word == "STAR":
            if await self.say("starttls", "220 go on") and self.server.tls:
                await self.writer.start_tls(self.server.tls)
                self.encrypted = True
        elif word == "AUTH":
            self.server.logins.append(line)
            await self.say("auth", "235 2.7.0 welcome")
        elif word == "MAIL":
            await self.mail(line)
        elif word == "RCPT":
            await self.rcpt(line)
        elif word == "DATA":
            await self.data()
        elif word == "QUIT":
            await self.say("quit", "221 bye")
            return True
        else:
            self.sender = self.recipient = ""
            await self.say("rset", "250 ok")
        return False

    async def mail(self, line: str) -> None:
        if self.server.close_after and self.carried >= self.server.close_after:
            self.writer.write(b"421 4.7.0 enough for one connection\r\n")
            await self.writer.drain()
            raise _Dropped
        ok = await self.say("mail", "250 ok")
        self.sender = line.partition("<")[2].partition(">")[0] if ok else ""

    async def rcpt(self, line: str) -> None:
        if not self.sender:
            self.writer.write(b"503 5.5.1 MAIL first\r\n")
            return
        ok = await self.say("rcpt", "250 ok")
        self.recipient = line.partition("<")[2].partition(">")[0] if ok else ""
        if ok:
            self.server.begun()

    async def data(self) -> None:
        if not self.recipient:
            self.writer.write(b"503 5.5.1 RCPT first\r\n")
            return
        if not await self.say("data", "354 go on"):
            return
        letter = await self.body()
        if not await self.before_storing():
            return
        self.keep(letter)
        await asyncio.sleep(self.server._random.random() * self.server.slow / 2)
        self.server.ended()
        await self.say("stored", f"250 2.0.0 queued as {len(self.server.accepted)}")
        self.sender = self.recipient = ""

    async def body(self) -> bytes:
        how = self.server.fault("body")
        if how:
            await self.reader.readline()
            if how == "hang":
                await self.hang()
            if how != "drop":
                self.writer.write(how.encode() + b"\r\n")
                await self.writer.drain()
            self.writer.transport.abort()
            raise _Dropped
        return (await self.reader.readuntil(b"\r\n.\r\n"))[:-3]

    async def before_storing(self) -> bool:
        """The letter is whole, nothing is kept yet."""
        while (
            self.server.after
            and len(self.server.accepted) >= self.server.after[0]
            and not self.server.after[1].is_set()
        ):
            await asyncio.sleep(0.02)
        await asyncio.sleep(self.server._random.random() * self.server.slow / 2)
        how = self.server.fault("dot")
        if how == "hang":
            await self.hang()
        if how == "drop":
            self.writer.transport.abort()
            raise _Dropped
        if how:
            self.writer.write(how.encode() + b"\r\n")
        return not how

    def keep(self, letter: bytes) -> None:
        found = re.search(rb"^Message-ID: (\S+)", letter, re.MULTILINE)
        self.carried += 1
        if self.server.idempotency and self.server.known(letter):
            return
        self.server.letters.append(letter)
        self.server.accepted.append(found[1].decode() if found else "")
        self.server.recipients.append(self.recipient)
        self.server.senders.append(self.sender)
        if self.server.on_accept:
            self.server.on_accept(len(self.server.accepted))
