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
from concurrent.futures import Future

from corante.core.delivering import Answer
from corante.core.work import Clock
from corante.mail.routes import Route, RouteError
from corante.mail.smtp import Connection
from corante.mail.wire import Wire

from .books import AWAY, Books, Course
from .ledger import Claim
from .lines import Draft, Line, carried
from .todo import TOO_LONG, Todo
from .turns import Paced

LINGER = 0.01
"""Seconds a poured letter waits for others to share its commit."""
LOOK = 0.05
"""Seconds between looks at what no socket tells: connections being made, servers silent for too long."""
LAST_WORDS = 7.0
"""Seconds the server has to answer for letters on their way once nothing more is begun."""

Write = Callable[[Claim, bool], "Draft | str"]
"""Makes the letter of a claim (told whether the server takes SMTPUTF8), or says why it can't be written."""


class Sending:
    """The loop: hands letters to idle lines, goes on wherever a socket can, commits groups."""

    def __init__(
        self,
        more: Callable[[], list[Claim]],
        route: Route,
        write: Write,
        clock: Clock,
        stop: Callable[[], bool],
        pace: Paced,
    ) -> None:
        self.route, self.write, self.stop = route, write, stop
        self.todo = Todo(more, pace)
        self.books = Books(clock)
        self.lines: list[Line] = []
        self.selector = selectors.DefaultSelector()
        self.ripe_since = self.ending_since = 0.0

    def run(self, count: int) -> Course:
        """Send all that `more` gives, over up to `count` connections; every claim is settled or given back."""
        self.lines = [Line() for _ in range(count)]
        try:
            self._loop()
        except AWAY as error:
            self.books.away(error)
            self._drain()
        finally:
            self._part()
        self.books.give_back(self.todo.claims, self.todo.wait)
        self.books.close()
        return self.books.course

    def _loop(self) -> None:
        while True:
            if self._ending():
                self._call_back()
            else:
                self._hand_out()
            if not any(line.busy for line in self.lines):
                if not self._something_left():
                    return
                if not self.todo.wait:
                    continue
            self._turn()
            self._commit_if_ripe()

    def _ending(self) -> bool:
        if not self.ending_since and (self.books.course.over or self.stop()):
            self.ending_since = time.monotonic()
        return bool(self.ending_since)

    def _something_left(self) -> bool:
        """With nothing in flight: what was given back meanwhile may be due again, if limits let it go soon."""
        self._commit()
        more = not self._ending() and bool(self.lines) and self.todo.refilled(at_once=True)
        return more and self.todo.wait <= TOO_LONG

    def _hand_out(self) -> None:
        for line in self.lines:
            if line.busy:
                continue
            if not self.todo.refilled():
                return
            if line.wire is None:
                line.make(self.route)
            elif not self._offer_next(line):
                return

    def _offer_next(self, line: Line) -> bool:
        """Name the next letter that may leave on this line; False when there is none."""
        assert line.wire
        while claim := self.todo.next(lambda: carried(self.lines)):
            written = self.write(claim, line.wire.takes_utf8)
            if isinstance(written, Draft):
                line.offer(written)
                self._push(line)
                return True
            self.books.reject(claim, written)
            self.ripe_since = self.ripe_since or time.monotonic()
        return False

    def _turn(self) -> None:
        """Wait a moment for sockets, then look at everything else."""
        for key, _ in self.selector.select(self._patience()):
            line: Line = key.data
            if line.wire:
                self._go_on(line)
        now = time.monotonic()
        late = bool(self.ending_since) and now - self.ending_since > LAST_WORDS
        for line in list(self.lines):
            if line.making and line.making.done():
                self._connected(line, line.making)
            elif line.wire and (line.draft or line.next) and (late or (not line.ready and line.wire.overdue(now))):
                self._lose(line, TimeoutError())

    def _patience(self) -> float:
        if self.ripe_since:
            return max(0.0, self.ripe_since + LINGER - time.monotonic())
        return LOOK if not any(line.making for line in self.lines) else 0.005

    def _connected(self, line: Line, making: Future[Connection]) -> None:
        line.making = None
        course = self.books.course
        try:
            line.wire = Wire(making.result())
        except RouteError as error:
            self.lines.remove(line)
            course.pause = course.pause or (str(error) if error.ours else "")
            course.down = "" if self.lines else str(error)
            return
        self.selector.register(line.wire, selectors.EVENT_READ, line)

    def _go_on(self, line: Line) -> None:
        assert line.wire
        try:
            if line.wire.wants_write:
                line.wire.push()
            for answer in line.wire.pull():
                self._hear(line, answer)
                if line.wire is None:
                    return
        except OSError as error:
            self._lose(line, error)
            return
        self._push(line)

    def _hear(self, line: Line, answer: Answer) -> None:
        heard = line.hear(answer)
        if heard:
            self.books.settle(heard)
            self.ripe_since = self.ripe_since or time.monotonic()
        if heard and (answer.code == 421 or answer.stage == "late"):  # the first closes (RFC 5321, 3.8), as we must
            self._drop(line)
        elif answer.code == 421:
            self._lose(line, ConnectionError(answer.text))

    def _push(self, line: Line) -> None:
        """Write what fits, and have the selector tell when the rest does."""
        assert line.wire
        try:
            line.wire.push()
        except OSError as error:
            self._lose(line, error)
            return
        if line.wire.wants_write != line.watched:
            line.watched = line.wire.wants_write
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.watched else 0)
            self.selector.modify(line.wire, wanted, line)
        if line.ready:
            self.ripe_since = self.ripe_since or time.monotonic()

    def _commit_if_ripe(self) -> None:
        if not self.ripe_since:
            return
        waiting = any(line.draft and not line.ready for line in self.lines)
        if not waiting or time.monotonic() - self.ripe_since >= LINGER:
            self._commit()

    def _commit(self) -> None:
        """One transaction for the group; then its dots, each with the next envelope behind it."""
        self.ripe_since = 0.0
        ready = [(line, line.draft) for line in self.lines if line.draft and line.ready]
        more = bool(ready) and not self._ending() and self.todo.refilled()
        armed = self.books.commit([draft for _, draft in ready])
        for line, draft in ready:
            if draft.claim.id not in armed:  # only closing takes a letter back before its dot
                self._drop(line)
                continue
            line.dot()
            if not (more and line.wire and line.wire.pipelined and self._offer_next(line)):
                self._push(line)

    def _call_back(self) -> None:
        """Begin nothing more: what has no dot yet goes back, what has one waits for its word."""
        for line in self.lines:
            line.give_up_making()
            if line.draft and not line.armed:
                self._drop(line)

    def _drain(self) -> None:
        """The database is away: hear what is said of the letters that have their dot, and write it later."""
        self.ending_since = self.ending_since or time.monotonic()
        self._call_back()
        while any(line.busy for line in self.lines):
            self._turn()
            self._call_back()

    def _lose(self, line: Line, error: Exception) -> None:
        """The connection is gone: doubt for what had its dot, no harm to the rest."""
        words = "it did not answer in time" if isinstance(error, TimeoutError) else f"the connection was lost: {error}"
        if heard := line.lost(words):
            self.books.settle(heard)
            self.ripe_since = self.ripe_since or time.monotonic()
        self._drop(line)

    def _drop(self, line: Line) -> None:
        """Close it; letters without a dot go back."""
        if line.wire:
            self.selector.unregister(line.wire)
        if back := line.close():
            self.books.give_back(back)
            self.ripe_since = self.ripe_since or time.monotonic()

    def _part(self) -> None:
        for line in self.lines:
            line.part()
        self.selector.close()
