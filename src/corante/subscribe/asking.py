"""Asking for letters: the web writes a row and a debt; the answer is the same for every address."""

from __future__ import annotations

import secrets
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_network

from django.conf import settings
from django.db import transaction

from corante.core.delivering import mark
from corante.core.lifecycles import SUBSCRIBER, step
from corante.core.mailboxes import Mailbox, read_mailbox
from corante.core.signup import DOMAIN, NETWORK, SITE, WORDING, Allowance, owes_confirmation
from corante.models import Bucket, Consent, Digest, Subscriber, Subscription


def subscriber_key(mailbox: Mailbox) -> str:
    """By which we know an address again, also after it was deleted."""
    return mark(settings.SECRET_KEY, "subscriber", mailbox.folded)


def network_key(address: IPv4Address | IPv6Address | None) -> str:
    """By which we count a network (/24 or /48), without keeping where someone is."""
    if address is None:
        return mark(settings.SECRET_KEY, "network", "unknown")
    bits = 24 if address.version == 4 else 48
    return mark(settings.SECRET_KEY, "network", ip_network((address, bits), strict=False))


def ask(address: str, page: str, network: str, now: datetime) -> None:
    """Someone asked for letters at this address. Raises NotAnAddress; otherwise never says what it found.

    1. spend a token of the network, the address's domain and the site; without, nothing is kept; 2. find or make the
    row; 3. owe it a letter, unless it had one in the last 24 h or three in all.
    """
    mailbox = read_mailbox(address)
    with transaction.atomic():
        domain = mark(settings.SECRET_KEY, "domain", mailbox.domain)
        allowed = _spend({"n:" + network: NETWORK, "d:" + domain: DOMAIN, "all": SITE}, now)
        if not allowed:  # by where it comes from, not by the address: the row would stay for ever, at 1 kB an ask
            return
        row = _row(mailbox, now)
        if owes_confirmation(row.state, row.confirmations, row.confirmation_at, now):
            _owe(row, mailbox, page, network, now)


def add_confirmed(
    address: str, digest: Digest, now: datetime, page: str = "", kind: str = "imported"
) -> Subscriber | None:
    """Someone whose consent the operator vouches for. None when the address left or is suppressed: that stays."""
    mailbox = read_mailbox(address)
    with transaction.atomic():
        row = _row(mailbox, now)
        if row.state in ("left", "suppressed"):
            return None
        if row.state == "pending":
            row.confirm(now)
        row.address = mailbox.address
        row.save()
        Subscription.objects.get_or_create(subscriber=row, digest=digest, defaults={"since": now})
        Consent.objects.create(subscriber=row, kind=kind, at=now, page=page[:500])
    return row


def _row(mailbox: Mailbox, now: datetime) -> Subscriber:
    fresh = {"address": mailbox.address, "token": secrets.token_hex(16), "asked_at": now}
    row, _ = Subscriber.objects.select_for_update().get_or_create(key=subscriber_key(mailbox), defaults=fresh)
    return row


def _owe(row: Subscriber, mailbox: Mailbox, page: str, network: str, now: datetime) -> None:
    if row.state == "left":
        row.state = step(SUBSCRIBER, row.state, "ask")
    row.address = mailbox.address
    row.confirmation_due, row.confirmation_try_at = True, now
    row.asked_at = now
    row.save()
    Consent.objects.create(subscriber=row, kind="asked", at=now, page=page[:500], wording=WORDING, network=network[:64])


def _spend(allowances: dict[str, Allowance], now: datetime) -> bool:
    """Take a token of each bucket, or of none."""
    held = {}
    for key, allowance in sorted(allowances.items()):
        bucket, _ = Bucket.objects.select_for_update().get_or_create(
            key=key, defaults={"tokens": allowance.burst, "at": now}
        )
        bucket.tokens, bucket.at = allowance.after(bucket.tokens, bucket.at, now), max(now, bucket.at)
        held[key] = bucket
    if any(bucket.tokens < 1 for bucket in held.values()):
        return False
    for bucket in held.values():
        bucket.tokens -= 1
        bucket.save()
    return True
