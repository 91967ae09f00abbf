"""Hostile, broken and slow servers: what the client answers, and that nobody waits for them."""

from __future__ import annotations

import asyncio
import gzip
import resource
import socket
import threading
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import brotli
import dns.message
import dns.rdatatype
import dns.rrset
import pytest
from aiohttp.abc import AbstractResolver

from corante.core.config import Config
from corante.core.feeds import Outcome
from corante.net import names, responses
from corante.net.client import Client, Request
from tests.fakes.outlets import Outlets, Reply, item, rss

GOOD = rss(item("Good", "https://h.example/1", "1"))


@pytest.fixture
def outlets() -> Iterator[Outlets]:
    with Outlets() as server:
        yield server


@pytest.fixture
def client() -> Iterator[Client]:
    one = Client(Config(title="T", base_url="https://news.example", allow_network=("127.0.0.0/8",)))
    yield one
    one.close()


@pytest.fixture
def strict() -> Iterator[Client]:
    one = Client(Config(title="T", base_url="https://news.example"))
    yield one
    one.close()


BOMB = b"\0" * (64 * 2**20)
BOMBS = {
    "gzip": Reply(gzip.compress(BOMB, 9), headers={"Content-Encoding": "gzip"}),
    "deflate": Reply(zlib.compress(BOMB, 9), headers={"Content-Encoding": "deflate"}),
    "br": Reply(brotli.compress(BOMB, quality=9), headers={"Content-Encoding": "br"}),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_stopped_by_its_unpacked_size(outlets: Outlets, client: Client, kind: str) -> None:
    outlets["/bomb"] = BOMBS[kind]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = client.fetch_one(Request(outlets.url("/bomb")))
    assert (answer.outcome, answer.body) == (Outcome.TOO_LARGE, b"")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KB


TROUBLE = {
    "an encoding never asked for": (Reply(b"x", headers={"Content-Encoding": "zstd"}), Outcome.BAD_ANSWER),
    "encodings stacked": (
        Reply(gzip.compress(gzip.compress(BOMB)), headers={"Content-Encoding": "gzip, gzip"}),
        Outcome.BAD_ANSWER,
    ),
    "a length beyond the cap": (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx"), Outcome.TOO_LARGE),
    "an endless body": (Reply(endless=True), Outcome.TOO_LARGE),
    "a drip": (Reply(b"x" * 500, drip_s=0.05), Outcome.TIMED_OUT),
    "silence": (Reply(GOOD, delay_s=30), Outcome.TIMED_OUT),
    "no answer": (Reply(raw=b""), Outcome.BAD_ANSWER),
    "garbage": (Reply(raw=b"\x16\x03\x01\x00\xff" * 40 + b"\r\n\r\n"), Outcome.BAD_ANSWER),
    "half a body": (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), Outcome.BAD_ANSWER),
    "a broken gzip": (Reply(b"\x1f\x8bnot", headers={"Content-Encoding": "gzip"}), Outcome.BAD_ANSWER),
    "a flood of headers": (
        Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 5000 + b"\r\n"),
        Outcome.BAD_ANSWER,
    ),
    "one header of a megabyte": (Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2**20 + b"\r\n\r\n"), Outcome.BAD_ANSWER),
    "a bad chunk": (
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n"),
        Outcome.BAD_ANSWER,
    ),
    "a status nobody knows": (Reply(status=299), Outcome.BAD_ANSWER),
    "a part": (Reply(GOOD, status=206), Outcome.BAD_ANSWER),
    "a bad request": (Reply(status=400), Outcome.REFUSED),
    "a paywall": (Reply(status=402), Outcome.FORBIDDEN),
    "a storm": (Reply(status=500), Outcome.SERVER_ERROR),
    "a redirect to nowhere": (Reply(status=302), Outcome.BAD_REDIRECT),
    "a redirect to a file": (Reply(status=302, headers={"Location": "file:///etc/passwd"}), Outcome.BAD_REDIRECT),
    "a redirect to gopher": (Reply(status=302, headers={"Location": "gopher://h.example/"}), Outcome.BAD_REDIRECT),
    "a redirect to mail": (
        Reply(status=302, headers={"Location": "http://127.0.0.1:25/"}),
        Outcome.NO_CONNECTION,
    ),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_is_a_named_outcome_and_never_an_exception(outlets: Outlets, client: Client, name: str) -> None:
    reply, outcome = TROUBLE[name]
    outlets["/"] = reply
    patience = 1.5 if outcome is Outcome.TIMED_OUT else 60.0  # a busy machine is slow, too
    answer = client.fetch_one(Request(outlets.url("/"), total_s=patience))
    assert answer.outcome is outcome, answer.detail
    assert answer.detail or outcome in (Outcome.BAD_ANSWER,)


