"""What a request must be before one of Django's few threads is spent on it: its body whole, its headers unambiguous.

Rule: a body is taken in on the event loop, where waiting costs nothing, so that twenty slow senders can't keep
everybody from search, sign-up and desk. Header names with an underscore are dropped: the gateway below would make
`X_Forwarded_For`, which a reader may send, into the header that our own proxy writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, MutableMapping
from typing import Any, Final

from .tree import ASGIApp, Receive, Scope, Send

SMALL: Final = 256 * 1024
LARGE: Final = 5 * 2**20
LISTS: Final = "/desk/outlets/import/"
LARGER: Final = (LISTS, "/websub/")
"""The doors that take more than a form: a list of feeds of at most 4 MB, and what hubs push."""
WITHIN_S: Final = 20.0
HELD: Final = 64 * 2**20
"""Bytes of unfinished bodies in memory at once."""

_SAYS: Final = {
    408: b"The request did not arrive in time. Please send it again.\n",
    413: b"This is more than is taken here.\n",
    503: b"Too much is arriving at once. Please send it again in a minute.\n",
}


class _Refused(Exception):
    """Answered with this status."""


class _Left(Exception):
    """Whoever asked is gone."""


class Intake:
    """An ASGI application that hands `behind` only whole requests; refuses others with 408, 413 or 503."""

    def __init__(self, behind: ASGIApp, within_s: float = WITHIN_S) -> None:
        self._behind, self._within_s = behind, within_s
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        scope["headers"] = headers = [pair for pair in scope["headers"] if b"_" not in pair[0]]
        if not _has_body(headers):
            await self._behind(scope, receive, send)
            return
        taken = bytearray()
        try:
            async with asyncio.timeout(self._within_s):
                await self._take(taken, LARGE if scope["path"].startswith(LARGER) else SMALL, headers, receive)
            scope["headers"] = _measured(headers, len(taken))
            await self._behind(scope, _again(bytes(taken), receive), send)
        except TimeoutError:
            await _refuse(send, 408)
        except _Refused as refused:
            await _refuse(send, int(refused.args[0]))
        except _Left:
            return
        finally:
            self._held -= len(taken)

    async def _take(self, taken: bytearray, cap: int, headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> None:
        """The whole body, into `taken`. Raises _Refused when it is too much, _Left when it never ends."""
        said = dict(headers).get(b"content-length", b"0")
        if not said.isdigit() or int(said[:20]) > cap:
            raise _Refused(413)
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise _Left
            part = message.get("body", b"")
            if len(taken) + len(part) > cap:
                raise _Refused(413)
            if self._held + len(part) > HELD:
                raise _Refused(503)
            taken += part
            self._held += len(part)
            more = message.get("more_body", False)


def _has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """RFC 9112 §6: signalled by Content-Length or Transfer-Encoding."""
    return any(name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in headers)


def _measured(headers: Iterable[tuple[bytes, bytes]], size: int) -> list[tuple[bytes, bytes]]:
    """The body's size as it is: a gateway reads nothing of a chunked body that is not measured."""
    other = [pair for pair in headers if pair[0] not in (b"content-length", b"transfer-encoding")]
    return [*other, (b"content-length", b"%d" % size)]


def _again(body: bytes, receive: Receive) -> Receive:
    """`receive` that gives the body in one piece, then whatever the connection says."""
    given = False

    async def once() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": _SAYS[status]})
