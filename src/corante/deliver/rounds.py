"""An edition's letters over several connections, each at its own pace.

    offer     a connection names its reader              (MAIL RCPT DATA in one write)
    pour      it writes the letter, but not the dot      the server has nothing yet: stopping here is free
    commit    what became of earlier letters, and `armed` for those poured: one transaction, one fsync for the group
    dot       it writes the final dot, and the next envelope with it       from here on, silence is doubt
    answer    the server's word settles the letter

Rule: whatever fails before the dot goes back; what fails after it without a word is in doubt, at most one letter
per connection. Nobody waits for a connection that hangs: a group is committed once all are poured, or after LINGER.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from corante.core.delivering import Answer, Verdict, judge, retry_at
from corante.core.work import Clock
from corante.mail.smtp import Connection, Route, RouteError
from corante.mail.wire import Wire

from .ledger import Claim, Settlement, let_go, settle_and_arm

LINGER = 0.01
"""Seconds a poured letter waits for others to share its commit."""
LOOK = 0.05
"""Seconds between looks at what no socket tells: connections being made, servers silent for too long."""

ASK_AGAIN = 1.0
"""Seconds before more is asked for again while letters are in flight and there was none."""

Write = Callable[[Claim, bool], "Draft | str"]
"""Makes the letter of a claim (told whether the server takes SMTPUTF8), or says why it can't be written."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim's letter, ready to be sent."""

    claim: Claim
    sender: str
    message_id: str
    letter: bytes


@dataclass
class Course:
    """How it goes: what is still to send, what became of the rest, and why it stopped."""

    todo: list[Claim] = field(default_factory=list)
    settled: list[Settlement] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    pause: str = ""
    down: str = ""

    @property
    def over(self) -> bool:
        """No more letters are begun."""
        return bool(self.pause or self.down)


class Line:
    """One connection, the letter it carries, and the one whose envelope it has named behind it."""

    def __init__(self, wire: Wire | None = None) -> None:
        self.wire = wire
        self.making: Future[Connection] | None = None
        self.draft: Draft | None = None  # offered, poured or armed
        self.next: Draft | None = None  # offered behind the dot
        self.refused: Answer | None = None  # the first refusal in the envelope being answered
        self.poured = self.armed = False

    @property
    def busy(self) -> bool:
        """It carries a letter."""
        return self.draft is not None or self.next is not None


class Sending:
    """The loop: hands letters to idle lines, goes on wherever a socket can, commits groups."""

    def __init__(
        self, more: Callable[[], list[Claim]], route: Route, write: Write, clock: Clock, stop: Callable[[], bool]
    ) -> None:
        self.more, self.route, self.write, self.clock, self.stop = more, route, write, clock, stop
        self.course = Course()
        self.lines: list[Line] = []
        self.selector = selectors.DefaultSelector()
        self.ripe_since = 0.0
        self.ask_after = 0.0
        self._fresh_when_lost = True

    def run(self, count: int) -> Course:
        """Send all that `more` gives, over up to `count` connections; every claim is settled or given back."""
        with ThreadPoolExecutor(count, "mail") as pool:
            self.pool = pool
            self.lines = [Line() for _ in range(count)]
            try:
                self._loop()
            finally:
                self._part()
        settle_and_arm(self.course.settled, [], self.clock())
        let_go(self.course.todo, self.clock())
        return self.course

    def _loop(self) -> None:
        while True:
            ending = self.course.over or self.stop()
            if ending:
                self._call_back()
            else:
                self._hand_out()
            if not any(line.busy or line.making for line in self.lines):
                if ending or not self._more_at_last():
                    return
                continue
            self._turn()
            self._commit_if_ripe()

    def _more_at_last(self) -> bool:
        """With nothing in flight: what was given back meanwhile may be due again."""
        self._commit()
        self.ask_after = 0.0
        return bool(self.lines) and self._refilled()

    def _refilled(self) -> bool:
        if not self.course.todo and time.monotonic() >= self.ask_after and not self.course.over:
            self.course.todo = list(reversed(self.more()))
            self.ask_after = 0.0 if self.course.todo else time.monotonic() + ASK_AGAIN
        return bool(self.course.todo)

    def _hand_out(self) -> None:
        for line in self.lines:
            if line.busy or line.making:
                continue
            if not self._refilled():
                return
            if line.wire is None:
                line.making = self.pool.submit(Connection, self.route)
            elif draft := self._next_draft(line.wire):
                line.draft = draft
                line.wire.offer(draft.sender, draft.claim.address)
                self._push(line)

    def _next_draft(self, wire: Wire) -> Draft | None:
        while self.course.todo:
            claim = self.course.todo.pop()
            written = self.write(claim, wire.takes_utf8)
            if isinstance(written, Draft):
                return written
            now = self.clock()
            self._note(Settlement(claim, "reject", now, now, reply=written))
            self.course.refused += 1
        return None

    def _turn(self) -> None:
        """Wait a moment for sockets, then look at everything else."""
        for key, _ in self.selector.select(self._patience()):
            line: Line = key.data
            if line.wire:
                self._go_on(line)
        for line in list(self.lines):
            if line.making and line.making.done():
                self._connected(line, line.making)
            elif line.wire and line.busy and not _ready(line) and line.wire.overdue:
                self._lose(line, TimeoutError())

    def _patience(self) -> float:
        if self.ripe_since:
            return min(LOOK, max(0.0, self.ripe_since + LINGER - time.monotonic()))
        return LOOK if not any(line.making for line in self.lines) else 0.005

    def _connected(self, line: Line, making: Future[Connection]) -> None:
        line.making = None
        try:
            line.wire = Wire(making.result())
        except RouteError as error:
            self.lines.remove(line)
            self.course.pause = self.course.pause or (str(error) if error.ours else "")
            self.course.down = "" if self.lines else str(error)
            return
        self.selector.register(line.wire, selectors.EVENT_READ, line)

    def _go_on(self, line: Line) -> None:
        assert line.wire
        try:
            line.wire.push()
            for answer in line.wire.pull():
                self._hear(line, answer)
                if line.wire is None:
                    return
        except OSError as error:
            self._lose(line, error)
            return
        self._push(line)

    def _push(self, line: Line) -> None:
        """Write what fits, and have the selector tell when the rest does."""
        assert line.wire
        try:
            line.wire.push()
        except OSError as error:
            self._lose(line, error)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.wire.wants_write else 0)
        if self.selector.get_key(line.wire).events != wanted:
            self.selector.modify(line.wire, wanted, line)
        if line.draft and line.poured and not line.armed and not line.wire.wants_write:
            self._ripen()

    def _hear(self, line: Line, answer: Answer) -> None:
        if answer.stage == "dot":
            assert line.draft
            draft, line.draft, line.next = line.draft, line.next, None
            line.poured = line.armed = False
            self._settle(line, draft, answer)
        elif answer.stage in ("mail", "rcpt", "data"):
            self._envelope(line, answer)
        elif answer.stage == "late" and answer.code == 421:
            self._drop(line)

    def _envelope(self, line: Line, answer: Answer) -> None:
        """Answers to an envelope: pour when all agree, else take it back and keep the connection."""
        assert line.wire
        if answer.code // 100 not in (2, 3) and line.refused is None:
            line.refused = answer
        last = answer.stage == "data" or (line.refused is not None and not line.wire.pipelined)
        if line.refused is not None and line.refused.code == 421:
            refused, draft = line.refused, line.draft
            self._drop(line)
            self._settle_if(line, draft, refused)
        elif last and line.refused is not None:
            refused, draft, line.draft, line.refused = line.refused, line.draft, None, None
            line.wire.take_back(body_awaited=answer.code == 354)
            self._settle_if(line, draft, refused)
        elif last and line.draft:
            line.wire.pour(line.draft.letter)
            line.poured = True

    def _ripen(self) -> None:
        self.ripe_since = self.ripe_since or time.monotonic()

    def _commit_if_ripe(self) -> None:
        if not self.ripe_since:
            return
        waiting = any(line.busy and not _ready(line) for line in self.lines)
        if not waiting or time.monotonic() - self.ripe_since >= LINGER:
            self._commit()

    def _commit(self) -> None:
        """One transaction for the group; then its dots, each with the next envelope behind it."""
        self.ripe_since = 0.0
        ready = [(line, line.draft) for line in self.lines if line.draft and _ready(line)]
        armed = settle_and_arm(self.course.settled, [(d.claim, d.message_id) for _, d in ready], self.clock())
        self.course.settled.clear()
        ending = self.course.over or self.stop()
        for line, draft in ready:
            if draft.claim.id in armed:
                self._dot(line, ending)
            else:
                self._drop(line)  # the only way to take a letter back before its dot
                let_go([draft.claim], self.clock())

    def _dot(self, line: Line, ending: bool) -> None:
        assert line.wire
        line.armed = True
        line.wire.dot()
        if line.wire.pipelined and not ending and self._refilled() and (behind := self._next_draft(line.wire)):
            line.next = behind
            line.wire.offer(behind.sender, behind.claim.address)
        self._push(line)

    def _call_back(self) -> None:
        """Begin nothing more: what has no dot yet goes back, what has one waits for its word."""
        for line in self.lines:
            if line.draft and not line.armed:
                claim = line.draft.claim
                self._drop(line)
                let_go([claim], self.clock())

    def _lose(self, line: Line, error: Exception) -> None:
        """The connection is gone: doubt for what had its dot, no harm to the rest."""
        words = "it did not answer in time" if isinstance(error, TimeoutError) else f"the connection was lost: {error}"
        draft, behind, armed = line.draft, line.next, line.armed
        refused = line.refused
        self._drop(line)
        self._settle_if(line, draft, refused or Answer("dot" if armed else "mail", 0, words))
        if behind:
            let_go([behind.claim], self.clock())

    def _drop(self, line: Line) -> None:
        if line.wire:
            self.selector.unregister(line.wire)
            self._fresh_when_lost = line.wire.fresh
            line.wire.close()
        line.wire = line.draft = line.next = line.refused = None
        line.poured = line.armed = False

    def _settle_if(self, line: Line, draft: Draft | None, answer: Answer) -> None:
        if draft:
            self._settle(line, draft, answer)

    def _settle(self, line: Line, draft: Draft, answer: Answer) -> None:
        """Judge the answer and keep what follows for the next commit."""
        claim, now = draft.claim, self.clock()
        verdict = judge(answer, line.wire.fresh if line.wire else self._fresh_when_lost)
        if line.wire and verdict.event == "accept":
            line.wire.carried += 1
        self._note(_settlement(claim, answer, verdict, now))
        self.course.accepted += verdict.event == "accept"
        self.course.refused += verdict.event == "reject"
        self.course.pause = self.course.pause or verdict.pause
        if answer.stage == "dot" and answer.code == 421 and line.wire:
            behind = line.draft
            self._drop(line)
            if behind:
                let_go([behind.claim], self.clock())

    def _note(self, settlement: Settlement) -> None:
        self.course.settled.append(settlement)
        self._ripen()

    def _part(self) -> None:
        for line in self.lines:
            if line.making and not line.making.cancel():
                line.making.add_done_callback(_close_made)
            if line.wire:
                line.wire.part()
        self.selector.close()


def _ready(line: Line) -> bool:
    """Poured to the last byte, and without its dot."""
    return line.poured and not line.armed and line.wire is not None and not line.wire.wants_write


def _close_made(made: Future[Connection]) -> None:
    if made.exception() is None:
        made.result().close()


def _settlement(claim: Claim, answer: Answer, verdict: Verdict, now: datetime) -> Settlement:
    again = retry_at(claim.tries, now, claim.due_at, claim.id) if verdict.event == "defer" else now
    return Settlement(claim, verdict.event, now, again, answer.code or None, answer.status, answer.text)
