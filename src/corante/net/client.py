"""The HTTP client of the house: bounded, guarded, polite, and never an exception.

    for answer, page in fetch_many(config, requests, then=read):   # answers come as they arrive, slowest last
        ...

`fetch_many` takes Requests and yields (Answer, what `then` made of it) pairs, each as soon as it is there, so one slow
outlet delays nobody. `then` (say, the parsing) runs on a few threads of its own and has the body, which is not carried
further; without `then` the answer keeps its body and the second half is None. `fetch_one` is the same for one.

Rule: both are called from ordinary, synchronous code and from any thread; one event loop in one background thread
serves the whole process (`visits`), so that pace and connections are shared. `at` in an answer is the caller's clock.
"""

from __future__ import annotations

import asyncio
import atexit
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from corante import __version__
from corante.core.addresses import AddressPolicy
from corante.core.config import Config

from .answers import FEED_CAP, PAGE_CAP, TOTAL_S, Answer, Hop, Request
from .politeness import SPACING_S
from .visits import Visits

__all__ = [
    "FEED_CAP",
    "PAGE_CAP",
    "TOTAL_S",
    "Answer",
    "Client",
    "Hop",
    "Request",
    "client_for",
    "close_all",
    "fetch_arrived",
    "fetch_many",
    "fetch_one",
    "rest",
    "user_agent",
]

Made = TypeVar("Made")


class Client:
    """A client for one site's settings. Start it, use it from any thread, close it."""

    def __init__(self, config: Config, spacing_s: float = SPACING_S) -> None:
        self._policy = AddressPolicy.of(config.allow_network)
        self._proxy = config.egress_proxy
        self._agent = user_agent(config)
        self._spacing = spacing_s
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads: ThreadPoolExecutor | None = None

    def fetch_many(
        self,
        requests: Iterable[Request],
        then: Callable[[Answer], Made] | None = None,
        within_s: float | None = None,
    ) -> Iterator[tuple[Answer, Made | None]]:
        """Fetch all, in whatever order they arrive; what has not come `within_s` is given up, and missing. An exception
        of `then` is raised here, at its answer."""
        for some in self.fetch_arrived(requests, then, 1, within_s):
            yield from some

    def fetch_arrived(
        self,
        requests: Iterable[Request],
        then: Callable[[Answer], Made] | None,
        most: int,
        within_s: float | None = None,
    ) -> Iterator[list[tuple[Answer, Made | None]]]:
        """Fetch all; yields what has arrived meanwhile, one at least and `most` at most, and never waits for more."""
        ends = None if within_s is None else time.monotonic() + within_s
        loop, threads = self.started()
        arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
        asked = [asyncio.run_coroutine_threadsafe(self._serve(r, then, threads, arrived), loop) for r in requests]
        try:
            left = len(asked)
            while left:
                some = [arrived.get(timeout=None if ends is None else max(0.0, ends - time.monotonic()))]
                while len(some) < most and not arrived.empty():
                    some.append(arrived.get())
                left -= len(some)
                if good := [(answer, made) for answer, made, error in some if error is None]:
                    yield good
                for error in (error for _, _, error in some if error is not None):
                    raise error
        except queue.Empty:
            return
        finally:
            for one in asked:
                one.cancel()

    def fetch_one(self, request: Request) -> Answer:
        """Fetch one, and wait for it."""
        loop, _ = self.started()
        return asyncio.run_coroutine_threadsafe(self.visits.answer(request), loop).result()

    def rest(self, seconds: float) -> None:
        """Ask no host for so long, apart from those that are not paced at all."""
        loop, _ = self.started()
        loop.call_soon_threadsafe(self.visits.pace.rest, seconds)

    def started(self) -> tuple[asyncio.AbstractEventLoop, ThreadPoolExecutor]:
        """The loop and the threads of this client, running."""
        with self._lock:
            if self._loop is None or self._threads is None:
                loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._turn, args=(loop,), name="corante-net", daemon=True)
                self._thread.start()
                asyncio.run_coroutine_threadsafe(self._open(), loop).result(timeout=10)
                self._loop, self._threads = loop, ThreadPoolExecutor(4, thread_name_prefix="corante-then")
            return self._loop, self._threads

    def close(self) -> None:
        """Close connections and end the background thread."""
        with self._lock:
            loop, self._loop = self._loop, None
            threads, self._threads = self._threads, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self.visits.session.close(), loop).result(timeout=5)
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join(timeout=10)
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def _turn(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    async def _open(self) -> None:
        self.visits = Visits(self._policy, self._agent, self._proxy, self._spacing)

    async def _serve(
        self,
        request: Request,
        then: Callable[[Answer], Made] | None,
        threads: ThreadPoolExecutor,
        arrived: queue.SimpleQueue[Any],
    ) -> None:
        """One request from its turn to the caller's hands; what `then` has used is not carried further."""
        try:
            answer = await self.visits.answer(request)
            made = None
            if then is not None:
                made = await asyncio.get_running_loop().run_in_executor(threads, then, answer)
                answer = replace(answer, body=b"")
            arrived.put((answer, made, None))
        except Exception as error:
            arrived.put((None, None, error))


def user_agent(config: Config) -> str:
    """Who we are and how to reach us, as server operators ask of feed readers."""
    contact = f"; {config.contact}" if config.contact else ""
    return f"Corante/{__version__} (+{config.base_url}{contact})".encode("ascii", "ignore").decode()


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
    config: Config,
    requests: Iterable[Request],
    then: Callable[[Answer], Made] | None = None,
    within_s: float | None = None,
) -> Iterator[tuple[Answer, Made | None]]:
    """`Client.fetch_many` of the process's client."""
    return client_for(config).fetch_many(requests, then, within_s)


def fetch_arrived(
    config: Config, requests: Iterable[Request], then: Callable[[Answer], Made] | None, most: int
) -> Iterator[list[tuple[Answer, Made | None]]]:
    """`Client.fetch_arrived` of the process's client."""
    return client_for(config).fetch_arrived(requests, then, most)


def fetch_one(config: Config, request: Request) -> Answer:
    """`Client.fetch_one` of the process's client."""
    return client_for(config).fetch_one(request)


def rest(config: Config, seconds: float) -> None:
    """`Client.rest` of the process's client."""
    client_for(config).rest(seconds)
