"""A WebSub hub on loopback: takes subscriptions, asks back, and pushes with the secret it was given."""

from __future__ import annotations

import hashlib
import hmac
import threading
import urllib.request
from urllib.parse import parse_qsl, urlencode

from .outlets import Asked, Outlets, Reply


class Hub:
    """Lives at `path` of an outlet server; use `verified.wait()` and then `push`."""

    def __init__(self, server: Outlets, path: str = "/hub", lease_s: int = 86_400) -> None:
        self.url, self.lease_s = server.url(path), lease_s
        self.verified = threading.Event()
        self.asked: dict[str, str] = {}
        server[path] = self._answer

    def push(self, body: bytes, content_type: str = "application/rss+xml") -> int:
        """Send a document to whoever asked for it; returns the HTTP status it was answered with."""
        signature = hmac.new(self.asked["hub.secret"].encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": content_type, "X-Hub-Signature": f"sha256={signature}"}
        request = urllib.request.Request(self.asked["hub.callback"], body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)

    def _answer(self, asked: Asked) -> Reply:
        form = dict(parse_qsl(asked.body.decode()))
        threading.Thread(target=self._verify, args=(form,), daemon=True).start()
        return Reply(status=202)

    def _verify(self, form: dict[str, str]) -> None:
        """Ask back, as §5.3 has it: whoever answers with our challenge meant it."""
        said = {key: form[key] for key in ("hub.mode", "hub.topic")}
        said |= {"hub.challenge": "tides come and go", "hub.lease_seconds": str(self.lease_s)}
        with urllib.request.urlopen(f"{form['hub.callback']}?{urlencode(said)}", timeout=60) as answer:
            if answer.read() == b"tides come and go":
                self.asked = form
                self.verified.set()
