"""Where letters are handed over: a mail server's address as the setting names it.

Rule: what stays on this machine is known from the address alone, and only there may encryption be left out.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


class RouteError(Exception):
    """The route can't be used now. `ours`: it needs the operator (login, encryption), waiting won't help."""

    def __init__(self, why: str, ours: bool = False) -> None:
        super().__init__(why)
        self.ours = ours


@dataclass(frozen=True)
class Route:
    """Where letters are handed over."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    implicit_tls: bool = False
    outbox: bool = False  # our own: what it stored is evidence
    helo: str = "localhost"

    @property
    def loopback(self) -> bool:
        """It stays on this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def read_route(address: str, helo: str = "localhost") -> Route:
    """The route of a setting such as smtp://user:password@host:587. Raises RouteError."""
    parts = urlsplit(address)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise RouteError(f"the setting smtp names no server: {parts.scheme}://{parts.hostname or ''}", ours=True)
    implicit = parts.scheme == "smtps"
    return Route(
        host=parts.hostname,
        port=parts.port or (465 if implicit else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
        helo=helo,
    )
