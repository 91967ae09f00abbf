"""The guard at the socket: every connection of the HTTP client is made here, or not at all.

Rule: what counts is the address about to be connected, after the name was resolved and on every redirect; so there is no
second resolution to lie to (DNS rebinding), and no spelling of an address that could slip by.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from corante.core.addresses import PORTS, AddressPolicy
from corante.core.urls import port_of

Factory = Callable[[Any], socket.socket]


SAYS = "is not fetched from"


class Blocked(OSError):
    """The address lies where outlets don't live; raised before anything is sent."""


def guarded_sockets(policy: AddressPolicy, proxy: str = "") -> Factory:
    """A socket factory for aiohttp's connector that refuses what the policy does not permit.

    With an egress proxy, only the proxy's own host and port are connected to, and the proxy is the guard.
    """
    gate = urlsplit(proxy).port if proxy else None

    def make(info: Any) -> socket.socket:
        family, kind, protocol, _, sockaddr = info
        address, port = str(sockaddr[0]), int(sockaddr[1])
        if gate != port and not policy.permits(address, port):
            raise Blocked(errno.EACCES, f"{address} {SAYS}")
        return socket.socket(family=family, type=kind, proto=protocol)

    return make


def port_allowed(url: str, policy: AddressPolicy, added_with: str = "") -> bool:
    """Whether this address's port may be asked: a port of the web, the feed's own, or one the operator named."""
    port = port_of(url)
    named = {allowance.port for allowance in policy.allowed}
    return port in PORTS or port in named or None in named or (bool(added_with) and port == port_of(added_with))
