"""The pretend outlets' web server, on loopback only: front pages, feeds, articles, and the ways they misbehave.

Rule: it answers as real outlets do (validators, 304, robots, a dead one, a slow one), and it knows nothing of Corante.
"""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import quoteattr

from . import pages
from .feeds import TYPES, render_feed
from .world import PretendOutlet, read_world

Clock = Callable[[], datetime]
LOOPBACK = "127.0.0.1"
SLOW_FEED_S, SLOW_PAGE_S = 8.0, 1.5
HTML = "text/html; charset=utf-8"


class DroppedConnection(Exception):
    """This outlet hangs up without an answer."""


@dataclass(frozen=True)
class Answer:
    """What goes back for one request."""

    body: str
    type: str = HTML
    status: HTTPStatus = HTTPStatus.OK
    changed: datetime | None = None


@dataclass(frozen=True)
class World:
    """A running world of pretend outlets."""

    address: str  # http://127.0.0.1:PORT, without a slash at the end
    began: datetime
    outlets: tuple[PretendOutlet, ...]
    _server: ThreadingHTTPServer = field(repr=False)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def opml(self) -> str:
        """All feeds as an OPML 2.0 list, grouped."""
        return render_opml(self.outlets, self.address)

    def home(self, outlet: PretendOutlet) -> str:
        """An outlet's front page."""
        return f"{self.address}/{outlet.slug}/"

    def feed(self, outlet: PretendOutlet) -> str:
        """An outlet's feed."""
        return self.home(outlet) + outlet.feed_name

    def stop(self) -> None:
        """Close the server; slow answers under way are left to their threads."""
        self._server.shutdown()
        self._server.server_close()


def start(port: int = 0, began: datetime | None = None, clock: Clock | None = None) -> World:
    """Serve the world on loopback, in a thread of this process.

    `port` 0 takes any free one. `began` is the moment the world's times count from; give the same one again
    (and the same port) to go on with the same world. Raises OSError when the port is taken.
    """
    read_clock = clock or (lambda: datetime.now(UTC))
    began = began or read_clock()
    outlets = read_world(began)
    server = _Server((LOOPBACK, port), _Handler)
    address = f"http://{LOOPBACK}:{server.server_address[1]}"
    server.desk = _Desk({outlet.slug: outlet for outlet in outlets}, address, read_clock)
    threading.Thread(target=server.serve_forever, name="pretend outlets", daemon=True).start()
    return World(address, began, outlets, server)


def render_opml(outlets: tuple[PretendOutlet, ...], address: str) -> str:
    """The outlets' feeds as OPML 2.0, one folder a group."""
    groups: dict[str, list[PretendOutlet]] = {}
    for outlet in outlets:
        groups.setdefault(outlet.group, []).append(outlet)
    folders = "".join(
        f"    <outline text={quoteattr(group)}>\n{''.join(_outline(outlet, address) for outlet in members)}    </outline>\n"
        for group, members in groups.items()
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>The estuary's outlets</title></head>
  <body>
{folders}  </body>
</opml>
"""


def _outline(outlet: PretendOutlet, address: str) -> str:
    home = f"{address}/{outlet.slug}/"
    return (
        f"      <outline type={quoteattr('rss')} text={quoteattr(outlet.name)} title={quoteattr(outlet.name)}"
        f" xmlUrl={quoteattr(home + outlet.feed_name)} htmlUrl={quoteattr(home)} language={quoteattr(outlet.language)}/>\n"
    )


@dataclass(frozen=True)
class _Desk:
    """Decides what to answer to a path at a moment."""

    outlets: dict[str, PretendOutlet]
    address: str
    clock: Clock

    def answer(self, path: str) -> Answer:
        """The answer to a GET. Raises DroppedConnection for the dead outlet."""
        slug, _, rest = path.partition("?")[0].lstrip("/").partition("/")
        now = self.clock()
        if slug == "":
            return Answer(pages.kiosk(list(self.outlets.values())))
        if slug == "robots.txt":
            return Answer("User-agent: *\nAllow: /\n", "text/plain; charset=utf-8")
        if slug == "opml.xml":
            return Answer(render_opml(tuple(self.outlets.values()), self.address), "text/x-opml; charset=utf-8")
        outlet = self.outlets.get(slug)
        if outlet is None:
            return Answer(pages.nothing_here(None), status=HTTPStatus.NOT_FOUND)
        return self._of(outlet, rest, now)

    def _of(self, outlet: PretendOutlet, rest: str, now: datetime) -> Answer:
        home = f"{self.address}/{outlet.slug}/"
        if outlet.manner == "dead":
            raise DroppedConnection
        if outlet.manner == "slow":
            time.sleep(SLOW_FEED_S if rest == outlet.feed_name else SLOW_PAGE_S)
        out = outlet.out(now)
        if rest == outlet.feed_name:
            return Answer(render_feed(outlet, home, now), TYPES[outlet.feed], changed=_newest(outlet, now))
        if rest == "":
            return Answer(pages.front(outlet, home, out), changed=_newest(outlet, now))
        if outlet.manner == "headlines":
            return Answer(pages.away(outlet, home), status=HTTPStatus.SERVICE_UNAVAILABLE)
        piece = next((piece for piece in out if piece.slug == rest), None)
        if piece is None:
            return Answer(pages.nothing_here(outlet), status=HTTPStatus.NOT_FOUND)
        return Answer(pages.article(outlet, home, piece, out, now), changed=piece.at)


def _newest(outlet: PretendOutlet, now: datetime) -> datetime | None:
    moments = [piece.at for piece in outlet.pieces if piece.at <= now]
    moments += [p.correction.at for p in outlet.pieces if p.correction and p.correction.at <= now]
    return max(moments, default=None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    desk: _Desk

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news for the demo's terminal."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as the base class gives it


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "pretend", ""
    timeout = 60
    server: _Server

    def do_GET(self) -> None:
        """Answer with the body, or 304 when the asker has it."""
        try:
            answer = self.server.desk.answer(self.path)
        except DroppedConnection:
            self.close_connection = True
            return
        self._send(answer)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo's own progress is what one watches."""

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode("utf-8")
        etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        known = answer.status is HTTPStatus.OK and self._knows(etag, answer.changed)
        self.send_response(HTTPStatus.NOT_MODIFIED if known else answer.status)
        self.send_header("ETag", etag)
        if answer.changed is not None:
            self.send_header("Last-Modified", format_datetime(answer.changed.astimezone(UTC), usegmt=True))
        self.send_header("Cache-Control", "max-age=60")
        if answer.status is HTTPStatus.SERVICE_UNAVAILABLE:
            self.send_header("Retry-After", "3600")
        if not known:
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not known and self.command != "HEAD":
            self.wfile.write(body)

    def _knows(self, etag: str, changed: datetime | None) -> bool:
        """If-None-Match alone decides where it is given (RFC 9110 §13.2.2)."""
        if match := self.headers.get("If-None-Match"):
            return etag in match
        since = self.headers.get("If-Modified-Since")
        if since is None or changed is None:
            return False
        try:
            return changed.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False
