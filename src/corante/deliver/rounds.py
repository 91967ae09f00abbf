"""One batch over several connections, in rounds.

    offer     each connection names its reader           (MAIL RCPT DATA in one write)
    pour      each writes its letter, but not the dot    the server has nothing yet: stopping here is free
    commit    what became of the last round, and `armed` for this one: one transaction, one fsync
    dot       each writes the final dot                  from here on, silence is doubt
    answer    each reads the server's word

Rule: whatever fails before the dot goes back; what fails after it without a word is in doubt, at most one letter
per connection. A kill at any point leaves at most this round armed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from corante.core.delivering import Answer, Verdict, judge, retry_at
from corante.core.work import Clock
from corante.mail.smtp import Connection, Route, RouteError

from .ledger import Claim, Settlement, let_go, settle_and_arm

Write = Callable[[Claim, bool], "Draft | str"]
"""Makes the letter of a claim (told whether the server takes SMTPUTF8), or says why it can't be written."""


@dataclass(frozen=True)
class Draft:
    """A claim's letter, ready to be sent."""

    claim: Claim
    sender: str
    message_id: str
    letter: bytes


@dataclass
class Course:
    """How a batch goes: what is still to send, what became of the rest, and why it stopped."""

    todo: list[Claim]
    settled: list[Settlement] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    pause: str = ""
    down: str = ""


class Line:
    """One connection with the letter it is carrying."""

    def __init__(self, wire: Connection) -> None:
        self.wire = wire
        self.draft: Draft | None = None


def run(
    claims: list[Claim],
    lines: list[Line],
    route: Route,
    write: Write,
    clock: Clock,
    stop: Callable[[], bool],
) -> Course:
    """Send a batch; every claim is settled or given back when this returns."""
    course = Course(todo=list(reversed(claims)))
    while course.todo and not (stop() or course.pause or course.down):
        _reconnect(lines, route, course)
        if course.pause or course.down:
            break
        _offer(lines, course, write, clock)
        _pour(lines, course, clock)
        _commit(lines, course, clock)
        _dots(lines, course, clock)
    settle_and_arm(course.settled, [], clock())
    let_go(course.todo, clock())
    return course


def open_lines(route: Route, count: int) -> list[Line]:
    """Up to `count` connections; a server that grants fewer gets fewer. Raises RouteError when it grants none."""
    lines = [Line(Connection(route))]
    for _ in range(count - 1):
        try:
            lines.append(Line(Connection(route)))
        except RouteError:
            break
    return lines


def _reconnect(lines: list[Line], route: Route, course: Course) -> None:
    """Replace lost connections; one that can't be had is dropped, unless it was the last."""
    for line in [each for each in lines if not each.wire.alive]:
        try:
            line.wire = Connection(route)
        except RouteError as error:
            course.pause = str(error) if error.ours else course.pause
            lines.remove(line)
            if not lines:
                course.down = str(error)


def _offer(lines: list[Line], course: Course, write: Write, clock: Clock) -> None:
    for line in lines:
        line.draft = _next_draft(line, course, write, clock)
        if line.draft and (failed := line.wire.offer(line.draft.sender, line.draft.claim.address)):
            _settle(line, failed, course, clock)


def _next_draft(line: Line, course: Course, write: Write, clock: Clock) -> Draft | None:
    while course.todo:
        claim = course.todo.pop()
        written = write(claim, line.wire.takes_utf8)
        if isinstance(written, Draft):
            return written
        now = clock()
        course.settled.append(Settlement(claim, "reject", now, now, reply=written))
        course.refused += 1
    return None


def _pour(lines: list[Line], course: Course, clock: Clock) -> None:
    for line in lines:
        if line.draft and (failed := line.wire.taken() or line.wire.pour(line.draft.letter)):
            _settle(line, failed, course, clock)


def _commit(lines: list[Line], course: Course, clock: Clock) -> None:
    arming = [(line.draft.claim, line.draft.message_id) for line in lines if line.draft]
    armed = settle_and_arm(course.settled, arming, clock())
    course.settled.clear()
    for line in lines:
        if line.draft and line.draft.claim.id not in armed:
            line.wire.close()  # the only way to take a letter back before its dot
            let_go([line.draft.claim], clock())
            line.draft = None


def _dots(lines: list[Line], course: Course, clock: Clock) -> None:
    for line in lines:
        if line.draft and (failed := line.wire.dot()):
            _settle(line, failed, course, clock)
    for line in lines:
        if line.draft:
            _settle(line, line.wire.answer(), course, clock)


def _settle(line: Line, answer: Answer, course: Course, clock: Clock) -> None:
    """Judge the answer, keep what follows for the next commit, and free the line."""
    assert line.draft
    claim, now = line.draft.claim, clock()
    verdict = judge(answer, line.wire.fresh)
    course.settled.append(_settlement(claim, answer, verdict, now))
    course.accepted += verdict.event == "accept"
    course.refused += verdict.event == "reject"
    course.pause = course.pause or verdict.pause
    line.draft = None


def _settlement(claim: Claim, answer: Answer, verdict: Verdict, now: datetime) -> Settlement:
    again = retry_at(claim.tries, now, claim.due_at, claim.id) if verdict.event == "defer" else now
    return Settlement(claim, verdict.event, now, again, answer.code or None, answer.status, answer.text)
