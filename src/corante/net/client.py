"""The HTTP client of the house: bounded, guarded, polite, and never an exception.

    for answer, page in fetch_many(config, requests, then=read):   # answers come as they arrive, slowest last
        ...

`fetch_many` takes Requests and yields (Answer, what `then` made of it) pairs, each as soon as it is there, so one slow
outlet delays nobody. `then` (say, the parsing) runs on a few threads of its own and has the body, which is not carried further; without `then`
the answer keeps its body and the second half is None.
`fetch_one` is the same for one. Both are called from ordinary, synchronous code and from any thread: one event loop in
one background thread serves the whole process, so that pace and connections are shared.

Rules: every failure is an Outcome of core.feeds, with a detail in words. No cookies, no referrer, no environment proxies.
Redirects are followed by hand, at most five, each through the guard. Caps count decoded bytes; the deadline is for the
whole exchange, so that a drip can't outlast it. `at` in an answer is the caller's clock, not ours.
"""

from __future__ import annotations

import asyncio
import atexit
import queue
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

import aiohttp
from aiohttp.resolver import AsyncResolver

from corante.core.addresses import AddressPolicy
from corante.core.config import Config
from corante.core.feeds import Outcome
from corante.core.urls import clean, host_of, port_of

from .guard import SAYS, guarded_sockets, port_allowed
from .politeness import SPACING_S, Busy, Pace, Robots, Unreached

Made = TypeVar("Made")

FEED_CAP: Final = 8 * 2**20
PAGE_CAP: Final = 4 * 2**20
TOTAL_S: Final = 60.0
CONNECT_S: Final = 10.0
MAX_HOPS: Final = 5
IN_FLIGHT: Final = 64
_NO_CONTACT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_RATIO_FREE: Final = 2**20  # up to here any compression goes
_RATIO: Final = 200
_ACCEPT: Final = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What to fetch. `tag` is the caller's own (a row number) and comes back with the answer."""

    url: str
    tag: Any = None
    kind: str = "feed"  # feed or page: what we say we accept
    etag: str = ""
    last_modified: str = ""
    cap: int = FEED_CAP
    total_s: float = TOTAL_S
    patience_s: float = 30.0  # how long to wait for the host's turn before the answer is "postponed"
    robots: bool = False  # True for article pages
    added_with: str = ""  # the feed's own address, whose port is then allowed too


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect that was followed: from where, with which status, to where."""

    url: str
    status: int
    to: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended. `outcome` ok or unmodified is good; else `detail` says in words what happened."""

    request: Request
    outcome: Outcome
    detail: str = ""
    status: int = 0
    url: str = ""  # where the answer came from, after redirects
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case; only those a room may ask for
    hops: tuple[Hop, ...] = ()
    size: int = 0  # decoded bytes
    private: bool = False  # from a network the operator allowed
    took_s: float = 0.0
    retry_s: float = 0.0  # Retry-After, or how long until the host's turn
    fresh_s: float = 0.0  # Cache-Control: max-age
    asked: bool = True  # False when nothing was sent: no address, no connection


_KEPT: Final = frozenset(
    (
        "x-robots-tag",
        "tdm-reservation",
        "cache-control",
        "expires",
        "date",
        "link",
        "content-language",
        "last-modified",
        "etag",
        "age",
    )
)


