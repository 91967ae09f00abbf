"""What a Postfix on this machine says it took: its queue and its log, asked by envelope sender.

Rule: the queue is asked before the log, since a letter that leaves the queue meanwhile stands in the log by then. A
sender in either was taken. One in neither was not, but only if the log reaches from before the letter to after it:
a log that was rotated away, or that nobody writes any more, is no evidence.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import subprocess
import zlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

_TAKEN = re.compile(rb"/qmgr\[\d+\]: [0-9A-Za-z]+: from=<([^>]*)>")
_ISO = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:[+-]\d\d:?\d\d|Z)")
_BSD = re.compile(rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d")
_BLOCK = 1 << 20
_PATIENCE_S = 20


@dataclass(frozen=True)
class Testimony:
    """Senders whose letters it took, and the stretch of time its log tells of (None: nothing can be told)."""

    took: frozenset[str]
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether a letter of that moment would be known."""
        second = at.replace(microsecond=0)  # the older form of log has no fractions
        return self.since is not None and self.until is not None and self.since <= second <= self.until


def testify(queue: str, log: Path, senders: Collection[str], since: datetime, now: datetime) -> Testimony:
    """Ask queue (a command that prints JSON lines) and log for these senders, back to `since`."""
    queued = _queued(queue)
    logged, begins, ends = _logged(log, since.replace(microsecond=0), now)
    took = frozenset(sender for sender in senders if sender.encode() in logged or sender in (queued or ()))
    return Testimony(took, begins, ends) if queued is not None else Testimony(took)


def _queued(command: str) -> set[str] | None:
    """Senders of all letters in the queue; None when it can't be read."""
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, timeout=_PATIENCE_S, check=True)
        return {str(json.loads(line).get("sender", "")) for line in done.stdout.splitlines() if line.strip()}
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _logged(log: Path, since: datetime, now: datetime) -> tuple[set[bytes], datetime | None, datetime | None]:
    """Senders in the log and, as far back as needed, in what was rotated away; the first and last time read."""
    found: set[bytes] = set()
    begins = ends = None
    for file in _newest_first(log):
        told = _tail(file, since, now)
        if not told:
            continue
        found.update(_TAKEN.findall(told))
        begins = _time(told, now)
        ends = ends or _time(told[told.rfind(b"\n", 0, -1) + 1 :], now)
        if begins is None or begins <= since:
            break
    return found, begins, ends


def _newest_first(log: Path) -> list[Path]:
    """The log and what was rotated away: mail.log, mail.log.1, mail.log.2.gz, or with dates for numbers."""
    with suppress(OSError):
        older = [file for file in log.parent.glob(f"{log.name}[.-]*") if file.is_file()]
        return [log, *sorted(older, key=lambda file: file.stat().st_mtime, reverse=True)]
    return [log]


def _tail(file: Path, since: datetime, now: datetime) -> bytes:
    """Its whole lines from before `since` to the end; empty when it can't be read."""
    try:
        if file.suffix == ".gz":
            return gzip.decompress(file.read_bytes())
        with open(file, "rb") as log:
            at = log.seek(0, os.SEEK_END)
            while at > 0:
                at = max(0, at - _BLOCK)
                log.seek(at)
                _ = log.readline() if at else b""
                begins = _time(log.readline(), now)
                if begins is not None and begins < since:
                    break
            log.seek(at)
            _ = log.readline() if at else b""
            return log.read()
    except (OSError, EOFError, zlib.error):
        return b""


def _time(line: bytes, now: datetime) -> datetime | None:
    """When a line was written, to the second; the older form has neither zone nor year."""
    if iso := _ISO.match(line):
        with suppress(ValueError):
            at = datetime.fromisoformat(iso[0].decode())
            return at.replace(microsecond=0) if at.tzinfo else None
    if bsd := _BSD.match(line):
        with suppress(ValueError):
            at = datetime.strptime(f"{now.year} {bsd[0].decode()}", "%Y %b %d %H:%M:%S").replace(tzinfo=_zone())
            return at if at <= now + timedelta(days=1) else at.replace(year=at.year - 1)
    return None


@lru_cache(maxsize=1)
def _zone() -> tzinfo:
    """The machine's zone: the process's own is UTC, whatever the machine's is."""
    try:
        with open("/etc/localtime", "rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return UTC
