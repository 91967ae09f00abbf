"""What a return means: a mail server's words and codes in, one of six kinds out, with the reason.

    hard       the address does not exist: never again
    soft       it may work another time: counted over editions
    policy     they refuse *us* (our server, our signature, our text): our fault, nobody is suppressed
    complaint  a reader pressed "this is spam": never again
    vacation   a person is away: says nothing about the address
    delivered  it arrived after all

Rule: words come before codes, since servers give the same code for everything; of several things said, the one that
blames us comes first, since taking our fault for the reader's would lose a reader. Pure; sources are RFC 3463, RFC 5248
(status codes), RFC 7293, 7372 and 7505. The phrases are ours, written from what SMTP servers mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from .phrases import CERTAIN, HEARSAY, LAST, PHRASES, SENDER_STAGES, UNKNOWN, Phrases

KINDS: Final = ("hard", "soft", "policy", "complaint", "vacation", "delivered")
STATUS: Final = re.compile(r"(?<![\d.])([245])[.](\d{1,3})[.](\d{1,3})(?![\d.]*\d)")
_REPLY: Final = re.compile(r"(?:^|[\s:;(#])([245]\d\d)(?=[\s:;,-]|$)")
_HARD: Final = {"1.1", "1.2", "1.3", "1.6", "1.10", "4.4", "7.17", "7.18"}  # RFC 7293: it has another owner now
_SENDERS_FAULT: Final = {"1.7", "1.8", "1.9"}


@dataclass(frozen=True)
class Said:
    """What came back: the remote server's words, the human explanation around them, codes and stage, where known."""

    words: str = ""
    around: str = ""
    status: str = ""  # RFC 3463, as the report's Status field has it
    action: str = ""  # RFC 3464: failed, delayed, delivered, relayed, expanded
    stage: str = ""  # connect, mail, rcpt, data: which command was answered


@dataclass(frozen=True)
class Meaning:
    """One of KINDS, the status it rests on, and the reason in our words."""

    kind: str
    status: str = ""
    reason: str = ""


def read(said: Said) -> Meaning:
    """What a failed delivery means."""
    status = best_status(said)
    if said.action in ("delivered", "relayed", "expanded"):
        return Meaning("delivered", status, "it arrived")
    return (
        _by_words(said.words, status, said)
        or _by_sender(status, said)
        or (_by_status(status, said) if _decisive(status) else None)
        or _by_words(said.around, status, said)
        or (_by_words(said.words, status, said, LAST) if _may_blame_us(status, said) else None)
        or _by_status(status, said)
        or _by_stage(status, said)
    )


def best_status(said: Said) -> str:
    """The most telling status: the server's own before the reporter's, a precise one before x.0.0."""
    said_codes = [".".join(found) for found in STATUS.findall(said.words)]
    codes = [*reversed(said_codes), said.status]
    if not any(codes):
        codes = [".".join(found) for found in STATUS.findall(said.around)]
    precise = [code for code in codes if code and code[1:] not in (".0.0", "")]
    return next(iter(precise or [code for code in codes if code]), "")


def reply_code(words: str) -> int:
    """The first SMTP reply code in the words; 0 when there is none."""
    found = _REPLY.search(words)
    return int(found[1]) if found else 0


def _by_words(text: str, status: str, said: Said, phrases: Phrases = PHRASES) -> Meaning | None:
    folded = " ".join(text.casefold().split())
    for kind, reason, pattern in phrases:
        if pattern.search(folded):
            meaning = _weighed(kind, status, reason, said, reply_code(text))
            return replace(meaning, reason="no such address") if meaning.reason in UNKNOWN else meaning
    return None


def _weighed(kind: str, status: str, reason: str, said: Said, code: int) -> Meaning:
    """A phrase in the light of its code and stage."""
    for_now = status.startswith("4.") or said.action == "delayed"
    detail = status.partition(".")[2]
    if kind == "hard" and reason in HEARSAY and not (status or code or said.action):
        return Meaning("soft", status, reason)  # nobody's server said it: it is counted, not believed
    if kind == "hard" and reason not in CERTAIN:
        if for_now and (said.action != "failed" or reason == "no such domain"):
            return Meaning("soft", status, reason)  # it may be mended; a name server may be wrong for an hour
        if detail.startswith("7.") and said.stage != "data" and reason != "user unknown":
            return Meaning("policy", status, "they refuse us")
        if reason in UNKNOWN and _filtered(detail, said):
            return Meaning("soft", status, reason)
    if kind == "soft" and reason != "mailbox full" and status.startswith("5.") and detail in _HARD:
        return Meaning("hard", status, "no such address")
    return Meaning(kind, status, reason)


def _filtered(detail: str, said: Said) -> bool:
    """It says "unknown", but RCPT was taken, or the code speaks of a known mailbox: a filter of the reader's answers so."""
    if said.stage == "data":
        return not detail.startswith(("1.", "5."))
    return detail.startswith(("2.0", "3.")) and said.stage != "rcpt"


def _may_blame_us(status: str, said: Said) -> bool:
    """A bare "rejected" blames us where neither the code nor the command speaks of the reader's mailbox."""
    return said.stage != "rcpt" and not status.startswith("4.") and not status[1:].startswith(".2.")


def _decisive(status: str) -> bool:
    """The address, the mailbox or their rules: classes of status that hardly any server uses for something else."""
    return _precise(status) and status[2:4] in ("1.", "2.", "7.")


def _precise(status: str) -> bool:
    return bool(status) and not status.endswith(".0.0")


def _by_status(status: str, said: Said) -> Meaning | None:
    """What a status says by itself."""
    detail = status.partition(".")[2]
    if said.action == "delayed" or status.startswith("4."):
        return Meaning("soft", status, "not yet")
    if detail in _HARD:
        return Meaning("hard", status, "no such address")
    if detail == "7.13":
        return Meaning("soft", status, "suspended")
    if detail.startswith("7.") or detail in _SENDERS_FAULT:
        return Meaning("policy", status, "they refuse us")
    if detail.startswith("6.") or (detail.startswith(("2.", "3.", "4.")) and not detail.endswith(".0")):
        return Meaning("soft", status, "refused")
    return None


def _by_sender(status: str, said: Said) -> Meaning | None:
    """Refused for good before any reader was named: it can't be about the reader."""
    if said.stage in SENDER_STAGES and reply_code(said.words) >= 500:
        return Meaning("policy", status, "they refuse us")
    return None


def _by_stage(status: str, said: Said) -> Meaning:
    """No word and no code we know: which command was refused says whom it was about."""
    if blamed := _by_sender(status, Said(words=said.words or said.around, stage=said.stage)):
        return blamed
    code = reply_code(said.words) or reply_code(said.around)
    if 400 <= code < 500:
        return Meaning("soft", status, "not yet")
    if said.stage == "data" and code:
        return Meaning("policy", status, "they refuse the letter")
    if said.stage == "rcpt" and code in (550, 551, 553):
        return Meaning("hard", status, "no such address")
    return Meaning("soft", status, "refused")


def worst(meanings: Iterator[Meaning] | list[Meaning]) -> Meaning | None:
    """Of several recipients of one report (it should be one), what the first that failed says."""
    found = list(meanings)
    return next((each for each in found if each.kind != "delivered"), found[0] if found else None)
