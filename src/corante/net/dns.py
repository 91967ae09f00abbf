"""Small look-ups in the DNS, for `corante doctor`: what the world sees of a domain.

Rule: an answer is a list of texts, empty when there is none; a name server that does not answer within five seconds is
a DnsTrouble with its reason, never a hang.
"""

from __future__ import annotations

from typing import Any

import dns.exception
import dns.resolver
import dns.reversename

TIMEOUT_S = 5.0


class DnsTrouble(Exception):
    """The DNS could not be asked; says nothing about the name."""


def txt(name: str) -> list[str]:
    """The TXT records of a name, each put together from its parts."""
    return [b"".join(record.strings).decode("utf-8", "replace") for record in _ask(name, "TXT")]


def mx(name: str) -> list[str]:
    """Its mail servers, most preferred first."""
    records = sorted(_ask(name, "MX"), key=lambda record: record.preference)
    return [record.exchange.to_text(omit_final_dot=True) for record in records]


def hosts(name: str) -> list[str]:
    """Its addresses, IPv4 and IPv6."""
    return [record.to_text() for kind in ("A", "AAAA") for record in _ask(name, kind)]


def cname(name: str) -> list[str]:
    """What it is an alias of."""
    return [record.target.to_text(omit_final_dot=True) for record in _ask(name, "CNAME")]


def ptr(address: str) -> list[str]:
    """The names an address is called by."""
    name = dns.reversename.from_address(address).to_text()
    return [record.target.to_text(omit_final_dot=True) for record in _ask(name, "PTR")]


def _ask(name: str, kind: str) -> list[Any]:
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=TIMEOUT_S, search=False))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise DnsTrouble(f"{kind} of {name}: {error}") from error
