"""A loopback server of article pages: put pages in, take them out, and see what was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Served:
    """One page: what is answered at its path."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Pages:
    """What stands at each path, and the paths asked for in order with their If-None-Match."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.root = f"http://127.0.0.1:{server.server_address[1]}"
        self.at: dict[str, Served] = {}
        self.asked: list[tuple[str, str]] = []

    def put(self, path: str, html: str | bytes, status: int = 200, **headers: str) -> str:
        """Serve this page at this path; returns its address."""
        body = html.encode() if isinstance(html, str) else html
        self.at[path] = Served(body, status, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.root + path


@contextmanager
def pages() -> Iterator[Pages]:
    """A server on a free loopback port for as long as the block runs."""
    served: Pages

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append((self.path, self.headers.get("If-None-Match", "")))
            page = served.at.get(self.path, Served(b"not here", 404))
            unchanged = page.headers.get("ETag") and page.headers["ETag"] == self.headers.get("If-None-Match")
            self.send_response(304 if unchanged else page.status)
            for name, value in ({"Content-Type": "text/html; charset=utf-8"} | page.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0" if unchanged else str(len(page.body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(page.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Pages(server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()


def story_page(title: str, paragraphs: list[str], head: str = "", front: str = "", back: str = "") -> str:
    """An article page as outlets make them: navigation, headline, `front`, text, `back`, footer."""
    text = "\n".join(f"<p>{p}</p>" for p in paragraphs)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | Harbour Post</title>
<meta property="og:site_name" content="Harbour Post"><meta property="og:title" content="{title}">{head}</head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li><li><a href="/shop">Shop</a></li></ul></nav></header>
<main><article><h1>{title}</h1>{front}{text}{back}</article></main>
<footer><p>Harbour Post, all rights reserved.</p><p><a href="/imprint">Imprint</a></p></footer></body></html>"""
