"""The list in and out as CSV: with proof of consent, with those who left, and safe to open in a spreadsheet.

Rule: our own export imports back equal. Exports of listmonk, Mailchimp, Ghost and Substack are read by the names of
their columns; whoever left or bounced there is suppressed here, never written to.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TextIO

from corante.core.mailboxes import NotAnAddress, read_mailbox
from corante.models import Digest, Subscriber

from .asking import add_confirmed, subscriber_key
from .staying import suppress

COLUMNS: Final = ("address", "state", "digest", "language", "time_zone", "hour", "asked_at", "confirmed_at", "consent")
_ADDRESS: Final = ("address", "email", "email address", "e-mail", "email_address")
_STATE: Final = ("state", "status", "member_rating_status", "subscribed_to_emails", "subscription_status")
_CONSENT: Final = (
    "consent",
    "optin_time",
    "confirm_time",
    "created_at",
    "signup_date",
    "subscribed_at",
    "confirmed_at",
)
_OUT: Final = [
    "left",
    "suppressed",
    "unsubscribed",
    "cleaned",
    "bounced",
    "complained",
    "blocklisted",
    "blocked",
    "disabled",
    "false",
    "inactive",
]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Imported:
    """What became of the lines of a list."""

    added: int = 0
    kept_out: int = 0
    suppressed: int = 0
    refused: list[str] | None = None


def write_list(out: TextIO) -> int:
    """Everyone whose address we hold. Returns how many."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    rows = Subscriber.objects.exclude(address="").order_by("pk").prefetch_related("subscriptions__digest", "consents")
    for row in rows.iterator(chunk_size=2000):
        writer.writerow([_guarded(each) for each in _cells(row)])
        count += 1
    return count


def _cells(row: Subscriber) -> Iterator[str]:
    live = [each.digest.slug for each in row.subscriptions.all() if not each.ended_at]
    proofs = [f"{each.kind} {each.at.isoformat()} {each.page}".strip() for each in row.consents.all()]
    yield from (row.address, row.state, " ".join(live), row.language, row.time_zone)
    yield "" if row.hour is None else str(row.hour)
    yield from (row.asked_at.isoformat(), row.confirmed_at.isoformat() if row.confirmed_at else "", "; ".join(proofs))


def _guarded(cell: str) -> str:
    """A spreadsheet would run what begins like a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def read_list(lines: Iterable[str], digest: Digest, now: datetime, vouched: str = "") -> Imported:
    """Take a list in. Each line needs a consent (a column, or `vouched` for all of them); without it, it is refused.

    Raises ValueError when no column holds addresses.
    """
    reader = csv.DictReader(lines)
    names = {name.strip().lower(): name for name in reader.fieldnames or ()}
    if not any(each in names for each in _ADDRESS):
        raise ValueError(
            f"no column holds addresses; looked for {', '.join(_ADDRESS)} in {', '.join(names) or 'nothing'}"
        )
    result = Imported(refused=[])
    for number, line in enumerate(reader, 2):
        _take(
            number, {key: (line.get(name) or "").strip() for key, name in names.items()}, digest, now, vouched, result
        )
    return result


def _take(number: int, line: Mapping[str, str], digest: Digest, now: datetime, vouched: str, result: Imported) -> None:
    assert result.refused is not None
    address = _first(line, _ADDRESS).removeprefix("'")
    state = _first(line, _STATE).lower()
    proof = _first(line, _CONSENT) or vouched
    try:
        if state in _OUT:
            _keep_out(address, now)
            result.suppressed += 1
        elif state == "pending" or not proof:
            result.refused.append(
                f"line {number}: {'never confirmed' if state == 'pending' else 'no consent on record'}"
            )
        elif row := add_confirmed(address, digest, now, page=proof):
            _settings(row, line)
            result.added += 1
        else:
            result.kept_out += 1
    except NotAnAddress as error:
        result.refused.append(f"line {number}: {error}")


def _settings(row: Subscriber, line: Mapping[str, str]) -> None:
    hour = line.get("hour", "")
    row.language, row.time_zone = line.get("language", "")[:35], line.get("time_zone", "")[:64]
    row.hour = int(hour) if hour.isdigit() and int(hour) < 24 else None
    row.save(update_fields=["language", "time_zone", "hour"])


def _keep_out(address: str, now: datetime) -> None:
    """They left, bounced or complained elsewhere."""
    mailbox = read_mailbox(address)
    key = subscriber_key(mailbox)
    row, _ = Subscriber.objects.get_or_create(
        key=key, defaults={"address": mailbox.address, "token": secrets.token_hex(16), "asked_at": now}
    )
    suppress(row, now, "they had left the list this was imported from")


def _first(line: Mapping[str, str], names: Iterable[str]) -> str:
    return next((line[name] for name in names if line.get(name)), "")
