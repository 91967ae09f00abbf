"""What a round has heard and not written yet, and the one place where it is written.

Rule: nothing heard is forgotten before a commit that succeeded. A database that goes away in between is waited for,
since only we know which letters were answered for, and which never got their dot.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection

from corante.core.delivering import judge, retry_at
from corante.core.work import Clock

from .ledger import Claim, Settlement, settle_and_arm
from .lines import Draft, Heard

AWAY = (OperationalError, InterfaceError)
_PATIENCE = (0.2, 0.5, 1, 2, 4, 8, 15, 30)
"""Seconds between tries to write what was heard, while the database is away: a restart takes less."""


@dataclass
class Course:
    """How a round goes: what became of its letters, and why it stopped."""

    accepted: int = 0
    refused: int = 0
    pause: str = ""
    down: str = ""
    away: str = ""  # the database, not the mail server

    @property
    def over(self) -> bool:
        """No more letters are begun."""
        return bool(self.pause or self.down or self.away)


class Books:
    """Keeps what was heard until it is written."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.course = clock, Course()
        self._settled: list[Settlement] = []
        self._back: list[tuple[Claim, datetime]] = []

    @property
    def open(self) -> bool:
        """Something is to be written."""
        return bool(self._settled or self._back)

    def settle(self, heard: Heard) -> None:
        """Judge an answer and keep what follows."""
        verdict = judge(heard.answer, heard.fresh)
        again = self._again(heard.draft.claim) if verdict.event == "defer" else None
        code, status, text = heard.answer.code or None, heard.answer.status, heard.answer.text
        self._settled.append(Settlement(heard.draft.claim, verdict.event, again, code, status, text))
        self.course.accepted += verdict.event == "accept"
        self.course.refused += verdict.event == "reject"
        self.course.pause = self.course.pause or verdict.pause

    def _again(self, claim: Claim) -> datetime:
        return retry_at(claim.tries, self.clock(), claim.due_at, claim.id)

    def reject(self, claim: Claim, why: str) -> None:
        """A letter that can't be written or carried."""
        self._settled.append(Settlement(claim, "reject", reply=why))
        self.course.refused += 1

    def give_back(self, claims: Sequence[Claim], wait: float = 0.0) -> None:
        """Claims whose letter got no dot, due again after so many seconds."""
        at = self.clock() + timedelta(seconds=wait)
        self._back.extend((claim, at) for claim in claims)

    def commit(self, ready: Sequence[Draft] = ()) -> set[int]:
        """Write all that was heard, and arm these letters, at once; the deliveries that are armed."""
        if not ready and not self.open:
            return set()
        arming = [(draft.claim, draft.message_id) for draft in ready]
        armed = settle_and_arm(self._settled, self._back, arming, self.clock())
        self._settled.clear()
        self._back.clear()
        return armed

    def away(self, error: Exception) -> None:
        """The database can't be written: nothing more is begun."""
        self.course.away = f"the database went away: {' '.join(str(error).split())[:200]}"

    def close(self) -> None:
        """Write what is left, however long the database takes to come back (about a minute at most)."""
        for pause in _PATIENCE:
            try:
                self.commit()
                return
            except AWAY:
                connection.close_if_unusable_or_obsolete()
                time.sleep(pause)
        self.commit()