class Client:
    """A client for one site's settings. Start it, use it from any thread, close it."""

    def __init__(self, config: Config, spacing_s: float = SPACING_S) -> None:
        self.policy = AddressPolicy.of(config.allow_network)
        self._proxy = config.egress_proxy
        self._agent = user_agent(config)
        self._spacing = spacing_s
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads: ThreadPoolExecutor | None = None

    def fetch_many(
        self, requests: Iterable[Request], then: Callable[[Answer], Made] | None = None
    ) -> Iterator[tuple[Answer, Made | None]]:
        """Fetch all, in whatever order they arrive. An exception of `then` is raised here, at its answer."""
        loop, threads = self._started()
        arrived: queue.Queue[Any] = queue.Queue()
        asked = [asyncio.run_coroutine_threadsafe(self._serve(r, then, threads, arrived), loop) for r in requests]
        try:
            for _ in asked:
                answer, made, error = arrived.get()
                if error is not None:
                    raise error
                yield answer, made
        finally:
            for one in asked:
                one.cancel()

    def fetch_one(self, request: Request) -> Answer:
        """Fetch one, and wait for it."""
        loop, _ = self._started()
        return asyncio.run_coroutine_threadsafe(self._answer(request), loop).result()

    def close(self) -> None:
        """Close connections and end the background thread."""
        with self._lock:
            loop, self._loop = self._loop, None
            threads, self._threads = self._threads, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._session.close(), loop).result(timeout=5)
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join(timeout=10)
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    def _started(self) -> tuple[asyncio.AbstractEventLoop, ThreadPoolExecutor]:
        with self._lock:
            if self._loop is None or self._threads is None:
                self._loop = asyncio.new_event_loop()
                self._threads = ThreadPoolExecutor(4, thread_name_prefix="corante-then")
                self._thread = threading.Thread(target=self._turn, args=(self._loop,), name="corante-net", daemon=True)
                self._thread.start()
                asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(timeout=10)
            return self._loop, self._threads

    @staticmethod
    def _turn(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    async def _open(self) -> None:
        """In the loop: everything that belongs to it."""
        connector = aiohttp.TCPConnector(
            socket_factory=guarded_sockets(self.policy, self._proxy),
            resolver=AsyncResolver(timeout=5, tries=2),
            limit=IN_FLIGHT * 2,
            ttl_dns_cache=60,
            keepalive_timeout=10,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            max_line_size=16_384,
            max_field_size=32_768,
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate, br"},
        )
        self._pace = Pace(self.policy, self._spacing)
        self._robots = Robots(self._agent)
        self._unreached = Unreached[Answer]()
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._learning: dict[str, asyncio.Lock] = {}

    async def _serve(
        self,
        request: Request,
        then: Callable[[Answer], Made] | None,
        threads: ThreadPoolExecutor,
        arrived: queue.Queue[Any],
    ) -> None:
        """One request from its turn to the caller's hands; what `then` has used is not carried further."""
        try:
            answer = await self._answer(request)
            made = None
            if then is not None:
                made = await asyncio.get_running_loop().run_in_executor(threads, then, answer)
                answer = replace(answer, body=b"")
            arrived.put((answer, made, None))
        except Exception as error:
            arrived.put((None, None, error))

    async def _answer(self, request: Request) -> Answer:
        """The host's turn, then the exchange; holds the host off when it asks for that."""
        loop = asyncio.get_running_loop()
        if not clean(request.url):
            what = f"{request.url[:200]} is no address of the web"
            return Answer(request, Outcome.BAD_ADDRESS, what, url=request.url, asked=False)
        if why := self._unreached.why(_place(request.url), loop.time()):
            return _instead(why, request)
        if request.robots and (closed := await self._closed_to_robots(request)):
            return closed
        try:
            async with self._pace.turn(request.url, request.patience_s) as turn, self._slots:
                began = loop.time()
                known = self._unreached.why(_place(request.url), loop.time())
                answer = _instead(known, request) if known else await self._exchange(request)
                turn.used = answer.asked
        except Busy as busy:
            return Answer(request, Outcome.POSTPONED, str(busy), url=request.url, retry_s=busy.wait_s)
        url = answer.url or request.url
        if answer.retry_s:
            self._pace.hold(url, answer.retry_s)
        return replace(answer, took_s=loop.time() - began, url=url, private=not self._pace.gate(url))

    async def _exchange(self, request: Request) -> Answer:
        """Ask, and follow; where no connection came about nothing was asked, and others needn't try for a while."""
        hops = list[Hop]()
        try:
            async with asyncio.timeout(request.total_s):
                return await self._follow(request, hops)
        except _NO_CONTACT as error:
            asked = bool(hops) or isinstance(error, aiohttp.ClientSSLError)
            answer = Answer(request, *_failure(error), hops=tuple(hops), asked=asked)
            if not hops and not self._proxy:  # with a proxy it is the proxy that could not be reached
                self._unreached.note(_place(request.url), answer, asyncio.get_running_loop().time())
            return answer
        except TimeoutError:
            return Answer(request, Outcome.TIMED_OUT, f"no complete answer within {request.total_s:.0f} s")
        except Exception as error:
            return Answer(request, *_failure(error))

    async def _closed_to_robots(self, request: Request) -> Answer | None:
        """Why the page may not be read, by its site's robots.txt; fetched first where it is not known."""
        address, loop = Robots.address(request.url), asyncio.get_running_loop()
        async with self._learning.setdefault(address, asyncio.Lock()):
            allowed = self._robots.allows(request.url, loop.time())
            if allowed is None:
                rules = self._unreached.why(address, loop.time()) or await self._answer(
                    Request(address, kind="page", cap=512 * 1024, total_s=15, added_with=request.added_with)
                )
                if _undecided(rules):  # RFC 9309 §2.3.1.4: what can't be asked is not entered
                    if rules.outcome is not Outcome.POSTPONED:
                        self._unreached.note(address, rules, loop.time())
                    return replace(_instead(rules, request), detail=f"robots.txt: {rules.detail}")
                self._robots.learn(request.url, rules.body, rules.outcome is Outcome.OK, loop.time())
                allowed = self._robots.allows(request.url, loop.time())
        self._learning.pop(address, None)
        return None if allowed else Answer(request, Outcome.ROBOTS, "robots.txt asks us to stay away", url=request.url)

    async def _follow(self, request: Request, hops: list[Hop]) -> Answer:
        """The exchange and its redirects, which are noted in `hops`."""
        url = request.url
        while True:
            if not clean(url):
                what = f"{url[:200]} is no address of the web"
                return Answer(request, Outcome.BAD_REDIRECT, what, hops=tuple(hops))
            if not port_allowed(url, self.policy, request.added_with):
                return Answer(request, Outcome.BLOCKED_PORT, url[:200], hops=tuple(hops), asked=bool(hops))
            async with self._asked(request, url) as response:
                to = _redirect(response, url)
                if to is None:
                    return await _received(request, response, url, tuple(hops))
                hops.append(Hop(url, response.status, to))
                if len(hops) > MAX_HOPS or not to:
                    why = "more than five redirects" if to else "a redirect without an address"
                    return Answer(request, Outcome.BAD_REDIRECT, why, response.status, url, hops=tuple(hops))
                url = to

    @asynccontextmanager
    async def _asked(self, request: Request, url: str) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = {"Accept": _ACCEPT[request.kind]}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        async with self._session.get(
            url,
            headers=headers,
            allow_redirects=False,
            proxy=self._proxy or None,
            timeout=aiohttp.ClientTimeout(total=request.total_s, sock_connect=CONNECT_S, sock_read=30),
        ) as response:
            self._notice(response, url)
            yield response

    def _notice(self, response: aiohttp.ClientResponse, url: str) -> None:
        """A name that leads into an allowed private network is paced as one."""
        peer = response.connection.transport.get_extra_info("peername") if _transport(response) else None  # type: ignore[union-attr]
        if peer and not self._proxy and self.policy.allowed and self.policy.is_private(str(peer[0]), int(peer[1])):
            self._pace.learn_private(url)


def user_agent(config: Config) -> str:
    """Who we are and how to reach us, as server operators ask of feed readers."""
    contact = f"; {config.contact}" if config.contact else ""
    return f"Corante/0.1 (+{config.base_url}{contact})".encode("ascii", "ignore").decode()


_clients: dict[tuple[object, ...], Client] = {}
_clients_lock = threading.Lock()


def client_for(config: Config) -> Client:
    """The process's client for these settings, started when first used."""
    key = (config.allow_network, config.egress_proxy, config.base_url, config.contact)
    with _clients_lock:
        return _clients.setdefault(key, Client(config))


@atexit.register
def close_all() -> None:
    """Close every client of this process; the next use starts a new one."""
    with _clients_lock:
        for client in _clients.values():
            client.close()
        _clients.clear()


def fetch_many(
    config: Config, requests: Iterable[Request], then: Callable[[Answer], Made] | None = None
) -> Iterator[tuple[Answer, Made | None]]:
    """`Client.fetch_many` of the process's client."""
    return client_for(config).fetch_many(requests, then)


def fetch_one(config: Config, request: Request) -> Answer:
    """`Client.fetch_one` of the process's client."""
    return client_for(config).fetch_one(request)


async def _received(request: Request, response: aiohttp.ClientResponse, url: str, hops: tuple[Hop, ...]) -> Answer:
    """The last answer of the chain, with its body where it is good."""
    status = response.status
    headers = {name.lower(): value for name, value in response.headers.items() if name.lower() in _KEPT}
    outcome, body, detail = _by_status(status), b"", f"HTTP {status} {response.reason or ''}".strip()[:200]
    if outcome is Outcome.OK:
        body, refusal = await _body(response, request.cap)
        if refusal:
            outcome, detail = refusal
    return Answer(
        request,
        outcome,
        detail,
        status,
        url,
        body,
        response.headers.get("Content-Type", "")[:200],
        response.headers.get("ETag", "")[:1000],
        response.headers.get("Last-Modified", "")[:200],
        headers,
        hops,
        size=len(body),
        retry_s=_retry_after(response) if outcome is not Outcome.OK else 0.0,
        fresh_s=_max_age(headers.get("cache-control", "")),
    )


async def _body(response: aiohttp.ClientResponse, cap: int) -> tuple[bytes, tuple[Outcome, str] | None]:
    """The decoded body, or why it is not taken."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate", "br"):
        return b"", (Outcome.BAD_ANSWER, f"an encoding we did not ask for: {encoding[:40]}")
    if (length := response.content_length) is not None and length > cap:
        return b"", (Outcome.TOO_LARGE, f"{length} bytes, more than {cap}")
    parts, size = list[bytes](), 0
    async for part in response.content.iter_chunked(65_536):
        size += len(part)
        if size > cap:
            return b"", (Outcome.TOO_LARGE, f"more than {cap} bytes when unpacked")
        if size > _RATIO_FREE and length and size > _RATIO * length:
            return b"", (Outcome.TOO_LARGE, "a body that unpacks to more than 200 times its size")
        parts.append(part)
    return b"".join(parts), None


def _by_status(status: int) -> Outcome:
    if status == 200:
        return Outcome.OK
    named = {304: Outcome.UNMODIFIED, 404: Outcome.NOT_FOUND, 410: Outcome.GONE, 429: Outcome.TOLD_TO_WAIT}
    if status in named:
        return named[status]
    if status in (401, 402, 403, 407, 451):
        return Outcome.FORBIDDEN
    if status >= 500:
        return Outcome.SERVER_ERROR
    return Outcome.REFUSED if status >= 400 else Outcome.BAD_ANSWER


def _redirect(response: aiohttp.ClientResponse, url: str) -> str | None:
    """Where a redirect leads ("" for nowhere one may go), None when it is none."""
    if response.status not in (301, 302, 303, 307, 308):
        return None
    return clean(response.headers.get("Location", ""), url)


def _retry_after(response: aiohttp.ClientResponse) -> float:
    """Retry-After in seconds (RFC 9110 §10.2.3), from seconds or a date, at most a day; 0 when absent."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return 0.0
    if value.isdigit():
        return min(float(value[:9]), 86_400.0)
    try:
        then = parsedate_to_datetime(value)
        sent = parsedate_to_datetime(response.headers.get("Date", ""))
        return min(max((then - sent).total_seconds(), 0.0), 86_400.0)
    except (TypeError, ValueError):
        return 0.0


def _max_age(cache_control: str) -> float:
    """Seconds for which the answer says it stays fresh, at most a day."""
    for part in cache_control.lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.strip('" ').isdigit():
            return min(float(value.strip('" ')[:9]), 86_400.0)
    return 0.0


def _failure(error: Exception) -> tuple[Outcome, str]:
    """The world's many exceptions as few named outcomes."""
    if SAYS in str(error):  # several addresses tried, several refused: their words are joined, their types lost
        return Outcome.BLOCKED_ADDRESS, _plainly(error)
    kinds: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Outcome], ...] = (
        (aiohttp.ClientConnectorDNSError, Outcome.NO_SUCH_HOST),
        ((aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError, ssl.SSLError), Outcome.BAD_TLS),
        ((aiohttp.ServerTimeoutError, TimeoutError), Outcome.TIMED_OUT),
        ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError), Outcome.BAD_ADDRESS),
        ((aiohttp.ClientConnectorError, ConnectionError, OSError), Outcome.NO_CONNECTION),
        ((aiohttp.ClientPayloadError, aiohttp.ClientError, ValueError), Outcome.BAD_ANSWER),
    )
    for kind, outcome in kinds:
        if isinstance(error, kind):
            return outcome, _plainly(error)
    return Outcome.BAD_ANSWER, f"{type(error).__name__}: {error}"[:300]


def _transport(response: aiohttp.ClientResponse) -> bool:
    return response.connection is not None and response.connection.transport is not None


def _plainly(error: Exception) -> str:
    """What happened, without the library's own preamble."""
    below = getattr(error, "os_error", None)
    return (getattr(below, "strerror", None) or str(below or error) or type(error).__name__)[:300]


def _place(url: str) -> str:
    """Host and port: what a connection is made to."""
    return f"{host_of(url)}:{port_of(url)}"


def _instead(why: Answer, request: Request) -> Answer:
    """What came of asking the same place a moment ago, as the answer to this request."""
    return replace(why, request=request, url=request.url, took_s=0.0, asked=False)


def _undecided(rules: Answer) -> bool:
    """Whether asking for robots.txt came to nothing that means yes or no."""
    return rules.outcome in (Outcome.SERVER_ERROR, Outcome.TIMED_OUT, Outcome.POSTPONED, Outcome.TOLD_TO_WAIT) or (
        rules.status == 0 and rules.outcome is not Outcome.OK
    )
