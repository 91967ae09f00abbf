"""Names of hosts into addresses, without anybody waiting for somebody else's dead name server.

Rule: c-ares asks in the event loop, each name by itself; no threads that a few dead name servers could hold. A name has
eight seconds, however many servers are told and however often each is tried; then it has no address for now.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import AsyncResolver

NAME_S: Final = 8.0
TRY_S: Final = 3.0


class Names(AbstractResolver):
    """A resolver for aiohttp's connector; `servers` are name servers instead of the machine's own ("127.0.0.1:5353")."""

    def __init__(self, servers: Sequence[str] | None = None) -> None:
        given: dict[str, Any] = {"nameservers": list(servers)} if servers else {}
        self._asked = AsyncResolver(timeout=TRY_S, tries=2, **given)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host; raises OSError when there are none within eight seconds."""
        try:
            async with asyncio.timeout(NAME_S):
                return await self._asked.resolve(host, port, family)
        except TimeoutError:
            raise OSError(None, f"no name server told the address of {host} within {NAME_S:.0f} s") from None

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._asked.close()
