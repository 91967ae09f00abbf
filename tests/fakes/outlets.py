"""Outlets on loopback HTTP, well-behaved and not: a raw socket server, so that it can misbehave in every way.

    with Outlets() as world:
        world["/feed.xml"] = rss(item("One"))            # a Reply, bytes, or a function of the request
        world.url("/feed.xml"); world.requests            # what was asked, in order

Each path answers by itself; `Outlets(host="127.0.0.9")` is another host on the same machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from types import TracebackType

HEAD = '<?xml version="1.0" encoding="utf-8"?>'


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    began: float
    ended: float = float("inf")  # when its answer began to be given: whoever asked has none of it before
    method: str = "GET"
    body: bytes = b""


@dataclass
class Reply:
    """One answer: `raw` is sent as it is, in place of everything else; `drip` sends the body a byte at a time."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    delay_s: float = 0.0
    drip_s: float = 0.0
    endless: bool = False
    validators: bool = False


Answering = Reply | bytes | Callable[[Asked], "Reply | bytes"]


class Outlets:
    """A server; use as a context manager."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host, self.port, self.requests = host, port, list[Asked]()
        self._paths: dict[str, Answering] = {}
        self._stop = threading.Event()

    def __enter__(self) -> Outlets:
        self._socket = socket.create_server((self.host, self.port), backlog=256)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._socket.close()

    def __setitem__(self, path: str, answer: Answering) -> None:
        self._paths[path] = answer

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return f"http://{self.host}:{self.port}{path}"

    def asked(self, path: str) -> list[Asked]:
        """The requests for a path."""
        return [one for one in self.requests if one.path == path]

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            asked = _read(connection)
            if asked is None:
                return
            self.requests.append(asked)
            answer = self._paths.get(asked.path, Reply(b"not here", 404))
            reply = answer(asked) if callable(answer) else answer
            with contextlib.suppress(OSError):
                self._send(connection, asked, Reply(reply) if isinstance(reply, bytes) else reply)

    def _send(self, connection: socket.socket, asked: Asked, reply: Reply) -> None:
        self._stop.wait(reply.delay_s)
        asked.ended = time.monotonic()
        if reply.raw is not None:
            connection.sendall(reply.raw)
            return
        headers, body, status = dict(reply.headers), reply.body, reply.status
        if reply.validators:
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers |= {"ETag": tag, "Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT"}
            if asked.headers.get("if-none-match") == tag:
                status, body = 304, b""
        if not reply.endless:
            headers.setdefault("Content-Length", str(len(body)))
        head = f"HTTP/1.1 {status} Word\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        connection.sendall(head.encode("latin-1") + b"Connection: close\r\n\r\n")
        if reply.drip_s:
            for at in range(len(body)):
                connection.sendall(body[at : at + 1])
                if self._stop.wait(reply.drip_s):
                    return
        connection.sendall(body)
        while reply.endless and not self._stop.is_set():
            connection.sendall(b"x" * 65_536)


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65_536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    while len(body) < int(headers.get("content-length", "0")) and (part := connection.recv(65_536)):
        body += part
    method, path, _ = lines[0].split(" ")
    return Asked(path, headers, time.monotonic(), method=method, body=body)


def item(
    title: str, link: str = "", guid: str = "", date: str = "Sun, 22 Nov 2026 07:00:00 GMT", text: str = ""
) -> str:
    """An RSS item."""
    parts = [f"<title>{escape(title)}</title>"]
    parts += [f"<link>{escape(link)}</link>"] if link else []
    parts += [f'<guid isPermaLink="false">{escape(guid)}</guid>'] if guid else []
    parts += [f"<pubDate>{date}</pubDate>"] if date else []
    parts += [f"<description>{escape(text)}</description>"] if text else []
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "Harbour Post", link: str = "https://harbour.example/") -> bytes:
    """An RSS 2.0 feed."""
    return (
        f'{HEAD}<rss version="2.0"><channel><title>{escape(title)}</title><link>{link}</link>'
        f"<language>en</language>{''.join(items)}</channel></rss>"
    ).encode()
