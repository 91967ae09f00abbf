"""Returned mail read: a report of a mail server (RFC 3464), a complaint (RFC 5965), an old server's letter, an absence.

Rule: who it is about is told by the address it came back to (VERP), never by its text; the standard library reads
reports, our own phrases read words, and flufl.bounce finds what neither does. A return is a stranger's text: at most
SIZE bytes of it are looked at, nothing of it is run, followed or shown as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Final

from flufl.bounce import all_failures

from corante.core.bounces import Meaning, Said, read, worst

from .forms import groups, rebuilt, told_as_json
from .prose import about_this, field, prose, reason, replies, stage_of, text_of

SIZE: Final = 256 * 1024
_TRACE: Final = re.compile(
    rb"returns\+c?\d{1,18}-[0-9a-f]{16}@[\w.-]{1,200}|<[ec]\d{1,18}\.[0-9a-f]{32}@[\w.-]{1,200}>"
)
_AWAY: Final = re.compile(
    r"out of (?:the )?office|auto(?:matic|mated)?[- ]?(?:reply|response|respond)|vacation|on holiday|on leave|abwesen|absence|absent|fuera de la oficina|автоответ|自動(?:返信|応答)",
    re.I,
)
_DAEMON: Final = re.compile(
    r"mailer-daemon|post.?master|mail delivery|mail ?system|mdaemon|bounce|daemon|no-?reply|mailer", re.I
)
_FAILED: Final = re.compile(
    r"undeliver|deliver\w* (?:\w+ )?(?:fail|status|problem|error|delay)|returned|fail(?:ure|ed)|could not|unable|can(?:no|')t|not delivered|bounce|rejected|error|warning|\bloop\b|nicht zustell|non remis|не доставлено|недоставлен|無法|失敗|エラー",
    re.I,
)


@dataclass(frozen=True)
class Notice:
    """One return: what it means, in the server's words, about which addresses, sent back to which of ours."""

    meaning: Meaning
    words: str = ""
    about: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    message_id: str = ""
    traces: tuple[str, ...] = ()  # return paths and Message-IDs of ours found in it: whom it is about


def read_notice(raw: bytes) -> Notice | None:
    """Read a mail that came to our return address. None: it is no return (somebody wrote to us)."""
    message = BytesParser(policy=policy.compat32).parsebytes(raw[:SIZE])
    meaning, words, about = _meant(rebuilt(raw[:SIZE], message) or message)
    if meaning is None:
        return None
    known = str(message.get("Message-ID", "")).strip()
    return Notice(meaning, words[:500], about, tuple(_sent_to(message)), known, traces(raw[:SIZE]))


def traces(raw: bytes) -> tuple[str, ...]:
    """What looks like a return path or Message-ID of ours; whether it is, its mark says."""
    return tuple(dict.fromkeys(found.decode("ascii") for found in _TRACE.findall(raw)))


def _meant(message: Message) -> tuple[Meaning | None, str, tuple[str, ...]]:
    if complaint := _complaint(message):
        return complaint, "", ()
    if _is_absence(message):
        return Meaning("vacation", "", "away"), "", ()
    around = prose(message)
    if reports := list(_reports(message)) or list(told_as_json(around)) or list(groups(around)):
        found = worst([read(_said(report, around)) for report in reports])
        if found:
            words = next((_words(each) for each in reports if _words(each)), "") or around
            return found, words, tuple(filter(None, map(_recipient, reports)))
    return _by_letter(message, around)


def _by_letter(message: Message, around: str) -> tuple[Meaning | None, str, tuple[str, ...]]:
    """No report in it: an old server's letter in prose."""
    lasting, passing = _known_forms(message)
    if not lasting and not passing and not _looks_returned(message):
        return None, "", ()
    action = field("Action", around).lower() or ("" if lasting or not passing else "delayed")
    status, stage = field("Status", around)[:12], stage_of(around)
    quoted = [field("Diagnostic-Code", around)] if status else replies(around)
    each = [read(Said(reply, "", status, action, stage)) for reply in quoted]
    telling = next((meaning for meaning in each if meaning.reason != "refused"), None)
    found = telling or read(Said("\n".join(quoted), around, status, action, stage))
    return found, around, tuple(sorted(lasting | passing))


