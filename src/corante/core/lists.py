"""Lists of readers as other houses export them: whose line is it, do they still want letters, what proves it.

Rule: a house is known by the names of its columns, never by asking; what a house says of leaving, bouncing or complaining
is believed, what it says of consent is kept in its words. Whoever bounced or complained there is never written to here;
whoever left there may ask again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

ADDRESS: Final = ("address", "email", "email address", "e-mail", "email_address", "e-mail address", "mail")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_OURS: Final = ("consent", "consents")
_YES: Final = ("true", "yes", "1", "y")
_NO: Final = ("false", "no", "0", "n")
_LEFT: Final = ("left", "unsubscribed", "unsubscribe", "disabled", "inactive", "archived", "opted out", "optout")
_DEAD: Final = (
    "suppressed",
    "cleaned",
    "bounced",
    "bounce",
    "complained",
    "complaint",
    "spam",
    "blocklisted",
    "blacklisted",
    "blocked",
    "hard",
    "junk",
)
_UNSURE: Final = ("pending", "unconfirmed", "nonsubscribed", "non-subscribed", "transactional", "invited")


@dataclass(frozen=True)
class House:
    """One program's export: columns that tell it, and where it keeps what matters."""

    name: str
    known_by: frozenset[str]
    proofs: tuple[str, ...]


HOUSES: Final = (
    House("listmonk", frozenset({"uuid", "attributes", "status"}), ("created_at",)),
    House("Mailchimp", frozenset({"leid", "euid"}), ("confirm_time", "optin_time")),
    House("Mailchimp", frozenset({"member_rating", "optin_time"}), ("confirm_time", "optin_time")),
    House("Ghost", frozenset({"subscribed_to_emails", "complimentary_plan"}), ("created_at",)),
    House("Substack", frozenset({"active_subscription", "email_disabled"}), ("created_at",)),
)
ANY: Final = House(
    "",
    frozenset(),
    ("consent", "optin_time", "confirm_time", "confirmed_at", "signup_date", "subscribed_at", "created_at"),
)


@dataclass(frozen=True)
class Line:
    """One line of a list, understood. `verdict`: in, left, dead (bounced, complained), unsure (never confirmed)."""

    address: str
    verdict: str
    proof: str
    line: Mapping[str, str]


def house_of(columns: Iterable[str]) -> House:
    """Whose export has these columns."""
    have = {column.strip().lower() for column in columns}
    return next((house for house in HOUSES if house.known_by <= have), ANY)


def file_verdict(name: str) -> str:
    """What a file's name says of everybody in it, as in Mailchimp's cleaned_email_audience_export.csv; else empty."""
    words = set(re.split(r"[^a-z]+", name.lower()))
    if words & {
        "cleaned",
        "bounces",
        "bounced",
        "bounce",
        "suppression",
        "suppressions",
        "suppressed",
        "blocklist",
        "blocklisted",
        "complaints",
        "spam",
    }:
        return "dead"
    if words & {"unsubscribed", "unsubscribes", "unsubscribers"}:
        return "left"
    return "unsure" if words & {"nonsubscribed", "non", "pending", "unconfirmed"} else ""


def understood(line: Mapping[str, str], house: House, whole_file: str = "") -> Line:
    """One line, its columns by lower-case name."""
    address = unguarded(_first(line, ADDRESS))
    proof = _first(line, _OURS) or _first(line, house.proofs)
    if proof and house.name and not _first(line, _OURS):
        proof = f"{house.name}: {proof}"
    return Line(address, whole_file or _verdict(line), unguarded(proof), line)


def _verdict(line: Mapping[str, str]) -> str:
    if line.get("clean_time") or line.get("email_disabled", "").lower() in _YES:
        return "dead"
    if line.get("unsub_time") or line.get("deleted_at") or line.get("subscribed_to_emails", "").lower() in _NO:
        return "left"
    state = _first(line, ("state", "status", "subscription_status", "email_status")).lower()
    for verdict, words in (("dead", _DEAD), ("left", _LEFT), ("unsure", _UNSURE)):
        if state in words:
            return verdict
    return "in"


def guarded(cell: str) -> str:
    """A spreadsheet would run what begins like a formula: an apostrophe makes it text (also before an apostrophe)."""
    return "'" + cell if cell.startswith((*_FORMULA, "'")) else cell


def unguarded(cell: str) -> str:
    """As it was before `guarded`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell


def _first(line: Mapping[str, str], names: Iterable[str]) -> str:
    return next((line[name] for name in names if line.get(name)), "")
