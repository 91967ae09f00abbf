"""Whole requests only: slow, endless and two-faced ones never reach the application's threads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from corante.site.intake import HELD, LARGE, LISTS, SMALL, Intake


class Behind:
    """An application that notes what it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.headers = scope["headers"]
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def ask(
    app: Any, parts: Iterable[bytes | None], path: str = "/subscribe/", *headers: tuple[bytes, bytes]
) -> int | None:
    """Send these parts (None: silence for ever) and return the status; None when nothing was answered."""
    left, said = list(parts), list[Any]()

    async def receive() -> Any:
        part = left.pop(0) if left else b""
        if part is None:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    async def send(message: Any) -> None:
        said.append(message)

    named = [(b"transfer-encoding", b"chunked")] if not headers else list(headers)
    await app({"type": "http", "method": "POST", "path": path, "headers": named}, receive, send)
    return said[0]["status"] if said else None


def test_a_body_in_pieces_arrives_whole() -> None:
    behind = Behind()
    assert asyncio.run(ask(Intake(behind), [b"email=", b"a@", b"b.org"])) == 200
    assert behind.bodies == [b"email=a@b.org"]
    assert behind.headers == [(b"content-length", b"13")]


def test_slow_senders_are_told_so_and_never_reach_the_application() -> None:
    behind = Behind()
    app = Intake(behind, within_s=0.01)

    async def crowd() -> list[int | None]:
        return await asyncio.gather(*(ask(app, [b"email=", None]) for _ in range(200)))

    assert asyncio.run(crowd()) == [408] * 200
    assert behind.bodies == []


def test_a_form_is_small_and_only_the_list_of_feeds_may_be_large() -> None:
    behind = Behind()
    app, big = Intake(behind), b"x" * (SMALL + 1)
    assert asyncio.run(ask(app, [big])) == 413
    assert asyncio.run(ask(app, [], "/subscribe/", (b"content-length", b"%d" % len(big)))) == 413
    assert asyncio.run(ask(app, [], "/subscribe/", (b"content-length", b"-1"))) == 413
    assert asyncio.run(ask(app, [big], LISTS)) == 200
    assert asyncio.run(ask(app, [big] * (LARGE // SMALL + 1), LISTS)) == 413


def test_unfinished_bodies_together_stay_within_a_bound_that_is_given_back() -> None:
    behind = Behind()
    app, piece = Intake(behind, within_s=0.5), b"x" * (LARGE - 1)

    async def crowd() -> list[int | None]:
        return await asyncio.gather(*(ask(app, [piece, None], LISTS) for _ in range(HELD // LARGE + 5)))

    statuses = asyncio.run(crowd())
    assert 503 in statuses
    assert 408 in statuses
    assert asyncio.run(ask(app, [piece], LISTS)) == 200


def test_someone_who_leaves_in_the_middle_costs_nothing() -> None:
    behind, said = Behind(), list[Any]()

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", b"9")]}
    asyncio.run(Intake(behind)(scope, receive, send))
    assert (behind.bodies, said) == ([], [])


def test_a_header_that_only_looks_like_the_proxys_is_dropped() -> None:
    behind = Behind()
    headers = ((b"x-forwarded-for", b"192.0.2.1"), (b"x_forwarded_for", b"198.51.100.9"), (b"content-length", b"1"))
    assert asyncio.run(ask(Intake(behind), [b"a"], "/", *headers)) == 200
    assert [name for name, _ in behind.headers] == [b"x-forwarded-for", b"content-length"]
