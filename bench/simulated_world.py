"""The world of `bench.simulate_feeds`: thousands of hosts on one machine, with names, latency, and bad manners.

Rule: one process, one event loop: a name server (UDP) that knows every host but the dead ones, about which it is silent,
and an HTTP server on all of loopback. What a feed is like hangs on its number alone, so that a run can be repeated.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.message
import dns.rdatatype
import dns.rrset
from tests.fakes.outlets import item, rss

LATENCY_S = 0.3
SLOW_S = 10.0
OLD = 20
"""Entries of a feed that are no news; one feed in NEWSY has one piece of today beside them."""
NEWSY = 25
SHARES = (69, 29, 16, 9, 7, 6, 5, 5, 4, 4, 4, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2)
"""Feeds on the hosts that have several, of 778 in public lists of outlets; a few hosts carry very many."""
OF = 778


@dataclass(frozen=True)
class SimFeed:
    """One feed of the world: `manner` is good, slow, dead, bomb or drip."""

    number: int
    host: str
    manner: str

    @property
    def path(self) -> str:
        """Its path on its host."""
        return f"/feed/{self.number}"


def population(feeds: int, hosts: int, lists: Path | None = None) -> list[SimFeed]:
    """All feeds: the skew of the hosts, then who is slow (5 %), dead (2 %), a bomb (0.5 %) or a drip (0.5 %)."""
    chance = random.Random(7)
    shares, of = _shares(lists) if lists else (SHARES, OF)
    crowded = [round(share * feeds / of) for share in shares][: hosts // 2]
    places = [host for host, many in enumerate(crowded) for _ in range(many)]
    alone = list(range(len(crowded), hosts))
    places += alone[: feeds - len(places)]
    places += [chance.choice(alone) for _ in range(feeds - len(places))]
    manners = {host: _manner(chance.random()) if host >= len(crowded) else "good" for host in range(hosts)}
    chance.shuffle(places)
    return [SimFeed(n, _name(host, manners[host]), manners[host]) for n, host in enumerate(places)]


def serve(feeds: list[SimFeed], ports: Any, log: Path) -> None:
    """Run the world until the process is ended; `ports` gets (HTTP port, DNS port); requests go to `log`, one a line."""
    asyncio.run(_serve(feeds, ports, log))


async def _serve(feeds: list[SimFeed], ports: Any, log: Path) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(_Names, local_addr=("127.0.0.1", 0))
    with open(log, "w", buffering=1) as lines:
        web = _Web(feeds, lines)
        server = await asyncio.start_server(web.answer, "0.0.0.0", 0, backlog=4096)
        web.port = server.sockets[0].getsockname()[1]
        ports.put((web.port, transport.get_extra_info("sockname")[1]))
        await server.serve_forever()


class _Names(asyncio.DatagramProtocol):
    """Every name leads to loopback, but those that begin with "dead"."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        name = query.question[0].name
        if name.to_text().startswith("dead"):
            return
        reply = dns.message.make_response(query)
        if query.question[0].rdtype == dns.rdatatype.A:
            reply.answer.append(dns.rrset.from_text(name, 300, "IN", "A", "127.0.0.1"))
        self.transport.sendto(reply.to_wire(), addr)


class _Web:
    def __init__(self, feeds: list[SimFeed], lines: Any) -> None:
        self.feeds, self.lines, self.port = {feed.path: feed for feed in feeds}, lines, 0
        self.bomb = gzip.compress(b"\0" * (64 * 2**20), 9)
        self.page = b"<!doctype html><title>%s</title><article><h1>%s</h1>" + b"<p>Words of a page.</p>" * 40

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while asked := await _request(reader):
                path, headers = asked
                feed = self.feeds.get(path)
                if feed:
                    known = "if-none-match" in headers
                    self.lines.write(json.dumps([time.time(), feed.number, known]) + "\n")
                await asyncio.sleep(LATENCY_S)
                await (self._feed(feed, headers, writer) if feed else self._other(path, writer))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _feed(self, feed: SimFeed, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        if feed.manner == "drip":
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while True:
                writer.write(b"<")
                await writer.drain()
                await asyncio.sleep(0.2)
        if feed.manner == "bomb":
            _send(writer, 200, self.bomb, {"Content-Encoding": "gzip"})
            return
        if feed.manner == "slow":
            await asyncio.sleep(SLOW_S)
        body, tag = self._document(feed), f'"{feed.number}"'
        same = headers.get("if-none-match") == tag
        _send(writer, 304 if same else 200, b"" if same else body, {"ETag": tag, "Content-Type": "application/rss+xml"})

    async def _other(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path == "/robots.txt":
            _send(writer, 404, b"", {})
        else:
            title = f"News of today from {path.rsplit('/', 1)[1]}".encode()
            _send(writer, 200, self.page % (title, title), {"Content-Type": "text/html"})

    def _document(self, feed: SimFeed) -> bytes:
        root, n = f"http://{feed.host}:{self.port}", feed.number
        old = [
            item(
                f"Old piece {m} of outlet {n}",
                f"{root}/old/{n}/{m}",
                f"{n}-{m}",
                "Mon, 02 Nov 2026 07:00:00 GMT",
                "x" * 300,
            )
            for m in range(OLD)
        ]
        today = time.strftime("%a, %d %b %Y %H:00:00 GMT", time.gmtime())
        news = [item(f"News of today from {n}", f"{root}/new/{n}", f"{n}-new", today)] if n % NEWSY == 0 else []
        return rss(*news, *old, title=f"Outlet {n}", link=f"{root}/")


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1") if not reader.at_eof() else ""
    if not head:
        return None
    lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return lines[0].split(" ")[1], headers


def _send(writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str]) -> None:
    head = f"HTTP/1.1 {status} Word\r\nContent-Length: {len(body)}\r\n"
    writer.write((head + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode() + body)


def _manner(chance: float) -> str:
    for manner, upto in (("slow", 0.05), ("dead", 0.07), ("bomb", 0.075), ("drip", 0.08)):
        if chance < upto:
            return manner
    return "good"


def _name(host: int, manner: str) -> str:
    return f"{'dead' if manner == 'dead' else 'host'}{host}.example"


def _shares(lists: Path) -> tuple[tuple[int, ...], int]:
    """How many feeds the hosts of these OPML lists have, where several."""
    found = set[str]()
    for file in lists.rglob("*.opml"):
        found |= set(re.findall(r'xmlUrl="https?://([^"]+)"', file.read_text(errors="replace")))
    hosts = Counter(address.partition("/")[0] for address in found)
    return tuple(sorted((many for many in hosts.values() if many > 1), reverse=True)), len(found)
