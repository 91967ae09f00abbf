"""From an HTTP response to an Answer: its status as an outcome, its body within bounds, what its headers wish.

Rule: caps count decoded bytes; a body that comes by drips is given up after fifteen seconds, and of bodies that grow
beyond a megabyte a few at a time are taken, so that many large ones can't fill the memory together.
"""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from corante.core.feeds import Outcome
from corante.core.urls import clean

from .answers import Answer, Hop, Request

SLOW_AFTER_S: Final = 15.0
SLOWEST: Final = 1000
"""Bytes a second, on the whole, from a body that takes longer than SLOW_AFTER_S."""
LARGE: Final = 2**20
"""Above this a body waits for one of few places; up to it, any compression goes."""
_RATIO: Final = 200
_DAY_S: Final = 86_400.0
_ENCODINGS: Final = frozenset(("", "identity", "gzip", "x-gzip", "deflate", "br"))
_KEPT: Final = frozenset(
    (
        "x-robots-tag",
        "tdm-reservation",
        "cache-control",
        "expires",
        "date",
        "link",
        "content-language",
        "last-modified",
        "etag",
        "age",
    )
)
_NAMED: Final = {304: Outcome.UNMODIFIED, 404: Outcome.NOT_FOUND, 410: Outcome.GONE, 429: Outcome.TOLD_TO_WAIT}

Refusal = tuple[Outcome, str]


async def received(
    request: Request, response: aiohttp.ClientResponse, url: str, hops: tuple[Hop, ...], places: asyncio.Semaphore
) -> Answer:
    """The last answer of the chain, with its body where it is good; `places` are those for large bodies."""
    status, headers = response.status, _kept(response)
    outcome, body = _by_status(status, posted=bool(request.form)), b""
    detail = _text(f"HTTP {status} {response.reason or ''}".strip()[:200])
    if outcome is Outcome.OK:
        body, refusal = await _body(response, request.cap, places)
        if refusal:
            outcome, detail = refusal
    return Answer(
        request,
        outcome,
        detail,
        status,
        url,
        body,
        _text(response.headers.get("Content-Type", ""))[:200],
        _validator(response, "ETag", 1000),
        _validator(response, "Last-Modified", 200),
        headers,
        hops,
        size=len(body),
        retry_s=_retry_after(response) if outcome is not Outcome.OK else 0.0,
        fresh_s=_max_age(headers.get("cache-control", "")),
    )


def redirect(response: aiohttp.ClientResponse, url: str, posted: bool) -> str | None:
    """Where a redirect leads ("" for nowhere one may go), None when it is none. A form is only sent on by 307 and 308.

    The query stays as the server wrote it: it may be signed, or be a step of its own counting, without which it would
    send us round again.
    """
    if response.status not in (301, 302, 303, 307, 308):
        return None
    if posted and response.status < 307:
        return ""
    return clean(response.headers.get("Location", ""), url, whole=True)


def _kept(response: aiohttp.ClientResponse) -> dict[str, str]:
    """The headers a room may ask for; one that stands several times is joined (RFC 9110 §5.2)."""
    kept: dict[str, str] = {}
    for name, value in response.headers.items():
        low = name.lower()
        if low in _KEPT:
            kept[low] = f"{kept[low]}, {_text(value)}" if low in kept and low == "link" else _text(value)
    return kept


def _validator(response: aiohttp.ClientResponse, name: str, longest: int) -> str:
    """A validator as it came; none when it is too long or no UTF-8, because half of one, or another, would be a lie."""
    value = response.headers.get(name, "")
    return value if len(value) <= longest and value == _text(value) else ""


def _text(value: str) -> str:
    """A header as text that can be stored: bytes that are no UTF-8 reach us as lone surrogates."""
    return value.encode("utf-8", "replace").decode() if not value.isascii() else value


async def _body(response: aiohttp.ClientResponse, cap: int, places: asyncio.Semaphore) -> tuple[bytes, Refusal | None]:
    """The decoded body, or why it is not taken."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        return b"", (Outcome.BAD_ANSWER, f"an encoding we did not ask for: {encoding[:40]}")
    if (length := response.content_length) is not None and length > cap:
        return b"", (Outcome.TOO_LARGE, f"{length} bytes, more than {cap}")
    taken = bytearray()
    refusal = await _take(taken, response, min(cap, LARGE), length)
    if refusal is None and LARGE < len(taken) <= cap:
        async with places:
            refusal = await _take(taken, response, cap, length)
    if refusal is None and len(taken) > cap:
        refusal = Outcome.TOO_LARGE, f"more than {cap} bytes when unpacked"
    return (b"", refusal) if refusal else (bytes(taken), None)


async def _take(taken: bytearray, response: aiohttp.ClientResponse, until: int, length: int | None) -> Refusal | None:
    """Read on until the body ends or is longer than `until`; says why not, when it should not be read on."""
    loop = asyncio.get_running_loop()
    began, had = loop.time(), len(taken)
    async for part in response.content.iter_chunked(65_536):
        taken += part
        if len(taken) > LARGE and length and len(taken) > _RATIO * length:
            return Outcome.TOO_LARGE, f"a body that unpacks to more than {_RATIO} times its size"
        if len(taken) > until:
            return None
        spent = loop.time() - began
        if spent > SLOW_AFTER_S and len(taken) - had < SLOWEST * spent:
            return Outcome.TIMED_OUT, f"came at less than {SLOWEST} bytes a second"
    return None


def _by_status(status: int, posted: bool) -> Outcome:
    if status == 200 or (posted and 200 <= status < 300):
        return Outcome.OK
    if status in _NAMED:
        return _NAMED[status]
    if status in (401, 402, 403, 407, 451):
        return Outcome.FORBIDDEN
    if status >= 500:
        return Outcome.SERVER_ERROR
    return Outcome.REFUSED if status >= 400 else Outcome.BAD_ANSWER


def _retry_after(response: aiohttp.ClientResponse) -> float:
    """Retry-After in seconds (RFC 9110 §10.2.3), from seconds or a date, at most a day; 0 when absent."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return 0.0
    if value.isdigit():
        return min(float(value[:9]), _DAY_S)
    try:
        then = parsedate_to_datetime(value)
        sent = parsedate_to_datetime(response.headers.get("Date", ""))
        return min(max((then - sent).total_seconds(), 0.0), _DAY_S)
    except (TypeError, ValueError):
        return 0.0


def _max_age(cache_control: str) -> float:
    """Seconds for which the answer says it stays fresh, at most a day."""
    for part in cache_control.lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.strip('" ').isdigit():
            return min(float(value.strip('" ')[:9]), _DAY_S)
    return 0.0
