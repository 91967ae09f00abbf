"""What the doctor finds of a sending domain: SPF, DKIM, DMARC, the server's own name, and where returns go.

Rule: each finding that is bad comes with the exact line the DNS needs. What only the relay's operator can change is a
note; what would make providers refuse letters is bad.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from corante.catalog import signing
from corante.core.config import Config
from corante.core.records import check_spf, find_dmarc, judge_dmarc, key_bits, spf_records, tags, zone_line
from corante.mail.dkim import BITS, DkimError, Key
from corante.mail.routes import RouteError, read_route
from corante.net.dns import DnsTrouble, Resolver

from .findings import Finding

ROOM = "names"


def examine_names(config: Config, resolver: Resolver) -> Iterator[Finding]:
    """All of it, for the domain of `sender`; nothing where letters go to the outbox."""
    domain = config.sender.rpartition("@")[2]
    if not config.smtp or not domain:
        return
    for check in (_spf, _dkim, _dmarc, _pointers, _return_path):
        try:
            yield from check(config, domain, resolver)
        except DnsTrouble as trouble:
            yield Finding(ROOM, "bad", f"the DNS could not be asked ({trouble})", "try again when it answers")
    yield Finding(ROOM, "note", f"postmaster@{domain} and abuse@{domain} must be read by somebody (RFC 2142)")


def wanted_lines(config: Config) -> list[str]:
    """The lines the DNS needs, as a zone file has them."""
    domain = config.sender.rpartition("@")[2]
    if not domain:
        return []
    return [_spf_line(config, domain), *(_key_line(domain, key) for key in _keys()), _dmarc_line(config, domain)]


def _keys() -> tuple[Key, ...]:
    try:
        found = signing.signer()
    except DkimError:
        return ()
    return found.keys if found else ()


def _spf_line(config: Config, domain: str) -> str:
    return zone_line(domain, f"v=spf1 a:{_server(config)} -all")


def _key_line(domain: str, key: Key) -> str:
    return zone_line(f"{key.selector}._domainkey.{domain}", key.record)


def _dmarc_line(config: Config, domain: str) -> str:
    reports = config.contact or f"postmaster@{domain}"
    return zone_line(f"_dmarc.{domain}", f"v=DMARC1; p=none; np=reject; rua=mailto:{reports}")


def _server(config: Config) -> str:
    """The host whose address the world sees: the relay, or this machine when it sends by itself."""
    return (urlsplit(config.base_url if _direct(config) else config.smtp).hostname or "").lower()


def _direct(config: Config) -> bool:
    try:
        return read_route(config.smtp).loopback
    except RouteError:
        return False


def _spf(config: Config, domain: str, names: Resolver) -> Iterator[Finding]:
    records = spf_records(names, domain)
    if len(records) != 1:
        words = "has no SPF record" if not records else "has several SPF records, which counts as none"
        way_out = f"publish one (or the one your mail provider gives): {_spf_line(config, domain)}"
        yield Finding(ROOM, "bad", f"{domain} {words}", way_out)
        return
    whole = check_spf(names, domain, None)
    if whole.result == "permerror":
        yield Finding(ROOM, "bad", f"SPF: {records[0]}: {whole.why}", "shorten it: replace include: by ip4: and ip6:")
        return
    yield Finding(ROOM, "good", f"SPF: {records[0]} ({whole.lookups} of 10 look-ups)")
    if "+all" in records[0].lower().split() or "all" in records[0].lower().split():
        yield Finding(ROOM, "bad", "SPF ends in +all: everybody may send as you", "end it in -all or ~all")
    for address in _addresses(config, names):
        passed = check_spf(names, domain, address)
        if passed.result != "pass" and not passed.unsure:
            words = f"SPF does not name {address} ({_server(config)}): {passed.result}"
            level = "bad" if _direct(config) else "note"
            yield Finding(ROOM, level, words, "add it, unless your provider's letters leave from other addresses")


def _dkim(config: Config, domain: str, names: Resolver) -> Iterator[Finding]:
    if config.dkim != "off":
        if why := signing.trouble():
            yield Finding(ROOM, "bad", why)
        for key in _keys():
            yield _own_key(key, domain, names)
    elif config.dkim_selector:
        yield _foreign_key(config.dkim_selector, domain, names)
    else:
        yield Finding(
            ROOM,
            "bad",
            "nobody can say that letters are signed (DKIM): large providers refuse those that are not",
            'set dkim = "rsa" (Corante signs), or dkim_selector to the selector your mail server signs with',
        )


def _own_key(key: Key, domain: str, names: Resolver) -> Finding:
    name = f"{key.selector}._domainkey.{domain}"
    said = [tags(text) for text in names.txt(name)]
    wanted = tags(key.record)
    if any(each.get("p") == wanted["p"] and each.get("k", "rsa") == wanted["k"] for each in said):
        testing = any("y" in each.get("t", "").split(":") for each in said)
        return Finding(
            ROOM, "note" if testing else "good", f"DKIM: {name} holds our key" + " (t=y: only tested)" * testing
        )
    level = "note" if key.algorithm.startswith("ed25519") and _has_rsa() else "bad"
    words = f"DKIM: {name} " + ("holds another key than ours" if said else "is not there")
    return Finding(ROOM, level, words, f"publish: {_key_line(domain, key)}")


def _has_rsa() -> bool:
    """Whether letters have an RSA signature beside: then a missing Ed25519 key harms nothing."""
    return any(key.algorithm.startswith("rsa") for key in _keys())


def _foreign_key(selector: str, domain: str, names: Resolver) -> Finding:
    name = f"{selector}._domainkey.{domain}"
    said = next((tags(text) for text in names.txt(name) if "p" in tags(text)), None)
    if said is None or not said["p"]:
        words = "is not there" if said is None else "was withdrawn (p= is empty)"
        return Finding(ROOM, "bad", f"DKIM: {name} {words}", "publish the line your mail server's operator gives")
    try:
        bits = key_bits(b64decode(said["p"], validate=True))
    except NotBase64:
        return Finding(ROOM, "bad", f"DKIM: the key at {name} is damaged", "publish it again, in one piece")
    if said.get("k", "rsa") == "rsa" and bits < BITS:
        return Finding(ROOM, "bad", f"DKIM: the key at {name} has about {bits} bits", f"use one of {BITS}")
    return Finding(ROOM, "good", f"DKIM: {name} is there")


def _dmarc(config: Config, domain: str, names: Resolver) -> Iterator[Finding]:
    where, record = find_dmarc(names, domain)
    if not record:
        yield Finding(ROOM, "bad", f"{domain} has no DMARC record", f"publish: {_dmarc_line(config, domain)}")
        return
    yield Finding(ROOM, "good", f"DMARC: {record}" + (f" (of {where})" if where != domain else ""))

    def wants_reports(there: str) -> bool:
        return any(text.startswith("v=DMARC1") for text in names.txt(f"{domain}._report._dmarc.{there}"))

    for level, words in judge_dmarc(record, wants_reports, where):
        yield Finding(ROOM, level, f"DMARC: {words}")


def _pointers(config: Config, domain: str, names: Resolver) -> Iterator[Finding]:
    """Forward-confirmed reverse DNS of what sends: ours to mend only where we send ourselves."""
    for address in _addresses(config, names):
        confirmed = [name for name in names.pointers(address) if address in names.addresses(name)]
        if confirmed:
            yield Finding(ROOM, "good", f"{address} is {confirmed[0]}, both ways")
        elif _direct(config):
            way_out = "have whoever gave you the address set its reverse DNS to that name"
            yield Finding(ROOM, "bad", f"{address} does not point back to {_server(config)}", way_out)
        else:
            yield Finding(ROOM, "note", f"{address} ({_server(config)}) has no name that points back to it")


def _addresses(config: Config, names: Resolver) -> list[str]:
    host = _server(config)
    try:
        return [str(ip_address(host.strip("[]")))]
    except ValueError:
        return names.addresses(host) if host else []


def _return_path(config: Config, domain: str, names: Resolver) -> Iterator[Finding]:
    if names.mx(domain) or names.addresses(domain):
        yield Finding(ROOM, "good", f"returns to returns+…@{domain} have a server to go to")
    else:
        yield Finding(
            ROOM, "bad", f"{domain} takes no mail: returned letters are lost", f"publish an MX record for {domain}"
        )
