"""The public tree over ASGI: whole files, compressed ahead, straight from the event loop.

Rule: a path is answered only if it is written the one canonical way and names a regular file inside the tree, no
symbolic link on the way; anything else goes to the application behind. Nothing is computed but the choice among
br, gzip and identity (RFC 9110 §12.5.3) and the comparison of validators (§13.1).
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from corante.core.paths import file_of

from .copies import KINDS, Copy, Headers, Mark, answer_of, mark_of, read
from .policy import public_headers

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

CACHE_BYTES: Final = 48 * 2**20
QUESTIONS: Final = 20_000
CANONICAL: Final = re.compile(r"/(?:[a-z0-9][a-z0-9_.-]*/)*(?:[a-z0-9][a-z0-9_.-]*)?")
"""Lower-case parts that begin with a letter or digit: no dots to climb, nothing hidden, nothing to decode."""

ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"), ("identity", ""))


def application(public_tree: Path, fallback: ASGIApp) -> ASGIApp:
    """An ASGI application that answers from `public_tree` and hands everything else to `fallback`."""
    shelf = Shelf(public_tree)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or (found := shelf.find(scope)) is None:
            await fallback(scope, receive, send)
        else:
            status, headers, body = found
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    return answer


class Shelf:
    """The files lately asked for, in memory, up to CACHE_BYTES; each is checked against the disk when asked again."""

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self._copies: OrderedDict[str, Copy] = OrderedDict()
        self._answers: dict[tuple[str, bytes], str] = {}
        self._bytes = 0

    def find(self, scope: Scope) -> tuple[int, Headers, bytes] | None:
        """Status, headers and body for a request; None if no file answers it."""
        path = scope["path"]
        raw = scope.get("raw_path")
        if raw and raw.partition(b"?")[0] != path.encode():
            return None
        asked = {name: value for name, value in scope["headers"] if name in _ASKED}
        accept = asked.get(b"accept-encoding", b"")
        copy = self._lately(path, accept) or self._look(path, accept)
        if copy is not None:
            return answer_of(copy, asked)
        return self._past(f"{self.root}/{file_of(path)}") if canonical(path) else None

    def _lately(self, path: str, accept: bytes) -> Copy | None:
        """The copy that answered the same question before, if the file on disk is still that one: one lstat."""
        name = self._answers.get((path, accept))
        kept = self._copies.get(name) if name else None
        if name is None or kept is None or mark_of(name) != kept.mark:
            return None
        self._copies.move_to_end(name)
        return kept

    def _look(self, path: str, accept: bytes) -> Copy | None:
        if not canonical(path):
            return None
        file = f"{self.root}/{file_of(path)}"
        wanted = acceptable(accept.decode("latin-1"))
        for encoding, end in ENCODINGS:
            if encoding in wanted and (copy := self._copy(file, end, encoding)):
                if len(self._answers) >= QUESTIONS:
                    self._answers.clear()
                self._answers[path, accept] = file + end
                return copy
        return None

    def _copy(self, file: str, end: str, encoding: str) -> Copy | None:
        name = file + end
        mark = self._mark(name)
        if mark is None or not mark[1] or (end and mark_of(file) is None):
            return None
        kept = self._copies.get(name)
        if kept and kept.mark == mark:
            self._copies.move_to_end(name)
            return kept
        return self._keep(name, read(name, file, encoding))

    def _mark(self, name: str) -> Mark | None:
        """Which file this is; None unless it is a regular one inside the tree, with no link on the way."""
        mark = mark_of(name)
        return mark if mark and os.path.realpath(name) == name else None

    def _keep(self, name: str, copy: Copy | None) -> Copy | None:
        old = self._copies.pop(name, None)
        self._bytes -= len(old.body) if old else 0
        if copy is None:
            return None
        self._copies[name] = copy
        self._bytes += len(copy.body)
        while self._bytes > CACHE_BYTES and len(self._copies) > 1:
            _name, dropped = self._copies.popitem(last=False)
            self._bytes -= len(dropped.body)
        return copy

    def _past(self, file: str) -> tuple[int, Headers, bytes] | None:
        """What answers for a page that is no more: 410 with its note, or the way to the story it went into."""
        if self._mark(file + ".moved"):
            to = Path(file + ".moved").read_bytes().strip()
            if CANONICAL.fullmatch(to.decode("ascii", "replace")):
                return 301, [*_plain(b"text/plain"), (b"location", to), (b"content-length", b"0")], b""
        if self._mark(file + ".gone"):
            body = Path(file + ".gone").read_bytes()
            return 410, [*_plain(KINDS[".html"].encode()), (b"content-length", b"%d" % len(body))], body
        return None


def canonical(path: str) -> bool:
    """The one way to write this path; a page is asked for without its .html, a copy never by its own name."""
    end = os.path.splitext(path)[1]
    return bool(CANONICAL.fullmatch(path)) and ".." not in path and (not end or (end in KINDS and end != ".html"))


@lru_cache(maxsize=512)
def acceptable(accept: str) -> frozenset[str]:
    """The encodings of ours that a client takes; identity always, unless it is refused by name.

    Preference among equals is ours (the smaller), as RFC 9110 §12.5.3 lets a server choose; one with q=0 is out,
    and one the client clearly prefers less than identity is too.
    """
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, _semicolon, parameters = part.strip().partition(";")
        weights[name.strip()] = _weight(parameters)
    others = weights.get("*", 0.0)
    identity = weights.get("identity", 1.0 if others or "*" not in weights else 0.0)
    liked = {name for name in ("br", "gzip") if weights.get(name, others) > 0}
    if "identity" in weights:
        liked = {name for name in liked if weights.get(name, others) >= identity}
    return frozenset(liked | {"identity"} if identity > 0 or not liked else liked)


_ASKED: Final = {b"accept-encoding", b"if-none-match", b"if-modified-since"}


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _equals, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def _plain(kind: bytes) -> Iterable[tuple[bytes, bytes]]:
    return [(b"content-type", kind), (b"cache-control", b"public, max-age=60"), *public_headers()]


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
