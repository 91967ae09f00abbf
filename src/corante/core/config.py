"""What an operator decides about a site, as one frozen value.

Rule: this is the only list of settings. `corante.toml` is read against it, the reference page is
written from it, and a key it does not know is an error that names the key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones


class ConfigError(ValueError):
    """A setting is missing, unknown or wrong; the message names it and the way out."""


def _setting(default: Any = MISSING, *, help: str, factory: Any = MISSING) -> Any:
    metadata = {"help": help}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Config:
    """One site's settings; every field is a key of `corante.toml`."""

    title: str = _setting(help="The site's name, in the masthead and the letter.")
    base_url: str = _setting(help="Where readers find the site; every link is built from it, never from a request.")
    language: str = _setting("en", help="Language of our own words, a BCP 47 tag.")
    time_zone: str = _setting("UTC", help="IANA zone in which days begin and letters leave.")
    sender: str = _setting("", help="From address of letters, such as news@example.org; its domain signs them.")
    contact: str = _setting("", help="Address for readers and outlets, on the about page and in the User-Agent.")
    postal: str = _setting("", help="Postal line in the letter's footer, where the law asks for one.")
    description: str = _setting("", help="One or two sentences on what the site is, for the front page.")
    smtp: str = _setting(
        "",
        help="Mail server: smtp://user:password@host:587 (STARTTLS) or smtps://…:465. Empty: letters go to the outbox.",
    )
    smtp_connections: int = _setting(4, help="Connections to the mail server at once.")
    smtp_rate: int = _setting(0, help="Letters a minute by the mail server; 0: as fast as it takes them.")
    smtp_log: str = _setting(
        "", help="Log of a Postfix on this machine, such as /var/log/mail.log: with its queue it settles doubt."
    )
    smtp_queue: str = _setting("postqueue -j", help="Command that lists that Postfix's queue, read beside smtp_log.")
    smtp_idempotency: str = _setting(
        "",
        help="Header by which the mail server knows a letter sent twice, such as Resend-Idempotency-Key; empty: none.",
    )
    domain_connections: int = _setting(0, help="Connections that carry letters to one domain at once; 0: no limit.")
    domain_rate: int = _setting(0, help="Letters a minute to the readers of one domain; 0: no limit.")
    warm_up: str = _setting(
        "",
        help="Day (2026-11-23) from which a new sender warms up: 200 letters a day, growing for six weeks to 200,000.",
    )
    returns: str = _setting(
        "",
        help="Mailbox that returned letters come to: imaps://user:password@host/INBOX, imap://… on this machine, or maildir:/path. Empty: none is read (a pipe or webhook may bring them).",
    )
    webhook_keys: tuple[str, ...] = _setting(
        (),
        help='Keys that providers sign their webhooks with, as "mailgun:KEY" and "mailersend:KEY"; others sign in instead.',
    )
    dkim: str = _setting("off", help="How letters are signed here: off (the mail server signs), rsa, ed25519, or both.")
    dkim_selector: str = _setting(
        "", help="Selector of the DKIM key, when it isn't ours: the mail server's, for `corante doctor` to look at."
    )
    database: str = _setting("", help="postgresql://… for PostgreSQL. Empty: SQLite in the site's folder.")
    allow_network: tuple[str, ...] = _setting(
        (), help="Private networks outlets may be fetched from, as CIDR or CIDR:port."
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (), help="Addresses (CIDR) of reverse proxies whose X-Forwarded-For is believed."
    )
    egress_proxy: str = _setting("", help="HTTP proxy for all fetching, such as http://proxy:3128.")
    hold_for_review: bool = _setting(False, help="Publish nothing before an editor approved it.")
    news_hours: int = _setting(24, help="On an outlet's first import, entries of the last so many hours are news.")
    excerpt_words: int = _setting(120, help="Longest excerpt, in words, where the outlet does not ask for less.")
    embedder: str = _setting(
        "",
        help="Also group across languages by an installed Python function, package.module:function, that takes a list of "
        "texts and returns a vector of numbers for each. Nothing is downloaded. Empty: a story is told in one language.",
    )
    embedder_likeness: int = _setting(
        85, help="Percent of likeness from which the embedder's word is taken: models differ in what they call alike."
    )
    doubt: str = _setting(
        "resend",
        help="A letter whose fate the mail server hid: resend (byte-identical) or hold (until an editor decides).",
    )
    doubt_wait: int = _setting(
        10, help="Seconds a Postfix gets to finish a letter whose connection broke, before smtp_log is believed."
    )
    outbox_public: bool = _setting(False, help="Show /outbox without login; only ever for a demo on loopback.")

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ConfigError("title is empty: give the site a name")
        if not self.base_url.startswith(("http://", "https://")):
            raise ConfigError(f"base_url {self.base_url!r} must begin with https:// (or http:// on loopback)")
        if self.time_zone not in available_timezones():
            raise ConfigError(f"time_zone {self.time_zone!r} is not an IANA zone such as Europe/Berlin")
        if self.embedder and not re.fullmatch(r"[\w.]+:[\w.]+", self.embedder):
            raise ConfigError(f"embedder {self.embedder!r} must be package.module:function")
        if not 0 < self.embedder_likeness <= 100:
            raise ConfigError(f"embedder_likeness {self.embedder_likeness} must be a percentage, 1 to 100")
        if self.doubt not in ("resend", "hold"):
            raise ConfigError(f"doubt {self.doubt!r} must be resend or hold")
        if self.warm_up and self.warms_from is None:
            raise ConfigError(f"warm_up {self.warm_up!r} must be a day such as 2026-11-23")
        if self.smtp_idempotency and not re.fullmatch(r"[A-Za-z0-9-]{1,60}", self.smtp_idempotency):
            raise ConfigError(f"smtp_idempotency {self.smtp_idempotency!r} is no name of a header")
        if self.smtp and not self.smtp.startswith(("smtp://", "smtps://")):
            raise ConfigError("smtp must begin with smtp:// or smtps://")
        if self.dkim not in ("off", "rsa", "ed25519", "both"):
            raise ConfigError(f"dkim {self.dkim!r} must be off, rsa, ed25519 or both")
        if self.returns and not self.returns.startswith(("imaps://", "imap://", "maildir:/")):
            raise ConfigError("returns must begin with imaps://, imap:// or maildir:/")
        if strange := [each for each in self.webhook_keys if not re.fullmatch(r"(mailgun|mailersend):[!-~]+", each)]:
            name, colon, _ = strange[0].partition(":")
            said = repr(name) if colon else "a key without its provider"  # which itself is said to nobody
            raise ConfigError(f"webhook_keys: {said} is no mailgun:KEY or mailersend:KEY")
        if self.outbox_public and not is_loopback(urlsplit(self.base_url).hostname or ""):
            raise ConfigError(
                f"outbox_public would show everybody at {self.base_url} the readers' letters and the links in them: "
                "take it out (editors see /outbox/ when signed in), or have base_url on 127.0.0.1"
            )

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def warms_from(self) -> date | None:
        """The first day of the warm-up, if there is one."""
        try:
            return date.fromisoformat(self.warm_up)
        except ValueError:
            return None

    def absolute(self, path: str) -> str:
        """The public address of a path that begins with a slash."""
        return self.base_url.rstrip("/") + path


def is_loopback(host: str) -> bool:
    """Whether a host, as written, can only be reached from the machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_config(table: Mapping[str, Any]) -> Config:
    """Turn a parsed `corante.toml` into a Config.

    Raises ConfigError naming the key that is unknown, missing or of the wrong type.
    """
    known = {f.name: f for f in fields(Config)}
    for key in table:
        if key not in known:
            raise ConfigError(f"unknown setting {key!r}; the settings are: {', '.join(sorted(known))}")
    values: dict[str, Any] = {}
    for name, spec in known.items():
        if name not in table:
            if spec.default is MISSING and spec.default_factory is MISSING:
                raise ConfigError(f"setting {name!r} is missing")
            continue
        values[name] = _typed(name, str(spec.type), table[name])
    return Config(**values)


def _typed(name: str, kind: str, value: Any) -> Any:
    if kind.startswith("tuple"):
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise ConfigError(f"{name} must be a list of strings")
        return tuple(value)
    wanted: type = {"str": str, "int": int, "bool": bool}[kind]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ConfigError(f"{name} must be of type {kind}, not {type(value).__name__}")
    return value
