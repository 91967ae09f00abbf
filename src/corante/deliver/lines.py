"""One connection to the mail server, the letter it carries, and the one whose envelope it has named behind it.

    offered   the envelope is named            what is refused now settles the letter, the connection stays
    poured    the letter is written, no dot    the server has nothing: dropping the connection takes it back
    armed     the dot is written               only an answer settles it; silence is doubt

Rule: a line knows its own conversation and nothing of ledger, clock or other lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread

from corante.core.delivering import Answer
from corante.mail.routes import Route
from corante.mail.smtp import Connection
from corante.mail.wire import Wire

from .ledger import Claim


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim's letter, ready to be sent."""

    claim: Claim
    sender: str
    message_id: str
    pieces: Sequence[bytes]
    domain: str  # the reader's, for the limits

    @property
    def letter(self) -> bytes:
        """As it arrives."""
        return b"".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer that settles a letter; `fresh`: the connection had carried none when it came."""

    draft: Draft
    answer: Answer
    fresh: bool


class Line:
    """One connection and its letters."""

    def __init__(self) -> None:
        self.wire: Wire | None = None
        self.making: Future[Connection] | None = None
        self.draft: Draft | None = None  # offered, poured or armed
        self.next: Draft | None = None  # offered behind the dot
        self.refused: Answer | None = None  # the first refusal in the envelope being answered
        self.poured = self.armed = False
        self.watched = False  # for room to write

    @property
    def busy(self) -> bool:
        """It carries a letter, or is being made."""
        return self.draft is not None or self.next is not None or self.making is not None

    @property
    def ready(self) -> bool:
        """Poured to the last byte, and without its dot."""
        return self.poured and not self.armed and self.wire is not None and not self.wire.wants_write

    def make(self, route: Route) -> None:
        """Connect, in a thread of its own that nobody has to wait for when the process ends."""
        made: Future[Connection] = Future()
        self.making = made

        def work() -> None:
            try:
                made.set_result(Connection(route))
            except BaseException as error:
                made.set_exception(error)

        Thread(target=work, name="mail", daemon=True).start()

    def give_up_making(self) -> None:
        """Whatever comes of connecting is closed."""
        if self.making:
            self.making.add_done_callback(_close_made)
            self.making = None

    def offer(self, draft: Draft) -> None:
        """Name the letter's reader, behind the dot of another if there is one."""
        assert self.wire
        if self.draft is None:
            self.draft = draft
        else:
            self.next = draft
        self.wire.offer(draft.sender, draft.claim.address)

    def dot(self) -> None:
        """Write the final dot."""
        assert self.wire
        self.armed = True
        self.wire.dot()

    def hear(self, answer: Answer) -> Heard | None:
        """Go on with the conversation; what the answer settles, if it does."""
        if answer.stage == "dot":
            return self._settled(answer)
        if answer.stage in ("mail", "rcpt", "data"):
            return self._envelope(answer)
        if self.draft and self.poured and not self.armed and answer.code >= 400:  # in the middle of the letter
            heard = Heard(self.draft, Answer("data", answer.code, answer.text), self.wire is None or self.wire.fresh)
            self.draft = None
            return heard
        return None

    def _settled(self, answer: Answer) -> Heard:
        assert self.draft
        assert self.wire
        heard = Heard(self.draft, answer, self.wire.fresh)
        self.wire.carried += answer.code // 100 == 2
        self.draft, self.next = self.next, None
        self.poured = self.armed = False
        return heard

    def _envelope(self, answer: Answer) -> Heard | None:
        """Answers to an envelope: pour when all agree, else take it back and keep the connection."""
        assert self.wire
        assert self.draft
        if answer.code // 100 not in (2, 3) and self.refused is None:
            self.refused = answer
        last = answer.stage == "data" or (self.refused is not None and not self.wire.pipelined)
        if self.refused is None:
            if last:
                self.wire.pour(self.draft.pieces)
                self.poured = True
            return None
        if not last and self.refused.code != 421:
            return None
        heard = Heard(self.draft, self.refused, self.wire.fresh)
        self.draft = self.refused = None
        if heard.answer.code != 421:
            self.wire.take_back(body_awaited=answer.code == 354)
        return heard

    def lost(self, why: str) -> Heard | None:
        """The connection is gone: what that means for the letter it carried."""
        if self.draft is None:
            return None
        answer = self.refused or Answer("dot" if self.armed else "mail", 0, why)
        heard = Heard(self.draft, answer, self.wire is None or self.wire.fresh)
        self.draft = None
        return heard

    def close(self) -> list[Claim]:
        """At once, without a word; the claims that were named and go back. The line can be made anew."""
        if self.wire:
            self.wire.close()
        claims = [draft.claim for draft in (self.draft, self.next) if draft]
        self.wire = self.draft = self.next = self.refused = None
        self.poured = self.armed = self.watched = False
        return claims

    def part(self) -> None:
        """Say goodbye."""
        self.give_up_making()
        if self.wire:
            self.wire.part()


def _close_made(made: Future[Connection]) -> None:
    if made.exception() is None:
        made.result().close()


def carried(lines: Iterable[Line]) -> Counter[str]:
    """Connections that write to each domain's readers now."""
    return Counter(draft.domain for line in lines for draft in (line.draft, line.next) if draft)