def test_five_redirects_are_followed_and_recorded_and_a_sixth_is_not(outlets: Outlets, client: Client) -> None:
    for n in range(6):
        outlets[f"/{n}"] = Reply(status=(301, 302, 303, 307, 308, 302)[n], headers={"Location": f"/{n + 1}"})
    outlets["/6"] = outlets["/5b"] = GOOD
    assert client.fetch_one(Request(outlets.url("/0"))).outcome is Outcome.BAD_REDIRECT
    answer = client.fetch_one(Request(outlets.url("/1")))
    assert (answer.outcome, answer.url) == (Outcome.OK, outlets.url("/6"))
    assert [hop.status for hop in answer.hops] == [302, 303, 307, 308, 302]


SPELLINGS = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://①②⑦.⓪.⓪.①/",
    "http://169.254.169.254/latest/meta-data/",
    "http://h.example@127.0.0.1/",
    "http://192.168.0.1:8080/",
]


@pytest.mark.parametrize("url", SPELLINGS)
def test_a_private_address_is_refused_however_it_is_spelt_also_behind_a_redirect(
    outlets: Outlets, strict: Client, client: Client, url: str
) -> None:
    fine = (Outcome.BLOCKED_ADDRESS, Outcome.BAD_ADDRESS, Outcome.NO_SUCH_HOST)
    assert strict.fetch_one(Request(url)).outcome in fine
    narrow = Client(Config(title="T", base_url="https://news.example", allow_network=(f"127.0.0.1/32:{outlets.port}",)))
    try:
        outlets["/to"] = Reply(status=302, headers={"Location": url.encode("ascii", "ignore").decode()})
        assert narrow.fetch_one(Request(outlets.url("/to"))).outcome in (*fine, Outcome.BAD_REDIRECT)
    finally:
        narrow.close()


