"""What the doctor finds of a sending domain, asked of a real name server on loopback; and what it does with it."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import call_command
from django.test import Client

from corante import subscribe
from corante.catalog import installation, signing
from corante.core.records import check_spf, find_dmarc, zone_line
from corante.mail.dkim import Key
from corante.mail.routes import Route
from corante.management.findings import Finding
from corante.management.names import examine_names, wanted_lines
from corante.models import Bounce, Instance, Standstill, Subscriber
from corante.net.dns import DnsTrouble, Resolver
from corante.net.knock import one_click
from tests.fakes import letters, world
from tests.fakes.names import NameServer
from tests.fakes.smtp import SmtpServer

pytestmark = pytest.mark.django_db

RELAY = {
    ("example.org", "TXT"): ["something=else", "v=spf1 a:relay.example.net include:_spf.example.net -all"],
    ("example.org", "MX"): ["10 mx.example.org."],
    ("relay.example.net", "A"): ["203.0.113.5"],
    ("_spf.example.net", "TXT"): ["v=spf1 ip4:203.0.113.0/28 ip6:2001:db8::/32 ~all"],
    ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=quarantine; np=reject; rua=mailto:dmarc@example.org"],
    ("5.113.0.203.in-addr.arpa", "PTR"): ["relay.example.net."],
}


@pytest.fixture
def config(site: Path, settings: Any) -> Any:
    """A site that sends by a relay and signs by itself."""
    (site / "corante.toml").touch()
    for part in ("corante.toml", "outbox"):
        (site / part).chmod(0o700)
    settings.CORANTE = dataclasses.replace(
        settings.CORANTE, sender="news@example.org", smtp="smtp://relay.example.net:587", contact="desk@example.org",
        base_url="https://d.example.org", dkim="rsa",
    )  # fmt: skip
    signing.make_missing()
    return settings.CORANTE


def table(config: Any, **changes: Any) -> dict[tuple[str, str], list[str]]:
    """A domain with everything as it should be."""
    made = dict(RELAY)
    if found := signing.signer():
        for key in found.keys:
            made[f"{key.selector}._domainkey.example.org", "TXT"] = [key.record]
    return made


def found(config: Any, names: dict[tuple[str, str], list[str]]) -> list[Finding]:
    with NameServer(names) as server:
        return list(examine_names(config, Resolver(server.at)))


def bad(findings: list[Finding]) -> list[str]:
    return [f"{each.words} -> {each.way_out}" for each in findings if each.level == "bad"]


def notes(findings: list[Finding]) -> str:
    return "\n".join(each.words for each in findings if each.level == "note")


def test_a_domain_with_everything_in_place_has_nothing_bad(config: Any) -> None:
    findings = found(config, table(config))
    assert bad(findings) == []
    good = "\n".join(each.words for each in findings if each.level == "good")
    for part in ("SPF: v=spf1", "2 of 10 look-ups", "holds our key", "DMARC: v=DMARC1", "both ways", "returns+"):
        assert part in good


@pytest.mark.parametrize(
    ("name", "kind", "values", "words"),
    [
        ("example.org", "TXT", [], "has no SPF record"),
        ("example.org", "TXT", ["v=spf1 -all", "v=spf1 ~all"], "several SPF records"),
        ("example.org", "TXT", ["v=spf1 +all"], "everybody may send as you"),
        ("example.org", "TXT", ["v=spf1 " + "".join(f"a:h{n}.example.net " for n in range(11)) + "-all"], "more than 10"),
        ("example.org", "TXT", ["v=spf1 a:x.example a:y.example a:z.example -all"], "lead nowhere"),
        ("example.org", "TXT", ["v=spf1 ip4:nonsense -all"], "nobody understands"),
        ("example.org", "TXT", ["v=spf1 include:nothing.example -all"], "has 0 SPF records"),
        ("corante._domainkey.example.org", "TXT", [], "corante._domainkey.example.org is not there"),
        ("corante._domainkey.example.org", "TXT", ["v=DKIM1; k=rsa; p=AAAA"], "another key than ours"),
        ("_dmarc.example.org", "TXT", [], "has no DMARC record"),
        ("_dmarc.example.org", "TXT", ["v=DMARC1; rua=mailto:a@example.org"], "is none of none, quarantine, reject"),
        ("example.org", "MX", [], "takes no mail"),
    ],
)  # fmt: skip
def test_what_would_make_providers_refuse_letters_is_bad(
    name: str, kind: str, values: list[str], words: str, config: Any
) -> None:
    hosts = {(f"h{n}.example.net", "A"): ["192.0.2.1"] for n in range(11)}
    findings = found(config, table(config) | hosts | {(name, kind): values})
    assert any(words in each for each in bad(findings)), bad(findings)


def test_the_way_out_is_the_exact_line_which_makes_it_good(config: Any) -> None:
    """What the doctor prints, put into the zone, satisfies the doctor."""
    bare = {("relay.example.net", "A"): ["203.0.113.5"], ("example.org", "MX"): ["10 mx.example.org."]}
    printed = "\n".join(bad(found(config, bare)))
    zone = dict(bare)
    for name, text in re.findall(r"(\S+)\. IN TXT ((?:\"[^\"]*\" ?)+)", printed):
        zone[name, "TXT"] = ["".join(re.findall(r'"([^"]*)"', text))]
    assert {name for name, kind in zone if kind == "TXT"} == {
        "example.org", "corante._domainkey.example.org", "_dmarc.example.org",
    }  # fmt: skip
    assert bad(found(config, zone)) == []
    assert len(wanted_lines(config)) == 3


def test_a_key_longer_than_a_string_is_printed_in_pieces() -> None:
    line = zone_line("a.example", "x" * 400)
    assert [len(part) for part in re.findall(r'"([^"]*)"', line)] == [255, 145]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("v=DMARC1; p=none; pct=50; rua=mailto:a@example.org", "RFC 9989 took pct out"),
        ("v=DMARC1; p=none; rf=afrf; ri=3600", "RFC 9989 took rf, ri out"),
        ("v=DMARC1; p=none", "names no address for reports"),
        ("v=DMARC1; p=none; rua=mailto:a@example.org", "add np=reject"),
        ("v=DMARC1; p=none; np=reject; rua=mailto:us@elsewhere.example", "does not say that it wants them"),
    ],
)
def test_what_could_be_better_in_a_dmarc_record_is_a_note(record: str, words: str, config: Any) -> None:
    findings = found(config, table(config) | {("_dmarc.example.org", "TXT"): [record]})
    assert bad(findings) == []
    assert words in notes(findings)


def test_reports_to_somebody_who_wants_them_are_fine(config: Any) -> None:
    names = table(config) | {
        ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none; np=reject; rua=mailto:us@elsewhere.example"],
        ("example.org._report._dmarc.elsewhere.example", "TXT"): ["v=DMARC1"],
    }
    assert "elsewhere" not in notes(found(config, names))


@pytest.mark.parametrize(
    ("domain", "records", "where"),
    [
        ("news.example.org", {"example.org": "v=DMARC1; p=reject"}, "example.org"),
        ("news.example.org", {"news.example.org": "v=DMARC1; p=none", "example.org": "v=DMARC1; p=reject"}, "news.example.org"),
        ("example.org", {"org": "v=DMARC1; p=reject; psd=y"}, ""),
        ("a.b.c.d.e.f.g.h.i.example.org", {"example.org": "v=DMARC1; p=none"}, "example.org"),
        ("example.org", {"example.org": "v=DMARC12; p=none"}, ""),
    ],
)  # fmt: skip
def test_a_policy_is_found_by_walking_up_the_tree(domain: str, records: dict[str, str], where: str) -> None:
    with NameServer({(f"_dmarc.{name}", "TXT"): [text] for name, text in records.items()}) as server:
        assert find_dmarc(Resolver(server.at), domain)[0] == where
        assert len(server.asked) <= 8  # RFC 9989: at most eight questions


@pytest.mark.parametrize(
    ("record", "address", "result"),
    [
        ("v=spf1 ip4:203.0.113.5 -all", "203.0.113.5", "pass"),
        ("v=spf1 ip4:203.0.113.0/24 -all", "203.0.114.5", "fail"),
        ("v=spf1 mx ~all", "198.51.100.7", "pass"),
        ("v=spf1 mx ~all", "198.51.100.8", "softfail"),
        ("v=spf1 a:host.example.org/24 -all", "192.0.2.200", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::1", "pass"),
        ("v=spf1 include:inner.example ?all", "203.0.113.9", "pass"),
        ("v=spf1 redirect=inner.example", "203.0.113.9", "pass"),
        ("v=spf1 include:loop.example -all", "203.0.113.9", "permerror"),
        ("v=spf1", "203.0.113.9", "neutral"),
        ("v=spf1 frobnicate:x -all", "203.0.113.9", "permerror"),
    ],
)
def test_spf_is_judged_as_a_receiver_does(record: str, address: str, result: str) -> None:
    zone = {
        ("d.example", "TXT"): [record],
        ("d.example", "MX"): ["10 mx.d.example."],
        ("mx.d.example", "A"): ["198.51.100.7"],
        ("host.example.org", "A"): ["192.0.2.1"],
        ("inner.example", "TXT"): ["v=spf1 ip4:203.0.113.9 -all"],
        ("loop.example", "TXT"): ["v=spf1 include:loop.example -all"],
    }
    with NameServer(zone) as server:
        assert check_spf(Resolver(server.at), "d.example", address).result == result


def test_a_site_that_sends_by_itself_needs_its_own_name_both_ways(config: Any) -> None:
    direct = dataclasses.replace(config, smtp="smtp://127.0.0.1:25")
    zone = table(config) | {
        ("d.example.org", "A"): ["203.0.113.77"],
        ("example.org", "TXT"): ["v=spf1 ip4:203.0.113.77 -all"],
    }
    assert any("does not point back" in each for each in bad(found(direct, zone)))
    zone["77.113.0.203.in-addr.arpa", "PTR"] = ["d.example.org."]
    assert bad(found(direct, zone)) == []
    zone["example.org", "TXT"] = ["v=spf1 ip4:203.0.113.1 -all"]
    assert any("SPF does not name 203.0.113.77" in each for each in bad(found(direct, zone)))


def test_a_key_of_the_mail_server_is_looked_at_by_its_selector(config: Any) -> None:
    theirs = dataclasses.replace(config, dkim="off", dkim_selector="s1")
    long, short = (Key("s1", rsa.generate_private_key(65537, bits)).record for bits in (2048, 1024))
    zone = table(config)
    assert any("s1._domainkey.example.org is not there" in each for each in bad(found(theirs, zone)))
    assert bad(found(theirs, zone | {("s1._domainkey.example.org", "TXT"): [long]})) == []
    assert any("bits" in each for each in bad(found(theirs, zone | {("s1._domainkey.example.org", "TXT"): [short]})))
    assert any(
        "withdrawn" in each
        for each in bad(found(theirs, zone | {("s1._domainkey.example.org", "TXT"): ["v=DKIM1; p="]}))
    )
    nobody = dataclasses.replace(config, dkim="off")
    assert any("nobody can say that letters are signed" in each for each in bad(found(nobody, zone)))


def test_a_missing_ed25519_key_beside_rsa_is_only_a_note(config: Any, settings: Any) -> None:
    settings.CORANTE = both = dataclasses.replace(config, dkim="both")
    signing.make_missing()
    zone = table(config)
    del zone["corante-ed._domainkey.example.org", "TXT"]
    findings = found(both, zone)
    assert bad(findings) == []
    assert "corante-ed._domainkey.example.org is not there" in notes(findings)


def test_a_name_server_that_fails_is_said_and_never_taken_for_no_record(config: Any) -> None:
    with NameServer({("example.org", "SERVFAIL"): []}) as server:
        with pytest.raises(DnsTrouble):
            Resolver(server.at).txt("example.org")
        assert any("could not be asked" in each for each in bad(list(examine_names(config, Resolver(server.at)))))


def test_letters_wait_until_their_key_is_there(config: Any, site: Path) -> None:
    assert not installation.silence(Route("127.0.0.1", 25))
    (site / "dkim" / "corante.pem").unlink()
    assert "corante doctor" in installation.silence(Route("127.0.0.1", 25))


def test_a_key_is_made_once_and_only_its_owner_can_read_it(config: Any, site: Path) -> None:
    file = site / "dkim" / "corante.pem"
    before = file.read_bytes()
    assert signing.make_missing() == []
    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o077 == 0


class _Site(BaseHTTPRequestHandler):
    """A site that answers as `answer` says."""

    answer: tuple[int, str, dict[str, str]] = (200, "", {})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, words, headers = self.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def front() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def test_one_click_is_tried_by_post_and_a_redirect_is_no_yes(front: str) -> None:
    _Site.answer = (301, "", {"Location": "https://www.d.example.org/"})
    assert one_click(front + "/leave/x").status == 301
    _Site.answer = (200, subscribe.PROBED, {})
    assert one_click(front + "/leave/x").words == subscribe.PROBED
    assert one_click("http://127.0.0.1:9/leave/x").status == 0


def test_the_address_one_click_is_tried_at_takes_nobody_off_the_list(client: Client, site: Path) -> None:
    world.subscriber(of=world.digest())
    answer = client.post(f"/leave/{subscribe.probe()}")
    assert (answer.status_code, answer.content.decode()) == (200, subscribe.PROBED)
    assert list(Subscriber.objects.values_list("state", flat=True)) == ["confirmed"]


def run_doctor(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("doctor", *arguments, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_sending_stays_off_until_the_doctor_passed_once_or_the_operator_says_so(
    config: Any, settings: Any, front: str
) -> None:
    elsewhere = Route("relay.example.net", 587)
    _Site.answer = (200, subscribe.PROBED, {})
    with SmtpServer() as relay, NameServer({}) as empty:
        settings.CORANTE = dataclasses.replace(config, smtp=relay.address, base_url=front)
        code, said = run_doctor("--resolver", empty.at)
        assert code == 1
        assert "BAD" in said
        assert "has no SPF record" in said
        assert "Sending is off until" in installation.silence(elsewhere)
        assert run_doctor("--resolver", empty.at, "--send-anyway")[0] == 0
        assert installation.silence(elsewhere) == ""
        Instance.objects.update(sending_ok_at=None)
        zone = table(config) | {
            ("1.0.0.127.in-addr.arpa", "PTR"): ["localhost."],
            ("localhost", "A"): ["127.0.0.1"],
            ("example.org", "TXT"): ["v=spf1 ip4:127.0.0.1 -all"],
        }
        with NameServer(zone) as whole:
            code, said = run_doctor("--resolver", whole.at)
        assert (code, "BAD" in said) == (0, False), said
        assert "one-click unsubscribe works from outside" in said
        assert installation.silence(elsewhere) == ""


def test_the_doctor_makes_the_key_and_prints_the_lines(config: Any, site: Path) -> None:
    (site / "dkim" / "corante.pem").unlink()
    code, said = run_doctor("--dns")
    assert code == 0
    assert "made the key dkim/corante.pem" in said
    assert "corante._domainkey.example.org. IN TXT" in said
    public = signing.signer().keys[0].record.partition("p=")[2]  # type: ignore[union-attr]
    assert public in said.replace('" "', "")


def test_what_came_back_is_in_the_report(config: Any, now: datetime) -> None:
    row = letters.frozen(1).deliveries.get()
    clock = datetime.now(now.tzinfo)
    Bounce.objects.create(delivery=row, kind="complaint", at=clock)
    Standstill.objects.create(domain="example.net", at=clock, until=clock + timedelta(hours=1), why="550 5.7.1 blocked")
    with NameServer(table(config)) as server:
        said = run_doctor("--resolver", server.at)[1]
    assert "1 complaint out of 0 letters" in said
    assert "example.net refuses us until" in said
    assert "nobody reads what comes back" in said
