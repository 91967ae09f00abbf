"""A name server on loopback that answers from a table: {("example.org", "TXT"): ["v=spf1 -all"]}; UDP, real packets."""

from __future__ import annotations

import socketserver
import threading
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset


class NameServer:
    """Use as a context manager; `at` is what goes into `corante doctor --resolver`. A kind SERVFAIL makes a name fail."""

    def __init__(self, table: dict[tuple[str, str], list[str]]) -> None:
        self.table, self.asked = dict(table), list[tuple[str, str]]()

    def __enter__(self) -> NameServer:
        names = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                packet, sock = self.request
                sock.sendto(names.answer(packet), self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.at = f"127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, packet: bytes) -> bytes:
        query = dns.message.from_wire(packet)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        reply: Any = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if (name, "SERVFAIL") in self.table:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif found := self.table.get((name, kind)):
            texts = [_quoted(text) if kind == "TXT" else text for text in found]
            reply.answer.append(dns.rrset.from_text_list(question.name, 60, dns.rdataclass.IN, question.rdtype, texts))
        elif not any(known == name for known, _ in self.table):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return bytes(reply.to_wire())


def _quoted(text: str) -> str:
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255)) or '""'
