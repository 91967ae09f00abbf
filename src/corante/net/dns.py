"""Small look-ups in the DNS, for `corante doctor`: what the world sees of a domain.

Rule: an answer is a list of texts, empty when there is none; a name server that does not answer within five seconds is
a DnsTrouble with its reason, never a hang.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename

TIMEOUT_S = 5.0


class DnsTrouble(Exception):
    """The DNS could not be asked; says nothing about the name."""


class Resolver:
    """Asks this machine's name servers, or one at ADDRESS or ADDRESS:PORT; the same question once."""

    def __init__(self, at: str = "") -> None:
        self._at = at
        self._known: dict[tuple[str, str], list[Any]] = {}

    def txt(self, name: str) -> list[str]:
        """The TXT records of a name, each put together from its parts."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def addresses(self, name: str) -> list[str]:
        """Its addresses, IPv4 first."""
        return [record.address for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def mx(self, name: str) -> list[str]:
        """Its mail exchangers, the preferred first."""
        records = sorted(self._ask(name, "MX"), key=lambda record: int(record.preference))
        return [record.exchange.to_text(omit_final_dot=True) for record in records]

    def pointers(self, address: str) -> list[str]:
        """The names an address points back to."""
        name = dns.reversename.from_address(address).to_text()
        return [record.target.to_text(omit_final_dot=True) for record in self._ask(name, "PTR")]

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        if not self._at:
            return dns.resolver.get_default_resolver()
        host, colon, port = self._at.rpartition(":") if self._at.count(":") == 1 else (self._at, "", "")
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port = [host.strip("[]")], int(port) if colon else 53
        return made

    def _ask(self, name: str, kind: str) -> list[Any]:
        key = (name.lower(), kind)
        if key not in self._known:
            self._known[key] = self._asked(name, kind)
        return self._known[key]

    def _asked(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(name, kind, lifetime=TIMEOUT_S, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise DnsTrouble(f"{kind} of {name}: {error}") from error
