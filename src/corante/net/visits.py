"""One visit to a host: its turn, its robots.txt, the exchange, the redirects. Lives in one event loop.

Rules: no cookies, no referrer, no environment proxies. Redirects are followed by hand, at most five, each through the
guard. The deadline is for the whole exchange, so that a drip can't outlast it. Nobody is asked who said to wait, or who
could not be reached a moment ago.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import aiohttp
from yarl import URL

from corante.core.addresses import AddressPolicy
from corante.core.feeds import Outcome
from corante.core.urls import clean, host_of, port_of

from .answers import Answer, Hop, Request
from .failures import NO_CONTACT, failure
from .guard import guarded_sockets, port_allowed
from .names import Names
from .politeness import Busy, Pace, Robots, Unreached
from .responses import received, redirect

CONNECT_S: Final = 10.0
READ_S: Final = 30.0
MAX_HOPS: Final = 5
IN_FLIGHT: Final = 192
LARGE_AT_ONCE: Final = 8
_ACCEPT: Final = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
}


class Visits:
    """Everything that belongs to one event loop; make it there."""

    def __init__(self, policy: AddressPolicy, agent: str, proxy: str, spacing_s: float) -> None:
        self.policy, self._proxy = policy, proxy
        self.pace = Pace(policy, spacing_s)
        self.session = _session(policy, agent, proxy)
        self._robots = Robots(agent)
        self._unreached = Unreached[Answer]()
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._learning: dict[str, asyncio.Lock] = {}

    async def answer(self, request: Request) -> Answer:
        """The host's turn, then the exchange; holds the host off when it asks for that."""
        loop = asyncio.get_running_loop()
        if not clean(request.url):
            what = f"{request.url[:200]} is no address of the web"
            return Answer(request, Outcome.BAD_ADDRESS, what, url=request.url, asked=False)
        if why := self._shut(request):
            return why
        if request.robots and (closed := await self._closed_to_robots(request)):
            return closed
        try:
            async with self.pace.turn(request.url, request.patience_s) as turn, self._slots:
                began = loop.time()
                answer = self._shut(request) or await self.exchange(request)
                turn.used = answer.asked
        except Busy as busy:
            return Answer(request, Outcome.POSTPONED, str(busy), url=request.url, retry_s=busy.wait_s)
        url = answer.url or request.url
        if answer.retry_s:
            self.pace.hold(url, answer.retry_s)
        return replace(answer, took_s=loop.time() - began, url=url, private=not self.pace.gate(url))

    async def exchange(self, request: Request) -> Answer:
        """Ask, and follow; where no connection came about nothing was asked, and others needn't try for a while."""
        hops = list[Hop]()
        try:
            async with asyncio.timeout(request.total_s):
                return await self._follow(request, hops)
        except NO_CONTACT as error:
            asked = bool(hops) or isinstance(error, aiohttp.ClientSSLError)
            answer = Answer(request, *failure(error), hops=tuple(hops), asked=asked)
            if not hops and not self._proxy:  # with a proxy it is the proxy that could not be reached
                self._unreached.note(_place(request.url), answer, asyncio.get_running_loop().time())
            return answer
        except TimeoutError:
            return Answer(request, Outcome.TIMED_OUT, f"no complete answer within {request.total_s:.0f} s")
        except Exception as error:
            return Answer(request, *failure(error))

    def _shut(self, request: Request) -> Answer | None:
        """What came of asking the same place a moment ago, when nothing did."""
        why = self._unreached.why(_place(request.url), asyncio.get_running_loop().time())
        return _instead(why, request) if why and not request.insist else None

    async def _closed_to_robots(self, request: Request) -> Answer | None:
        """Why the page may not be read, by its site's robots.txt; fetched first where it is not known."""
        address, loop = Robots.address(request.url), asyncio.get_running_loop()
        async with self._learning.setdefault(address, asyncio.Lock()):
            allowed = self._robots.allows(request.url, loop.time())
            if allowed is None:
                rules = self._unreached.why(address, loop.time()) or await self.answer(
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
                to = redirect(response, url, posted=bool(request.form))
                if to is None:
                    return await received(request, response, url, tuple(hops), self._large)
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
        async with self.session.request(
            "POST" if request.form else "GET",
            URL(url, encoded=url != request.url),  # a target is clean already; quoted anew, a signature might break
            data=aiohttp.FormData(list(request.form)) if request.form else None,
            headers=headers,
            allow_redirects=False,
            proxy=self._proxy or None,
            timeout=aiohttp.ClientTimeout(total=request.total_s, sock_connect=CONNECT_S, sock_read=READ_S),
        ) as response:
            self._notice(response, url)
            yield response

    def _notice(self, response: aiohttp.ClientResponse, url: str) -> None:
        """A name that leads into an allowed private network is paced as one."""
        if not self.policy.allowed or self._proxy:
            return
        connection: Any = response.connection
        transport = connection.transport if connection else None
        peer = transport.get_extra_info("peername") if transport else None
        if peer and self.policy.is_private(str(peer[0]), int(peer[1])):
            self.pace.learn_private(url)


def _session(policy: AddressPolicy, agent: str, proxy: str) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        socket_factory=guarded_sockets(policy, proxy),
        resolver=Names(),
        limit=IN_FLIGHT * 2,
        ttl_dns_cache=60,
        keepalive_timeout=10,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        max_line_size=16_384,
        max_field_size=32_768,
        headers={"User-Agent": agent, "Accept-Encoding": "gzip, deflate, br"},
    )


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