class Rebinding(AbstractResolver):
    """A name that is public when one looks and private when one connects, turn by turn."""

    def __init__(self) -> None:
        self.asked = 0

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
        self.asked += 1
        address = "93.184.216.34" if self.asked % 2 else "127.0.0.1"
        return [{"hostname": host, "host": address, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


def test_a_name_that_changes_its_address_never_leads_inside(strict: Client) -> None:
    with Outlets() as inside:
        inside["/"] = GOOD
        strict.started()
        resolver = Rebinding()
        strict.visits.session.connector._resolver = resolver  # type: ignore[union-attr]
        strict.visits.session.connector._use_dns_cache = False  # type: ignore[union-attr]
        for _ in range(20):
            url = f"http://rebind.example:{inside.port}/"
            asyncio.run_coroutine_threadsafe(
                strict.visits.exchange(Request(url, added_with=url, total_s=0.3)),
                strict._loop,  # type: ignore[arg-type]
            ).result()
        assert resolver.asked >= 20
        assert inside.requests == []


@pytest.mark.parametrize(("port", "allowed"), [(22, False), (25, False), (6379, False), (11211, False), (8081, False)])
def test_only_ports_of_the_web_are_asked(strict: Client, port: int, allowed: bool) -> None:
    assert strict.fetch_one(Request(f"http://93.184.216.34:{port}/", total_s=2)).outcome is Outcome.BLOCKED_PORT


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch, outlets: Outlets, client: Client) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    outlets["/"] = GOOD
    assert client.fetch_one(Request(outlets.url())).outcome is Outcome.OK


def test_an_egress_proxy_is_asked_for_everything(outlets: Outlets) -> None:
    outlets["http://h.example/feed.xml"] = GOOD
    proxied = Client(Config(title="T", base_url="https://news.example", egress_proxy=outlets.url().rstrip("/")))
    try:
        answer = proxied.fetch_one(Request("http://h.example/feed.xml"))
    finally:
        proxied.close()
    assert (answer.outcome, answer.body) == (Outcome.OK, GOOD)


def test_slow_endless_and_broken_servers_delay_nobody(outlets: Outlets, client: Client) -> None:
    for n, (reply, _) in enumerate(TROUBLE.values()):
        outlets[f"/bad{n}"] = reply
    outlets["/drip"] = Reply(b"x" * 10_000, drip_s=0.05)
    for n in range(20):
        outlets[f"/good{n}"] = GOOD
    bad = [Request(outlets.url(f"/bad{n}"), total_s=3) for n in range(len(TROUBLE))]
    bad += [Request(outlets.url("/drip"), total_s=3) for _ in range(30)]
    good = [Request(outlets.url(f"/good{n}"), tag="good") for n in range(20)]
    order = [(answer.request.tag, answer.outcome) for answer, _ in client.fetch_many(bad + good)]
    assert len(order) == len(bad) + len(good)
    assert [outcome for tag, outcome in order if tag == "good"] == [Outcome.OK] * 20
    last_good = max(n for n, (tag, _) in enumerate(order) if tag == "good")
    assert all(outcome is Outcome.TIMED_OUT for _, outcome in order[last_good + len(TROUBLE) :])


def test_one_host_is_asked_one_at_a_time_and_two_seconds_apart(outlets: Outlets) -> None:
    """Loopback stands for the open internet here: the policy allows it, the pace does not know that it does."""
    polite = Client(Config(title="T", base_url="https://news.example", allow_network=("127.0.0.0/8",)))
    outlets["/"] = Reply(GOOD, delay_s=0.3)
    try:
        polite.started()
        polite.visits.pace.gate = lambda url: "one-host"  # type: ignore[method-assign]
        answers = list(polite.fetch_many([Request(outlets.url()) for _ in range(3)]))
        hurried = list(polite.fetch_many([Request(outlets.url(), patience_s=0) for _ in range(2)]))
    finally:
        polite.close()
    assert len(answers) == 3
    pairs = list(zip(outlets.requests, outlets.requests[1:], strict=False))
    assert all(later.began - earlier.ended >= 2 for earlier, later in pairs)
    assert [answer.outcome for answer, _ in hurried] == [Outcome.POSTPONED] * 2


def test_robots_are_asked_once_and_heeded_for_pages_only(outlets: Outlets, client: Client) -> None:
    outlets["/robots.txt"] = b"User-agent: *\nDisallow: /private/\n\nUser-agent: corante\nDisallow: /secret/\n"
    for path in ("/page", "/secret/page", "/private/page"):
        outlets[path] = b"<!doctype html>"
    pages = [
        Request(outlets.url(p), tag=p, kind="page", robots=True) for p in ("/page", "/secret/page", "/private/page")
    ]
    got = {answer.request.tag: answer.outcome for answer, _ in client.fetch_many(pages)}
    assert got == {"/page": Outcome.OK, "/secret/page": Outcome.ROBOTS, "/private/page": Outcome.OK}
    assert len(outlets.asked("/robots.txt")) == 1
    assert client.fetch_one(Request(outlets.url("/secret/page"))).outcome is Outcome.OK


def test_a_site_whose_robots_txt_can_not_be_asked_is_not_entered(outlets: Outlets, client: Client) -> None:
    outlets["/robots.txt"] = Reply(status=503)
    outlets["/page"] = b"<!doctype html>"
    answer = client.fetch_one(Request(outlets.url("/page"), kind="page", robots=True))
    assert answer.outcome is Outcome.SERVER_ERROR
    assert outlets.asked("/page") == []


def test_what_is_made_of_an_answer_comes_with_it(outlets: Outlets, client: Client) -> None:
    outlets["/"] = GOOD
    ((answer, made),) = client.fetch_many([Request(outlets.url())], then=lambda a: len(a.body))
    assert (made, answer.body, answer.size) == (len(GOOD), b"", len(GOOD))


def test_an_error_of_ours_is_raised_where_we_see_it(outlets: Outlets, client: Client) -> None:
    outlets["/"] = GOOD
    with pytest.raises(ZeroDivisionError):
        list(client.fetch_many([Request(outlets.url())], then=lambda a: 1 / 0))


class Counting(AbstractResolver):
    """A name server that knows the names it is given, and counts what it is asked."""

    def __init__(self, **known: str) -> None:
        self.known, self.asked = known, list[str]()

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
        self.asked.append(host)
        if (address := self.known.get(host.split(".")[0])) is None:
            raise OSError(f"no such name: {host}")
        return [{"hostname": host, "host": address, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


def with_names(client: Client, **known: str) -> Counting:
    client.started()
    resolver = Counting(**known)
    client.visits.session.connector._resolver = resolver  # type: ignore[union-attr]
    return resolver


def test_a_host_without_an_address_is_looked_for_once_however_many_pages_it_has(client: Client) -> None:
    resolver = with_names(client)
    pages = [Request(f"http://gone.example/{n}", kind="page", robots=True) for n in range(60)]
    answers = [answer for answer, _ in client.fetch_many(pages)]
    assert {answer.outcome for answer in answers} == {Outcome.NO_SUCH_HOST}
    assert {answer.request.url for answer in answers} == {page.url for page in pages}
    assert resolver.asked == ["gone.example"]


def test_a_host_that_takes_no_connections_is_tried_once_however_many_pages_it_has(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    resolver = with_names(client, shut="127.0.0.1")
    added = f"http://shut.example:{port}/"
    pages = [Request(f"{added}{n}", kind="page", robots=True, added_with=added) for n in range(60)]
    assert {answer.outcome for answer, _ in client.fetch_many(pages)} == {Outcome.NO_CONNECTION}
    assert resolver.asked == ["shut.example"]


def test_where_nothing_was_sent_the_next_of_the_same_house_need_not_wait(outlets: Outlets, client: Client) -> None:
    with_names(client, here="127.0.0.1")
    outlets["/feed.xml"] = GOOD
    assert client.fetch_one(Request("http://gone.house.example/", patience_s=0)).outcome is Outcome.NO_SUCH_HOST
    url = f"http://here.house.example:{outlets.port}/feed.xml"
    assert client.fetch_one(Request(url, patience_s=0, added_with=url)).outcome is Outcome.OK


def test_a_robots_txt_that_can_not_be_had_is_asked_for_once_a_minute(outlets: Outlets, client: Client) -> None:
    outlets["/robots.txt"] = Reply(status=503)
    pages = [Request(outlets.url(f"/{n}"), kind="page", robots=True) for n in range(20)]
    assert {answer.outcome for answer, _ in client.fetch_many(pages)} == {Outcome.SERVER_ERROR}
    assert len(outlets.requests) == 1


def test_an_address_that_is_none_is_an_answer_too(client: Client) -> None:
    for url in ("http://[::1", "http://a b/", "file:///etc/passwd", "http://h.example:99999/", ""):
        assert client.fetch_one(Request(url, kind="page", robots=True)).outcome is Outcome.BAD_ADDRESS


class NameServer:
    """A name server on loopback that knows every name but those that begin with "dead", about which it is silent."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.silent = 0
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            try:
                asked, peer = self._socket.recvfrom(2048)
            except OSError:
                return
            query = dns.message.from_wire(asked)
            if query.question[0].name.to_text().startswith("dead"):
                self.silent += 1
                continue
            reply = dns.message.make_response(query)
            if query.question[0].rdtype == dns.rdatatype.A:
                reply.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "A", "127.0.0.1"))
            self._socket.sendto(reply.to_wire(), peer)

    def close(self) -> None:
        self._socket.close()


def test_names_that_no_server_answers_for_keep_nobody_else_waiting(
    outlets: Outlets, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads of the system's resolver would be held by thirty such names; here the good ones are all in first."""
    monkeypatch.setattr(names, "NAME_S", 5.0)
    server = NameServer()
    loop, _ = client.started()

    async def at_this_server() -> None:
        client.visits.session.connector._resolver = names.Names([server.address])  # type: ignore[union-attr]

    asyncio.run_coroutine_threadsafe(at_this_server(), loop).result()
    outlets["/"] = GOOD
    dead = [Request(f"http://dead{n}.example/") for n in range(60)]
    urls = [f"http://good{n}.example:{outlets.port}/" for n in range(20)]
    try:
        good = [Request(url, added_with=url) for url in urls]
        order = [answer.outcome for answer, _ in client.fetch_many(dead + good)]
    finally:
        server.close()
    assert order[:20] == [Outcome.OK] * 20
    assert order[20:] == [Outcome.NO_SUCH_HOST] * 60
    assert server.silent >= 60


def test_a_body_that_comes_by_drips_is_given_up_long_before_its_deadline(
    outlets: Outlets, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "SLOW_AFTER_S", 1.0)
    outlets["/drip"] = Reply(b"x" * 10_000, drip_s=0.02)
    answer = client.fetch_one(Request(outlets.url("/drip"), total_s=30))
    assert (answer.outcome, answer.detail) == (Outcome.TIMED_OUT, "came at less than 1000 bytes a second")


def test_large_bodies_come_whole_one_place_after_the_other(outlets: Outlets, client: Client) -> None:
    outlets["/large"] = b"<" * (3 * 2**20)
    many = [Request(outlets.url("/large"), tag=n) for n in range(20)]
    assert [answer.size for answer, _ in client.fetch_many(many)] == [3 * 2**20] * 20
    assert client.fetch_one(Request(outlets.url("/large"), cap=2**20)).outcome is Outcome.TOO_LARGE


def test_a_person_who_waits_is_not_told_what_was_found_out_a_moment_ago(outlets: Outlets, client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    assert client.fetch_one(Request(url, added_with=url)).outcome is Outcome.NO_CONNECTION
    port = int(url.rsplit(":", 1)[1].rstrip("/"))
    with Outlets(port=port) as again:
        again["/"] = GOOD
        assert client.fetch_one(Request(url, added_with=url)).outcome is Outcome.NO_CONNECTION
        assert client.fetch_one(Request(url, added_with=url, insist=True)).outcome is Outcome.OK


def test_a_form_is_posted_and_sent_on_only_where_a_redirect_keeps_the_method(outlets: Outlets, client: Client) -> None:
    outlets["/hub"] = Reply(status=202)
    outlets["/307"] = Reply(status=307, headers={"Location": "/hub"})
    outlets["/302"] = Reply(status=302, headers={"Location": "/hub"})
    fields = (("hub.mode", "subscribe"), ("hub.topic", "https://h.example/ü&"))
    assert client.fetch_one(Request(outlets.url("/307"), form=fields)).outcome is Outcome.OK
    assert client.fetch_one(Request(outlets.url("/302"), form=fields)).outcome is Outcome.BAD_REDIRECT
    (asked,) = outlets.asked("/hub")
    assert (asked.method, dict(parse_qsl(asked.body.decode()))) == ("POST", dict(fields))
