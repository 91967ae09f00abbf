"""A connection that never waits: what is to be said is queued, what was answered is told, nothing blocks.

Rule: a letter and its final dot are queued by separate acts, because the ledger must be written between them; the next
envelope may go with the dot in one write (RFC 2920, 3.1). One connection that hangs costs the others nothing.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections import deque
from collections.abc import Iterable

from corante.core.delivering import Answer
from corante.core.markup import clean

from . import smtp

_LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_CHUNK = 4096
_LONGEST = 65536
_LINES = 1000
_PIECES = 256
_ENDLESS = "the server's answer has no end"


class Wire:
    """One connection in the hands of a loop that asks which can go on (`fileno`, `wants_write`)."""

    def __init__(self, connection: smtp.Connection) -> None:
        assert connection.sock
        self._line, self._sock = connection, connection.sock
        self._sock.setblocking(False)
        self._in = b""
        self._gathers = not isinstance(self._sock, ssl.SSLSocket)
        self._out: deque[bytes | memoryview] = deque()
        self._said: list[bytes] = []  # lines of a reply that goes on
        self._awaited: deque[str] = deque()  # stages whose answers are still to come, in order
        self._unsaid: deque[tuple[str, bytes]] = deque()  # without PIPELINING: said one by one
        self._moved = time.monotonic()
        self.pipelined: bool = connection.pipelined
        self.takes_utf8 = connection.takes_utf8
        self.carried = 0

    def fileno(self) -> int:
        """For a selector."""
        return self._sock.fileno()

    @property
    def wants_write(self) -> bool:
        """There is something to say that did not fit yet."""
        return bool(self._out)

    @property
    def fresh(self) -> bool:
        """It has carried no letter yet."""
        return self.carried == 0

    def overdue(self, now: float) -> bool:
        """It has been silent for longer than a server may be (RFC 5321, 4.5.3.2); `now` is monotonic."""
        after_dot = bool(self._awaited) and self._awaited[0] == "dot"
        return now - self._moved > (smtp.DOT_TIMEOUT if after_dot else smtp.TIMEOUT)

    def offer(self, sender: str, recipient: str) -> None:
        """Name sender and recipient: answers come for the stages mail, rcpt and data."""
        more = "" if recipient.isascii() else " SMTPUTF8"
        mail, rcpt = f"MAIL FROM:<{sender}>{more}\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode()
        if self.pipelined:
            self._say(mail + rcpt + b"DATA\r\n", "mail", "rcpt", "data")
        else:
            self._unsaid.extend((("mail", mail), ("rcpt", rcpt), ("data", b"DATA\r\n")))
            self._say_next()

    def pour(self, pieces: Iterable[bytes]) -> None:
        """The letter without its final dot: the server has nothing yet."""
        self._say(b"")
        self._out.extend(pieces)

    def dot(self) -> None:
        """The final dot: from here on only the server's answer settles the letter."""
        self._say(b".\r\n", "dot")

    def take_back(self, body_awaited: bool) -> None:
        """Forget the envelope; an answer comes for the stage rset. An awaited body is given as an empty one."""
        self._unsaid.clear()
        if body_awaited:
            self._say(b".\r\n", "void")
        self._say(b"RSET\r\n", "rset")

    def push(self) -> None:
        """Write what fits, all that waits in one go. Raises OSError when the connection is gone."""
        try:
            while self._out:
                self._written(self._send())
        except _LATER:
            pass

    def _send(self) -> int:
        """TLS takes one piece at a time, and not another one when it comes back for the rest."""
        if self._gathers and len(self._out) <= _PIECES:
            return self._sock.sendmsg(self._out)
        if len(self._out) > 1:
            whole = b"".join(self._out)
            self._out.clear()
            self._out.append(whole)
        return self._sock.send(self._out[0])

    def _written(self, count: int) -> None:
        self._moved = time.monotonic()
        while self._out and count >= len(self._out[0]):
            count -= len(self._out.popleft())
        if count:
            self._out[0] = memoryview(self._out[0])[count:]

    def pull(self) -> list[Answer]:
        """The answers that have come, but for consent in the middle of an envelope, which settles nothing.

        Raises OSError when the connection is gone or speaks no SMTP.
        """
        lost = self._receive()
        answers = [answer for row in self._rows() if (answer := self._heard(row))]
        if lost and not answers:
            raise smtplib.SMTPServerDisconnected("the server closed it")
        return answers

    def close(self) -> None:
        """At once, without a word: a letter whose dot was not written is taken back by this."""
        self._line.close()

    def part(self) -> None:
        """Say goodbye."""
        self._sock.setblocking(True)
        self._line.part()

    def _say(self, data: bytes, *awaited: str) -> None:
        if not self._out and not self._awaited:
            self._moved = time.monotonic()  # its silence counts from here
        self._out.append(data)
        self._awaited.extend(awaited)

    def _say_next(self, last: int = 250) -> None:
        if last // 100 not in (2, 3):
            self._unsaid.clear()
        if self._unsaid and not self._awaited:
            stage, command = self._unsaid.popleft()
            self._say(command, stage)

    def _receive(self) -> bool:
        """Read all there is; whether the other side has closed."""
        try:
            while data := self._sock.recv(_CHUNK):
                self._in += data
                if len(self._in) > _LONGEST:
                    raise smtplib.SMTPServerDisconnected(_ENDLESS)
                self._moved = time.monotonic()
                if len(data) < _CHUNK and self._gathers:
                    return False
        except _LATER:
            return False
        return True

    def _rows(self) -> list[bytes]:
        """Whole lines of what has come."""
        *rows, self._in = self._in.split(b"\n")
        return rows

    def _heard(self, row: bytes) -> Answer | None:
        """One more line; the answer it ends, its lines made one (RFC 5321, 4.2.1), if that tells the loop anything."""
        if row[3:4] == b"-":
            self._said.append(row[4:])
            if len(self._said) > _LINES:
                raise smtplib.SMTPServerDisconnected(_ENDLESS)
            return None
        if not row[:3].isdigit():
            raise smtplib.SMTPServerDisconnected("the server spoke no SMTP")
        code, said, self._said = int(row[:3]), [*self._said, row[4:]], []
        stage = self._awaited.popleft() if self._awaited else "late"
        if self._unsaid:  # a word on what went before says nothing of the envelope that waits
            self._say_next(code if stage in ("mail", "rcpt") else 250)
        if code // 100 == 2 and stage in ("mail", "rcpt"):
            return None
        return Answer(stage, code, clean(b" ".join(said).decode("utf-8", "replace"))[:500])
