"""What the DNS says of a domain that sends: SPF (RFC 7208), DKIM keys (RFC 6376), DMARC (RFC 9989, before it RFC 7489).

Rule: pure. Whoever asks hands in a way to look names up; what a record lacks or has too much of is a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, Protocol

LOOKUPS: Final = 10
VOIDS: Final = 2
GONE_TAGS: Final = ("pct", "rf", "ri")
Address = IPv4Address | IPv6Address
_QUALIFIERS: Final = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM: Final = re.compile(r"([+~?-]?)([a-z][a-z0-9]*)(?:[:=]([^/ ]+))?(?:/(\d{1,2}))?(?://(\d{1,3}))?", re.I)


class Names(Protocol):
    """Answers of the DNS; empty when there is none."""

    def txt(self, name: str) -> list[str]:
        """TXT records, each whole."""

    def addresses(self, name: str) -> list[str]:
        """A and AAAA."""

    def mx(self, name: str) -> list[str]:
        """Mail exchangers, the preferred first."""


@dataclass
class Spf:
    """How an SPF check of one address went, and what it cost."""

    result: str = "none"  # pass fail softfail neutral none permerror
    lookups: int = 0
    voids: int = 0
    why: str = ""
    unsure: list[str] = field(default_factory=list)  # terms only a real mail could be judged by


class _Stop(Exception):
    """The check ends here: permerror, with its reason."""


def zone_line(name: str, text: str) -> str:
    """A TXT record as a zone file has it: strings of at most 255 bytes."""
    parts = [text[at : at + 255] for at in range(0, len(text), 255)] or [""]
    return f"{name}. IN TXT " + " ".join(f'"{part}"' for part in parts)


def tags(record: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record, by lower-case name."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs if name.strip()}


def spf_records(names: Names, domain: str) -> list[str]:
    """The domain's SPF records; more than one counts as none (RFC 7208, 4.5)."""
    return [text for text in names.txt(domain) if re.match(r"v=spf1(?: |$)", text, re.I)]


def check_spf(names: Names, domain: str, address: str | None) -> Spf:
    """RFC 7208, 4: may this address send for the domain? `None` walks every term, to count what they cost."""
    spf = Spf()
    try:
        ip = ip_address(address) if address else None
        spf.result = _evaluate(names, domain, ip, spf, 0) or "neutral"
    except _Stop as stop:
        spf.result, spf.why = "permerror", str(stop)
    return spf


def _evaluate(names: Names, domain: str, ip: Address | None, spf: Spf, depth: int) -> str:
    records = spf_records(names, domain)
    if len(records) != 1 or depth > LOOKUPS:
        if depth:
            raise _Stop(f"{domain}, which the record includes, has {len(records)} SPF records")
        return "none"
    redirect = ""
    for qualifier, kind, value, bits4, bits6 in _terms(records[0]):
        if kind == "redirect":
            redirect = value
        elif kind != "exp" and _matches(names, kind, value or domain, (bits4, bits6), ip, spf, depth):
            return _QUALIFIERS[qualifier or "+"]
    if redirect:
        _count(spf)
        return _evaluate(names, redirect, ip, spf, depth + 1)
    return ""


def _terms(record: str) -> Iterator[tuple[str, str, str, str, str]]:
    for word in record.split()[1:]:
        if re.match(r"[+~?-]?ip[46]:", word, re.I):
            qualifier = word[0] if word[0] in _QUALIFIERS else ""
            yield qualifier, word.lstrip("+~?-")[:3].lower(), word.partition(":")[2], "", ""
        elif found := _TERM.fullmatch(word):
            yield found[1], found[2].lower(), found[3] or "", found[4] or "", found[5] or ""
        else:
            raise _Stop(f"the SPF record has a term nobody understands: {word}")


def _matches(
    names: Names, kind: str, value: str, bits: tuple[str, str], ip: Address | None, spf: Spf, depth: int
) -> bool:
    if kind == "all":
        return ip is not None
    if kind in ("ip4", "ip6"):
        return _within(value, ip)
    if kind not in ("a", "mx", "include", "exists", "ptr"):
        raise _Stop(f"the SPF record has a term nobody understands: {kind}")
    _count(spf)
    if "%" in value or kind in ("exists", "ptr"):
        spf.unsure.append(f"{kind}:{value}")
        return False
    if kind == "include":
        return _evaluate(names, value, ip, spf, depth + 1) == "pass"
    hosts = names.mx(value)[:LOOKUPS] if kind == "mx" else [value]
    found = [each for host in hosts for each in names.addresses(host)]
    _void(spf, found)
    return ip is not None and any(_within(_net(each, bits), ip) for each in found)


def _count(spf: Spf) -> None:
    spf.lookups += 1
    if spf.lookups > LOOKUPS:
        raise _Stop(f"the SPF record needs more than {LOOKUPS} look-ups, which counts as none")


def _void(spf: Spf, found: list[str]) -> None:
    spf.voids += not found
    if spf.voids > VOIDS:
        raise _Stop(f"more than {VOIDS} names of the SPF record lead nowhere, which makes it count as none")


def _net(address: str, bits: tuple[str, str]) -> str:
    wanted = bits[":" in address]
    return f"{address}/{wanted}" if wanted else address


def _within(network: str, ip: Address | None) -> bool:
    try:
        net = ip_network(network, strict=False)
    except ValueError:
        raise _Stop(f"the SPF record has an address nobody understands: {network}") from None
    return ip is not None and ip.version == net.version and ip in net


def find_dmarc(names: Names, domain: str) -> tuple[str, str]:
    """(where, record) of the policy that holds for a domain: RFC 9989's walk up the tree. Empty when there is none."""
    labels = domain.split(".")
    for at in [0, *range(max(1, len(labels) - 7), len(labels))]:
        where = ".".join(labels[at:])
        records = [text for text in names.txt(f"_dmarc.{where}") if re.match(r"v=DMARC1\s*(?:;|$)", text)]
        if len(records) == 1 and tags(records[0]).get("psd") != "y":
            return where, records[0]
    return "", ""


def judge_dmarc(record: str, look: Callable[[str], bool], domain: str) -> Iterator[tuple[str, str]]:
    """(level, sentence) of each thing to say about a DMARC record. `look`: may reports go to that domain?"""
    said = tags(record)
    policy = said.get("p", "")
    if policy not in ("none", "quarantine", "reject"):
        yield "bad", f"its policy p={policy} is none of none, quarantine, reject"
    if gone := [tag for tag in GONE_TAGS if tag in said]:
        yield "note", f"RFC 9989 took {', '.join(gone)} out: leave it out"
    if not said.get("rua"):
        yield "note", "it names no address for reports (rua=): without them nobody learns who sends in your name"
    if "np" not in said and said.get("sp", policy) != "reject":
        yield "note", "add np=reject: nobody should send from subdomains that do not exist"
    for uri in filter(None, said.get("rua", "").split(",")):
        where = uri.partition("!")[0].rpartition("@")[2].lower()
        if where and where != domain and not where.endswith("." + domain) and not look(where):
            yield "note", f"reports go to {where}, which does not say that it wants them"


def key_bits(public: bytes) -> int:
    """Roughly how long an RSA key in SubjectPublicKeyInfo is: its bytes less what wraps them."""
    return max(0, len(public) - 38) * 8
