"""The list in and out as CSV: with proof of consent, with those who left, and safe to open in a spreadsheet.

Rule: our own export imports back equal. What other houses export is understood by `core.lists`; whoever left, bounced or
complained there is kept out here.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final, TextIO
from zoneinfo import available_timezones

from corante.core.lists import ADDRESS, Line, file_verdict, guarded, house_of, understood
from corante.core.mailboxes import NotAnAddress, read_mailbox
from corante.models import Digest, Subscriber

from .asking import add_confirmed, subscriber_key
from .staying import pause, suppress

COLUMNS: Final = ("address", "state", "digest", "language", "time_zone", "hour", "asked_at", "confirmed_at", "consent")
_LONGEST: Final = 128 * 1024


@dataclass
class Imported:
    """What became of the lines of a list."""

    house: str = ""
    added: int = 0
    kept_out: int = 0  # had left or was suppressed here
    suppressed: int = 0  # had left or was suppressed there
    refused: list[str] = field(default_factory=list)


def write_list(out: TextIO) -> int:
    """Everyone whose address we hold. Returns how many."""
    return _written(out, COLUMNS, (_cells(row) for row in _rows()))


def write_suppressed(out: TextIO) -> int:
    """Those we never write to, since when and why: to take along to whatever mails next. Returns how many."""
    rows = (row for row in _rows() if row.state in ("suppressed", "left"))
    return _written(out, ("address", "state", "since", "why"), (_why(row) for row in rows))


def _rows() -> Iterator[Subscriber]:
    rows = Subscriber.objects.exclude(address="").order_by("pk").prefetch_related("subscriptions__digest", "consents")
    return rows.iterator(chunk_size=2000)


def _written(out: TextIO, columns: Iterable[str], lines: Iterable[Iterable[str]]) -> int:
    writer = csv.writer(out)
    writer.writerow(columns)
    count = 0
    for cells in lines:
        writer.writerow([guarded(cell) for cell in cells])
        count += 1
    return count


def _cells(row: Subscriber) -> Iterator[str]:
    live = [each.digest.slug for each in row.subscriptions.all() if not each.ended_at]
    proofs = [f"{each.kind} {each.at.isoformat()} {each.page}".strip() for each in row.consents.all()]
    yield from (row.address, row.state, " ".join(live), row.language, row.time_zone)
    yield "" if row.hour is None else str(row.hour)
    yield from (row.asked_at.isoformat(), row.confirmed_at.isoformat() if row.confirmed_at else "", "; ".join(proofs))


def _why(row: Subscriber) -> Iterator[str]:
    last = [each for each in row.consents.all() if each.kind in ("suppressed", "left")][-1:]
    yield from (row.address, row.state, row.ended_at.isoformat() if row.ended_at else "", last[0].page if last else "")


def read_list(
    lines: Iterable[str], digest: Digest, now: datetime, vouched: str = "", name: str = "", keep_out: bool = False
) -> Imported:
    """Take a list in. Each line needs a consent (a column, or `vouched` for all of them); without it, it is refused.

    `name`: its file's, which may say that everybody in it left; `keep_out`: they all did. Raises ValueError when no
    column holds addresses.
    """
    reader = _reader(line.replace("\0", "") for line in lines)
    names = {column.strip().lower(): column for column in _columns(reader)}
    if not any(each in names for each in ADDRESS):
        raise ValueError(
            f"no column holds addresses; looked for {', '.join(ADDRESS)} in {', '.join(names)[:200] or 'nothing'}"
        )
    house = house_of(names)
    result = Imported(house.name)
    whole_file = "dead" if keep_out else file_verdict(name)
    for number, line in enumerate(_lines(reader), 2):
        cells = {key: str(line.get(column) or "").strip() for key, column in names.items()}
        _take(number, understood(cells, house, whole_file), digest, now, vouched, result)
    return result


def _reader(lines: Iterator[str]) -> csv.DictReader[str]:
    """By commas, semicolons or tabs, whichever the first line has most of."""
    head = next(lines, "")
    parts = {mark: head.count(mark) for mark in ",;\t"}
    csv.field_size_limit(_LONGEST)
    return csv.DictReader(chain([head], lines), delimiter=max(parts, key=lambda mark: parts[mark]))


def _columns(reader: csv.DictReader[str]) -> Sequence[str]:
    try:
        return reader.fieldnames or ()
    except csv.Error as error:
        raise ValueError(f"the first line names no columns: {error}") from None


def _lines(reader: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    """The lines, each by column. Raises ValueError where a quotation never ends; what came before is taken in."""
    try:
        yield from reader
    except csv.Error as error:
        raise ValueError(
            f"after line {reader.line_num}: {error}; is there a quotation mark that is never closed?"
        ) from None


def _take(number: int, line: Line, digest: Digest, now: datetime, vouched: str, result: Imported) -> None:
    proof = line.proof or vouched
    try:
        if line.verdict in ("dead", "left"):
            _keep_out(line, now)
            result.suppressed += 1
        elif line.verdict == "unsure":
            result.refused.append(f"line {number}: never confirmed")
        elif not proof:
            result.refused.append(f"line {number}: no consent on record")
        elif row := add_confirmed(line.address, _digest(line, digest), now, page=proof):
            _settings(row, line, now)
            result.added += 1
        else:
            result.kept_out += 1
    except NotAnAddress as error:
        result.refused.append(f"line {number}: {error}")


def _digest(line: Line, usual: Digest) -> Digest:
    """The letter our own export names, where there is one of that name."""
    slug = line.line.get("digest", "").partition(" ")[0]
    return Digest.objects.filter(slug=slug, retired_at__isnull=True).first() or usual if slug else usual


def _settings(row: Subscriber, line: Line, now: datetime) -> None:
    hour = line.line.get("hour", "")
    row.language, row.time_zone = line.line.get("language", "")[:35], _zone(line.line.get("time_zone", ""))
    row.hour = int(hour) if hour in map(str, range(24)) else None
    row.save(update_fields=["language", "time_zone", "hour"])
    if line.line.get("state") == "paused":
        pause(row.token, now)


def _zone(name: str) -> str:
    """A time zone there is, or the site's: a letter's hour is reckoned by it."""
    return name if name in available_timezones() else ""


def _keep_out(line: Line, now: datetime) -> None:
    """They left, bounced or complained elsewhere. Who confirmed here and only left elsewhere stays."""
    mailbox = read_mailbox(line.address)
    fresh = {"address": mailbox.address, "token": secrets.token_hex(16), "asked_at": now, "ended_at": now}
    row, new = Subscriber.objects.get_or_create(
        key=subscriber_key(mailbox), defaults=fresh | {"state": "left" if line.verdict == "left" else "pending"}
    )
    if line.verdict == "dead":
        suppress(row, now, "bounced or complained where this list was imported from")
    elif new:
        row.consents.create(kind="left", at=now, page="had left the list this was imported from")
