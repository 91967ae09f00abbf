"""What an answer of a mail server means for one delivery, and when to try again.

Rule: before the final dot the server has nothing, so trying again is free; after it only the server's own words
settle a delivery; silence after the dot is doubt. Pure: stage, code and times in, a verdict in words out.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

RETRY_FOR = timedelta(hours=48)
LEASE = timedelta(minutes=5)
_STEPS = (5, 15, 30, 60, 120, 240)  # minutes
BREAKER_AFTER = 200
BREAKER_SHARE = 0.05
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class Answer:
    """What a mail server said last, and at which stage: connect login mail rcpt data dot. Code 0: it said nothing."""

    stage: str
    code: int
    text: str = ""

    @property
    def status(self) -> str:
        """The enhanced status (RFC 3463) in its words, such as 5.1.1."""
        found = _STATUS.match(self.text)
        return found[1] if found else ""


@dataclass(frozen=True)
class Verdict:
    """What becomes of the delivery (an event of its lifecycle), and of the edition when the fault is ours."""

    event: str  # accept, defer, reject, release, doubt
    pause: str = ""  # why the whole edition should stop


_ACCEPTED = Verdict("accept")


def judge(answer: Answer, fresh: bool = True) -> Verdict:
    """What an answer means. `fresh`: the connection had carried no letter yet when it failed."""
    if answer.stage == "dot":
        return _after_the_dot(answer)
    if answer.code in (0, 421):
        return Verdict("defer" if fresh else "release")
    if 400 <= answer.code < 500:
        return Verdict("defer")
    if answer.stage in ("login", "mail"):
        return Verdict("release", pause=f"The mail server refuses us as sender: {answer.code} {answer.text}")
    return Verdict("reject")


def _after_the_dot(answer: Answer) -> Verdict:
    if 200 <= answer.code < 300:
        return _ACCEPTED
    if answer.code == 0:
        return Verdict("doubt")
    return Verdict("reject" if answer.code >= 500 else "defer")


def retry_at(tries: int, now: datetime, due_at: datetime, spread: int = 0) -> datetime:
    """When to try a deferred delivery again: 5 min growing to 4 h, spread by row, not past the 48 h.

    An edition that started late has its 48 h from then, so a letter due longer ago keeps its pauses.
    """
    wait = timedelta(minutes=_STEPS[min(max(tries, 1), len(_STEPS)) - 1])
    again, last = now + wait + wait * (spread % 16) / 64, due_at + RETRY_FOR
    return min(again, last) if last > now else again


def tried_until(due_at: datetime, started_at: datetime | None, paused_s: int) -> datetime:
    """When a letter is given up: 48 h after it was due or its edition started, pauses (seconds) not counted."""
    return max(due_at, started_at or due_at) + RETRY_FOR + timedelta(seconds=paused_s)


def breaker_trips(before: int, settled: int, rejected: int) -> bool:
    """More than 5 % of the first 200 were refused: judged once, when the 200th settles."""
    return before < BREAKER_AFTER <= settled and rejected > BREAKER_SHARE * settled


def mark(secret: str, *parts: object) -> str:
    """A keyed mark of 32 hex characters over words of our own."""
    keyed = _keyed(secret).copy()
    keyed.update("\x1f".join(map(str, parts)).encode())
    return keyed.hexdigest()[:32]


@lru_cache(maxsize=4)
def _keyed(secret: str) -> hmac.HMAC:
    return hmac.new(secret.encode(), digestmod="sha256")


def message_id(edition: int, subscriber: int, domain: str, secret: str) -> str:
    """The Message-ID of one edition to one subscriber: the same each time it is asked for."""
    return f"<e{edition}.{mark(secret, 'message', edition, subscriber)}@{domain}>"


def return_path(delivery: int, domain: str, secret: str) -> str:
    """The envelope sender of one delivery (VERP): its bounce names it, and can't be forged."""
    return f"returns+{delivery}-{mark(secret, 'return', delivery)[:16]}@{domain}"


def returned(address: str, secret: str) -> int | None:
    """The delivery a bounce was sent to, when the mark is ours."""
    found = re.match(r"returns\+(\d{1,18})-([0-9a-f]{16})@", address.strip().lower())
    if not found:
        return None
    genuine = mark(secret, "return", int(found[1]))[:16]
    return int(found[1]) if hmac.compare_digest(genuine, found[2]) else None
