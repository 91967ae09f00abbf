"""Returns whose form was lost or never was a mail's: a report inside a text, several recipients in prose, JSON.

Rule: a form is rebuilt only where a delivery report says so itself (its own part or field), never from the copy of our
letter; what is rebuilt is read as if it had come so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser, Parser
from typing import Any, Final

_PART: Final = re.compile(r"^--(\S[^\r\n]{3,69})\r?\nContent-", re.I | re.M)
_REPORT: Final = re.compile(r"^Content-Type:\s*message/delivery-status", re.I | re.M)
_JSON: Final = re.compile(r'\s*\{.{0,200}"notificationType"\s*:\s*"Bounce"', re.S)


def rebuilt(raw: bytes, message: Message) -> Message | None:
    """A report whose MIME was lost on the way: its parts stand in the text of what came."""
    if message.is_multipart():
        return None
    text = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw[:20_000] else b"\n\n")[2]
    shown = text.decode("latin-1")
    report, first = _REPORT.search(shown), _PART.search(shown)
    if not report or not first or first.start() > report.start():
        return None
    head = f'Content-Type: multipart/report; boundary="{first[1].strip()}"\n\n'
    return BytesParser(policy=policy.compat32).parsebytes(head.encode("latin-1") + text)


def groups(around: str) -> Iterator[Message]:
    """The fields of each recipient where only they are left of a report."""
    for block in re.split(r"(?im)^(?=(?:final|original)-recipient:)", around)[1:9]:
        fields = [line for line in block.splitlines() if re.match(r"[A-Za-z-]{2,30}: ?\S", line)]
        found = Parser(policy=policy.compat32).parsestr("\n".join(fields))
        if found.get("Final-Recipient") and found.get("Status"):
            yield found


def told_as_json(around: str) -> Iterator[Message]:
    """The recipients of a bounce that a sending service tells as JSON instead of a mail."""
    if not _JSON.match(around):
        return
    try:
        said = json.JSONDecoder().raw_decode(around.strip())[0]["bounce"]
        for each in said["bouncedRecipients"]:
            yield _fields(each, str(said.get("bounceType", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return


def _fields(each: dict[str, Any], kind: str) -> Message:
    found = Message()
    passing = kind.casefold() == "transient"
    found["Final-Recipient"] = f"rfc822; {_line(each.get('emailAddress'))}"
    found["Action"] = _line(each.get("action")) or ("delayed" if passing else "failed")
    found["Status"] = _line(each.get("status")) or ("4.0.0" if passing else "5.0.0")
    found["Diagnostic-Code"] = _line(each.get("diagnosticCode"))
    return found


def _line(value: object) -> str:
    return " ".join(str(value or "").split())
