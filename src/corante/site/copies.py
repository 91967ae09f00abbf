"""One representation of a public file as it is sent, with its validators.

Rule: read whole and once, never through a symbolic link; a client that has it already is told so (RFC 9110 §13.1).
"""

from __future__ import annotations

import os
import stat
from base64 import b32encode
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from hashlib import blake2b
from typing import Final

from .policy import public_headers

Headers = list[tuple[bytes, bytes]]
Mark = tuple[int, int, int]
"""Inode, size and mtime: what tells that the file on disk is another one."""

BIGGEST: Final = 32 * 2**20
KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}
FEEDS: Final = {"atom.xml": "application/atom+xml; charset=utf-8", "rss.xml": "application/rss+xml; charset=utf-8"}
_HASTE: Final = [(b"vary", b"accept-encoding"), (b"cache-control", b"public, max-age=60")]


@dataclass(frozen=True)
class Copy:
    """One representation of a file, as it is sent."""

    mark: Mark
    body: bytes
    etag: str
    changed: float
    headers: Headers


def mark_of(name: str) -> Mark | None:
    """Which file this is; None unless it is a regular one, and not too big."""
    try:
        found = os.lstat(name)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode) or found.st_size > BIGGEST:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def read(name: str, file: str, encoding: str) -> Copy | None:
    """The file `name`, which holds `file` in this encoding."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            found = os.fstat(descriptor)
            body = opened.read()
    except OSError:
        return None
    etag = f'"{b32encode(blake2b(body, digest_size=10).digest()).decode().lower()}-{encoding[0]}"'
    headers: Headers = [
        (b"content-type", _kind(file).encode()),
        (b"content-length", b"%d" % len(body)),
        (b"etag", etag.encode()),
        (b"last-modified", formatdate(found.st_mtime, usegmt=True).encode()),
        *_HASTE,
        *public_headers(),
    ]
    if encoding != "identity":
        headers.append((b"content-encoding", encoding.encode()))
    return Copy((found.st_ino, found.st_size, found.st_mtime_ns), body, etag, found.st_mtime, headers)


def _kind(file: str) -> str:
    base = os.path.basename(file)
    return FEEDS.get(base) or KINDS.get(os.path.splitext(base)[1], "application/octet-stream")


def answer_of(copy: Copy, asked: dict[bytes, bytes]) -> tuple[int, Headers, bytes]:
    """Status, headers and body for a request with these headers."""
    if _fresh(copy, asked):
        return 304, [pair for pair in copy.headers if pair[0] not in (b"content-length", b"content-encoding")], b""
    return 200, copy.headers, copy.body


def _fresh(copy: Copy, asked: dict[bytes, bytes]) -> bool:
    """The client has it already: by ETag if it sent one (weak comparison, RFC 9110 §13.1.2), else by date."""
    if (tags := asked.get(b"if-none-match")) is not None:
        sent = {tag.strip().removeprefix("W/") for tag in tags.decode("latin-1").split(",")}
        return copy.etag in sent or "*" in sent
    if (since := asked.get(b"if-modified-since")) is not None:
        try:
            return int(copy.changed) <= parsedate_to_datetime(since.decode("latin-1")).timestamp()
        except (ValueError, TypeError, OverflowError):
            return False
    return False