def _complaint(message: Message) -> Meaning | None:
    """RFC 5965, and the same said as JSON by those who send no mail."""
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            kind = re.search(r"^feedback-type:\s*(\S+)", text_of(part), re.I | re.M)
            return _reported(kind[1].lower() if kind else "abuse")
    if message.get("X-Complaints-To") is None and re.search(r"(?i)feedback-type: *(abuse|fraud)", prose(message)):
        return Meaning("complaint", "", "abuse")
    if re.match(r'\s*\{.{0,200}"notificationType"\s*:\s*"Complaint"', prose(message), re.S):
        return Meaning("complaint", "", "abuse")
    subject = str(message.get("Subject", ""))
    if re.search(r"(?i)\b(?:spam|abuse) (?:report|complaint)|complaint about message", subject):
        return Meaning("complaint", "", "abuse")
    return None


def _reported(feedback: str) -> Meaning:
    """What a feedback report says: most are a reader's, but RFC 6591's are a server's, about our signature or domain."""
    if feedback == "not-spam":
        return Meaning("delivered", "", "a reader took it out of the spam folder")
    if feedback == "auth-failure":
        return Meaning("policy", "", "authentication failed")
    return Meaning("complaint", "", feedback)


def _is_absence(message: Message) -> bool:
    """RFC 3834: a person's mailbox answered by itself; a server's report says so otherwise."""
    if any(part.get_content_type() == "message/delivery-status" for part in message.walk()):
        return False
    sent_by_server = bool(_DAEMON.search(str(message.get("From", ""))))
    said = str(message.get("Auto-Submitted", "")).lower().startswith("auto-replied")
    marked = any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
    away = bool(_AWAY.search(_plain_subject(message)))
    return not sent_by_server and (said or marked or away) and (away or not _FAILED.search(_plain_subject(message)))


def _reports(message: Message) -> Iterator[Message]:
    """The fields of each recipient in RFC 3464's reports."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            if isinstance(groups, list):
                fields = [each for each in groups if isinstance(each, Message)]
                yield from (
                    each for each in fields if each.get("Status") or each.get("Action") or each.get("Final-Recipient")
                )


def _said(report: Message, around: str) -> Said:
    status = re.search(r"\d\.\d{1,3}\.\d{1,3}", str(report.get("Status", "")))
    words = " ".join(filter(None, (reason(around), _words(report))))
    near = about_this(around, _recipient(report))
    return Said(
        words=words,
        around=near,
        status=status[0] if status else "",
        action=str(report.get("Action", "")).split(" ")[0].strip().lower(),
        stage=stage_of(near),
    )


def _words(report: Message) -> str:
    """The remote server's words of one recipient."""
    said = " ".join(str(report.get("Diagnostic-Code", "")).split())
    said = _unescaped(re.sub(r"^[\w-]+;\s*", "", said))
    comment = re.search(r"\((.{3,200})\)", str(report.get("Status", "")))
    return " ".join(filter(None, (said, comment[1] if comment else "")))


def _unescaped(words: str) -> str:
    """Japanese written raw into a header (ISO-2022-JP), as some servers do."""
    if "\x1b" not in words:
        return words
    return words.encode("ascii", "replace").decode("iso-2022-jp", "replace")


def _recipient(report: Message) -> str:
    final = str(report.get("Original-Recipient") or report.get("Final-Recipient") or "")
    return final.rpartition(";")[2].strip().strip("<>")


def _plain_subject(message: Message) -> str:
    try:
        from email.header import decode_header, make_header

        return str(make_header(decode_header(str(message.get("Subject", "")))))
    except (ValueError, LookupError):
        return str(message.get("Subject", ""))


def _looks_returned(message: Message) -> bool:
    empty_path = str(message.get("Return-Path", "-")).strip() in ("<>", "")
    daemon = bool(_DAEMON.search(str(message.get("From", ""))))
    return empty_path or daemon or bool(_FAILED.search(_plain_subject(message)))


def _known_forms(message: Message) -> tuple[set[str], set[str]]:
    """flufl.bounce: addresses that failed for good and for now."""
    try:
        passing, lasting = all_failures(message)
    except Exception:  # a stranger's text may break any of its forty readers
        return set(), set()
    return {_name(each) for each in lasting}, {_name(each) for each in passing}


def _name(address: bytes | str) -> str:
    return address.decode("utf-8", "replace") if isinstance(address, bytes) else address


def _sent_to(message: Message) -> Iterator[str]:
    """The addresses of ours it came back to, the envelope's first."""
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To"):
        for value in message.get_all(name, []):
            yield from re.findall(r"[\w.+=-]{1,100}@[\w.-]{1,200}", str(value)[:2000])
