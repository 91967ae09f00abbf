"""Small look-ups in the DNS, for `corante doctor`: what the world sees of a domain.

Rule: an answer is a list of texts, empty when there is none; a name server that does not answer within five seconds is
a DnsTrouble with its reason, never a hang.
"""

from __future__ import annotations

from typing import Any

import dns.exception
import dns.resolver

TIMEOUT_S = 5.0


class DnsTrouble(Exception):
    """The DNS could not be asked; says nothing about the name."""


def txt(name: str) -> list[str]:
    """The TXT records of a name, each put together from its parts."""
    return [b"".join(record.strings).decode("utf-8", "replace") for record in _ask(name, "TXT")]


def _ask(name: str, kind: str) -> list[Any]:
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=TIMEOUT_S, search=False))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise DnsTrouble(f"{kind} of {name}: {error}") from error
