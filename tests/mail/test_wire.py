"""What a wire writes is what arrives, whole and in order, however little of it fits at a time, open or encrypted."""

from __future__ import annotations

import selectors
from pathlib import Path
from smtplib import SMTPServerDisconnected

import pytest

from corante.core.delivering import Answer
from corante.mail.routes import Route, read_route
from corante.mail.smtp import Connection
from corante.mail.wire import Wire
from tests.fakes import tls
from tests.fakes.smtp import Fault, SmtpServer

LINE = b"Nothing in this letter begins with a dot, so what is written is what is kept.\r\n"


@pytest.fixture(params=["open", "encrypted"])
def server(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmtpServer:
    if request.param == "open":
        return SmtpServer()
    file = tls.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setattr(Route, "loopback", False)
    return SmtpServer(tls=tls.server_side(file))


def heard(wire: Wire, stage: str) -> Answer:
    """Write what waits whenever there is room, until an answer of this stage comes."""
    with selectors.DefaultSelector() as selector:
        selector.register(wire, selectors.EVENT_READ)
        while True:
            wire.push()
            selector.modify(wire, selectors.EVENT_READ | (selectors.EVENT_WRITE if wire.wants_write else 0))
            assert selector.select(120), "the server says nothing"
            for answer in wire.pull():
                if answer.stage == stage:
                    return answer
                assert answer.code < 400, answer


@pytest.mark.parametrize("pieces", [1, 7, 1000], ids=["in one", "in a few", "in more than one write takes"])
def test_a_letter_larger_than_any_buffer_arrives_byte_for_byte(pieces: int, server: SmtpServer) -> None:
    head = b"Message-ID: <large@example.org>\r\n\r\n"
    part = LINE * (6_000_000 // len(LINE) // pieces)
    with server:
        wire = Wire(Connection(read_route(server.address)))
        for _ in range(2):
            wire.offer("news@example.org", "reader@example.net")
            assert heard(wire, "data").code == 354
            wire.pour([head, *[part] * pieces])
            wire.dot()
            assert heard(wire, "dot").code == 250
        wire.part()
    assert [letter.rstrip(b"\r\n") for letter in server.letters] == [(head + part * pieces).rstrip(b"\r\n")] * 2


@pytest.mark.parametrize("reply", ["250-and more\r\n" * 2000, "250 " + "x" * 200_000], ids=["lines", "one line"])
def test_an_answer_without_end_ends_the_conversation(reply: str) -> None:
    with SmtpServer(faults=[Fault("mail", reply)]) as server:
        wire = Wire(Connection(read_route(server.address)))
        wire.offer("news@example.org", "reader@example.net")
        with pytest.raises(SMTPServerDisconnected, match="no end"):
            heard(wire, "data")
        wire.close()
