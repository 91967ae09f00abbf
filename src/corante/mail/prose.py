"""What a returned mail says to people: its text without the copy of the letter, and what is quoted in it.

Rule: everything here takes a stranger's text: patterns have bounds, the first thousands of characters count, and a
charset that lies is read as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from html import unescape
from typing import Final

_TEXT: Final = 6000
_COPY: Final = re.compile(
    r"^(?:[-_=* ]{2,}.{0,40}(?:copy of|original|unsent|returned|message header|header of the).{0,60}"
    r"|-*\s*(?:original (?:message|mail|headers?)|message (?:headers )?follows?|original (?:message|mail) (?:as )?follows?).{0,30}"
    r"|(?:original mail as follows|message headers follow|original message follows|message details|returned (?:mail|message) follows).{0,30}"
    r"|(?:return-path|received|dkim-signature|delivered-to): .*|from \S+@\S+ .*\d{4}"
    r"|received:\S.*)$",
    re.IGNORECASE,
)
_STAGES: Final = (
    ("data", re.compile(r"end of (?:data|message)|text command|final data|after (?:data|bdat)|reply to (?:end of )?data", re.I)),
    ("mail", re.compile(r"(?:after|to|our|in reply to) (?:pipelined )?mail from|>>> mail from|(?:after|to|our|in reply to) (?:helo|ehlo|initial connection|connect)|refused to talk", re.I)),
    ("rcpt", re.compile(r"(?:after|to|our|in reply to) (?:pipelined )?rcpt to|>>> rcpt to|\[rcpt_to\]|\brcpt host\b", re.I)),
    ("data", re.compile(r">>> data", re.I)),
)  # fmt: skip
_REPLY: Final = re.compile(r"(?:^|[\s<:(#])[45]\d\d[ -:]|#?[45]\.\d{1,3}\.\d{1,3}")


def prose(message: Message) -> str:
    """What it says to people, up to the copy of the letter."""
    texts = [_readable(part) for part in _before_the_copy(message)]
    lines: list[str] = []
    for line in "\n".join(filter(None, texts)).splitlines():
        bare = re.sub(r"^(?:[>|] )+|^\s+", "", line).strip()
        if _COPY.match(bare):
            break
        lines.append(bare)
    return "\n".join(line for line in lines if line)[:_TEXT]


def _before_the_copy(message: Message) -> Iterator[Message]:
    for part in message.walk():
        kind = part.get_content_type()
        if kind in ("message/rfc822", "text/rfc822-headers", "message/partial"):
            return
        inside = part.get_content_maintype() == "text" and not part.is_multipart()
        if inside or (kind.startswith("multipart/") and not part.is_multipart()):
            yield part


def _readable(part: Message) -> str:
    text = text_of(part)
    if part.get_content_type() == "text/html" or "<html" in text[:300].lower():
        text = re.sub(r"(?is)<(style|script|head)\b.{0,20000}?</\1>", " ", text[:60000])
        text = unescape(re.sub(r"<[^<>]{0,2000}>", "\n", text))
    return text


def text_of(part: Message) -> str:
    if part.is_multipart():
        return "\n".join(str(each) for each in part.get_payload() if isinstance(each, Message))
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return str(raw or "")
    if b"\x1b$" in raw:
        return raw.decode("iso-2022-jp", "replace")  # often sent as plain ASCII
    for charset in (part.get_content_charset() or "utf-8", "utf-8", "euc-jp"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")


def replies(around: str) -> list[str]:
    """A server's replies as the letter quotes them, each with the line it runs on to."""
    lines = around.splitlines()
    quoted = [n for n, line in enumerate(lines) if _REPLY.search(line)]
    return ["\n".join(lines[n : n + 2]) for n in quoted[:8]]


def stage_of(around: str) -> str:
    return next((stage for stage, pattern in _STAGES if pattern.search(" ".join(around.split()))), "")


def field(name: str, around: str) -> str:
    """A report's field where the report lost its MIME parts on the way."""
    found = re.search(rf"^{name}: *(.{{1,300}})$", around, re.I | re.M)
    return found[1].strip() if found else ""


def reason(around: str) -> str:
    """Why a reader's own delivery agent sent it back: it says so in a line of its own, its codes are always the same."""
    found = re.search(r"was automatically rejected:\s{1,4}(.{3,200})", around)
    return found[1].strip() if found else ""


def about_this(around: str, recipient: str) -> str:
    """Of a letter about several, from where this address is first named."""
    at = around.find(recipient) if recipient else -1
    return around if at < 0 or around.count(recipient) > 4 else around[max(0, at - 200) :]
