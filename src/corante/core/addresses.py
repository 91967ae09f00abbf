"""Which network addresses outlets may live at: our own table, because Python's is not a policy.

Rule: `ipaddress.is_global` lets 16 of 43 dangerous addresses through (3.11.7), and changes with patch releases. Here
IPv4 has its denied blocks; IPv6 is only 2000::/3 without its special blocks; an IPv6 address that carries an IPv4
address in it is judged by that one. An operator's allow-list is asked first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS: Final = frozenset((80, 443, 8080, 8443))
"""Where outlets are served; any other port only for a feed that was added with it."""

_DENIED_V4: Final = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT; a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's wire server
        "169.254.0.0/16",  # link-local; metadata at 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF; metadata at 192.0.0.192
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_DENIED_V6: Final = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # Teredo, ORCHID, benchmarking and their kin
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")


def neighbourhood(address: Address) -> Network:
    """Who is counted together when something is asked too often: a /24 or a /48, behind which there may be a school."""
    return ip_network((address, 24 if address.version == 4 else 48), strict=False)


def read_address(text: str) -> Address | None:
    """A literal address, with or without brackets; what IPv6 only carries is IPv4. None if it can't be read."""
    try:
        found = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def asker(said: Mapping[str, str], trusted: Iterable[Network]) -> Address | None:
    """Who asks, by a request's CGI values (RFC 3875): the peer, or behind trusted proxies the last who is none of them.

    X-Forwarded-For is read from its end, as only what our own proxies appended can be believed. None if unreadable.
    """
    ours = tuple(trusted)
    peer = read_address(said.get("REMOTE_ADDR", ""))
    hops = said.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while peer is not None and hops and any(peer in network for network in ours):
        found = read_address(hops.pop())
        if found is None:
            return peer
        peer = found
    return peer


def is_public(address: Address) -> bool:
    """Whether an address is one an outlet on the open internet can have."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _DENIED_V4)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    return address in _GLOBAL_V6 and not any(address in block for block in _DENIED_V6)


@dataclass(frozen=True)
class Allowance:
    """One `--allow-network`: a network, and one port of it or (None) all."""

    network: Network
    port: int | None = None

    def covers(self, address: Address, port: int) -> bool:
        """Whether this allowance is about that address and port."""
        return address in self.network and self.port in (None, port)


def read_allowance(text: str) -> Allowance:
    """`10.0.0.0/8`, `127.0.0.0/8:8999`, `fd00::/8`, `[fd00::]/8:8080`; raises ValueError with the way out."""
    plain = text.strip().replace("[", "").replace("]", "")
    network, _, port = plain.rpartition(":")
    with_port = bool(network) and port.isdigit() and ("/" in network or ":" not in network)
    try:
        if with_port:
            return Allowance(ip_network(network, strict=False), int(port))
        return Allowance(ip_network(plain, strict=False))
    except ValueError:
        raise ValueError(f"{text!r} is no network: write it as 10.0.0.0/8 or 127.0.0.0/8:8999") from None


@dataclass(frozen=True)
class AddressPolicy:
    """What may be connected to: the open internet, and what the operator allowed."""

    allowed: tuple[Allowance, ...] = ()

    @classmethod
    def of(cls, allow_network: Iterable[str]) -> AddressPolicy:
        """From the setting `allow_network`; raises ValueError naming the entry that is wrong."""
        return cls(tuple(read_allowance(text) for text in allow_network))

    def permits(self, address: str, port: int) -> bool:
        """Whether a connection to this literal address may be made. A scope id (`fe80::1%eth0`) is never fine."""
        try:
            literal = ip_address(address)
        except ValueError:
            return False
        return self.is_private(literal, port) or is_public(literal)

    def is_private(self, address: Address | str, port: int) -> bool:
        """Whether the operator allowed it by name of network: there, spacing is per feed and nought."""
        try:
            literal = ip_address(address) if isinstance(address, str) else address
        except ValueError:
            return False
        return any(one.covers(literal, port) for one in self.allowed)
