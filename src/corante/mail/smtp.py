"""Speaking SMTP: a connection that says at each stage what the server knows.

Rule: a connection writes envelope, body and final dot as separate acts, because the ledger must be written between
body and dot; an error is never read from the exception but from the stage we were in (RFC 1047: after the dot,
silence means nothing). Encryption is verified everywhere but on loopback.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl

from corante.core.delivering import Answer
from corante.core.markup import clean

from .routes import Route, RouteError

TIMEOUT = 60.0
DOT_TIMEOUT = 600.0  # RFC 5321, 4.5.3.2.6: a server may take ten minutes to take a letter


class Connection(smtplib.SMTP):
    """One connection to a route. TLS, login and replies are the standard library's; the envelope goes in one write."""

    def __init__(self, route: Route) -> None:
        """Connect, encrypt and log in. Raises RouteError."""
        self.route, self.carried = route, 0
        self._envelope: tuple[bytes, bytes] | None = None
        self.pipelined = False
        try:
            super().__init__(route.host, route.port, local_hostname=route.helo, timeout=TIMEOUT)
            self._greet()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise _refused(route, error) from None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.route.implicit_tls:
            return plain
        return _context(self.route).wrap_socket(plain, server_hostname=host)

    def _greet(self) -> None:
        self._say_hello()
        if not self.route.implicit_tls and not self.route.loopback:
            if not self.has_extn("starttls"):
                self.close()
                raise RouteError(f"{self.route} offers no encryption (STARTTLS): letters and login stay here", True)
            self.starttls(context=_context(self.route))
            self._say_hello()
        if self.route.user:
            self.login(self.route.user, self.route.password)
        self.pipelined = self.has_extn("pipelining")

    def _say_hello(self) -> None:
        """HELO only to a server that does not know EHLO: one that is busy would seem to offer no encryption."""
        code, words = self.ehlo()
        if code in (500, 502):
            code, words = self.helo()
        if code // 100 != 2:
            raise smtplib.SMTPHeloError(code, words)

    @property
    def takes_utf8(self) -> bool:
        """The server offers SMTPUTF8 (RFC 6531)."""
        return self.has_extn("smtputf8")

    def offer(self, sender: str, recipient: str) -> Answer | None:
        """Name sender and recipient; with PIPELINING (RFC 2920) in one write. An Answer means it failed."""
        more = "" if recipient.isascii() else " SMTPUTF8"
        mail = f"MAIL FROM:<{sender}>{more}\r\n".encode()
        rcpt = f"RCPT TO:<{recipient}>\r\n".encode()
        self._envelope = (mail, rcpt)
        return self._write("mail", mail + rcpt + b"DATA\r\n") if self.pipelined else None

    def taken(self) -> Answer | None:
        """Whether the server wants the body now: None is yes, else its refusal (the connection stays usable)."""
        try:
            return self._pipelined_replies() if self.pipelined else self._one_by_one()
        except (OSError, smtplib.SMTPException) as error:
            return self._lost("mail", error)

    def _pipelined_replies(self) -> Answer | None:
        replies = [Answer(stage, *self._reply()) for stage in ("mail", "rcpt", "data")]
        refused = next((a for a in replies if a.code // 100 not in (2, 3)), None)
        if refused is None:
            return None
        if replies[2].code == 354:  # it waits for a body that nobody is to get: an empty one, then it says 554
            self._write("dot", b".\r\n")
            self._reply()
        return self._reset(refused)

    def _one_by_one(self) -> Answer | None:
        assert self._envelope
        for stage, line in zip(("mail", "rcpt", "data"), (*self._envelope, b"DATA\r\n"), strict=True):
            if lost := self._write(stage, line):
                return lost
            answer = Answer(stage, *self._reply())
            if answer.code // 100 not in (2, 3):
                return self._reset(answer)
        return None

    def _reset(self, refused: Answer) -> Answer:
        """Keep the connection for the next letter, unless the server is closing it."""
        if refused.code == 421:
            self.close()
            return refused
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.rset()
        return refused

    def pour(self, letter: bytes) -> Answer | None:
        """Write the letter, without its final dot: the server has nothing yet. An Answer means it failed."""
        return self._write("data", letter)

    def dot(self) -> Answer | None:
        """Write the final dot: from here on only the server's answer settles it."""
        return self._write("dot", b".\r\n")

    def answer(self) -> Answer:
        """The server's word on the letter; code 0 when it gave none."""
        try:
            assert self.sock
            self.sock.settimeout(DOT_TIMEOUT)
            got = Answer("dot", *self._reply())
            self.sock.settimeout(TIMEOUT)
        except (OSError, smtplib.SMTPException) as error:
            return self._lost("dot", error)
        if got.code == 421:
            self.close()
        self.carried += 200 <= got.code < 300
        return got

    @property
    def alive(self) -> bool:
        """It can be asked for more."""
        return self.sock is not None

    @property
    def fresh(self) -> bool:
        """It has carried no letter yet."""
        return self.carried == 0

    def part(self) -> None:
        """Say goodbye, without waiting for long."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if self.sock:
                self.sock.settimeout(2)
                self.quit()
        self.close()

    def _reply(self) -> tuple[int, str]:
        code, text = self.getreply()
        if code == -1:
            raise smtplib.SMTPServerDisconnected("the server spoke no SMTP")
        return code, _text(text)

    def _write(self, stage: str, data: bytes) -> Answer | None:
        try:
            if self.sock is None:
                raise smtplib.SMTPServerDisconnected("not connected")
            self.sock.sendall(data)
        except (OSError, smtplib.SMTPException) as error:
            return self._lost(stage, error)
        return None

    def _lost(self, stage: str, error: Exception) -> Answer:
        self.close()
        words = "it did not answer in time" if isinstance(error, TimeoutError) else f"the connection was lost: {error}"
        return Answer(stage, 0, words)


def send(route: Route, sender: str, recipient: str, letter: bytes) -> Answer:
    """One letter by a connection of its own. Raises RouteError when there is none to be had."""
    line = Connection(route)
    try:
        return line.offer(sender, recipient) or line.taken() or line.pour(letter) or line.dot() or line.answer()
    finally:
        line.part()


def _refused(route: Route, error: Exception) -> RouteError:
    """Why there is no connection: ours to mend, or theirs and worth another try."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        words = f"{route} refuses the login: {error.smtp_code} {_text(error.smtp_error)}"
        return RouteError(words, ours=error.smtp_code >= 500)
    if isinstance(error, ssl.SSLError):
        return RouteError(f"{route}: the encrypted connection can't be verified: {error}", True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return RouteError(f"{route}: {error}", True)
    return RouteError(f"{route} can't be reached: {error or type(error).__name__}")


def _context(route: Route) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if route.loopback:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _text(reply: bytes | str) -> str:
    """On one line, without the control characters no database and no terminal should hear."""
    return clean(reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply)[:500]
