"""Posting to the site's own address as a mail program does: no cookie, no redirect followed, certificate verified.

Rule: only `corante doctor` knocks, and only at the operator's own `base_url`; that may be a private address.
"""

from __future__ import annotations

import http.client
import ssl
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_S = 10.0
_READ = 65536


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: nothing, and `words` says why."""

    status: int
    words: str
    location: str = ""


def one_click(url: str) -> Answer:
    """POST what RFC 8058, 3.2 has mail programs post."""
    parts = urlsplit(url)
    try:
        with closing(_line(parts.scheme, parts.hostname or "", parts.port)) as line:
            return _posted(line, parts.path)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(0, str(error) or type(error).__name__)


def _posted(line: http.client.HTTPConnection, path: str) -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Corante-Doctor"}
    line.request("POST", path, "List-Unsubscribe=One-Click", headers)
    answer = line.getresponse()
    words = answer.read(_READ).decode("utf-8", "replace")
    return Answer(answer.status, words, answer.headers.get("Location", ""))


def _line(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
