"""Asking for letters. The web writes down that someone asked, the same for every address; the worker decides later.

Rule: nothing the web does depends on whether an address is known: it reads no subscriber, so neither its answer nor its
time can tell. What it spends is counted by network, by domain and in all, never by address.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from corante.core.addresses import Address, neighbourhood
from corante.core.delivering import mark
from corante.core.lifecycles import SUBSCRIBER, step
from corante.core.mailboxes import Mailbox, NotAnAddress, read_mailbox
from corante.core.signup import DOMAIN, NETWORK, SITE, WORDING, Allowance, owes_confirmation
from corante.core.work import Clock, Tally
from corante.models import Ask, Bucket, Consent, Digest, Subscriber, Subscription

from .pressure import count_ask, spend_once


def subscriber_key(mailbox: Mailbox) -> str:
    """By which we know an address again, also after it was deleted."""
    return mark(settings.SECRET_KEY, "subscriber", mailbox.folded)


def network_key(address: Address | None) -> str:
    """By which we count a network (/24 or /48), without keeping where someone is."""
    if address is None:
        return mark(settings.SECRET_KEY, "network", "unknown")
    return mark(settings.SECRET_KEY, "network", neighbourhood(address))


class UsedUp(Exception):
    """What may be shown once was shown before."""


def ask(address: str, page: str, network: str, now: datetime, once: str = "") -> None:
    """Someone asked for letters at this address. Raises NotAnAddress, UsedUp; otherwise never says what it found.

    Spends a token of the network, the address's domain and the site; without, nothing is kept: a row would stay. `once`
    is what a form's stamp carries: it is written down only with an ask, so that stamps leave no more rows than asks.
    """
    mailbox = read_mailbox(address)
    domain = mark(settings.SECRET_KEY, "domain", mailbox.domain)
    with transaction.atomic():
        if not _spend({"n:" + network: NETWORK, "d:" + domain: DOMAIN, "all": SITE}, now):
            return
        if once and not spend_once(once, now):
            raise UsedUp
        Ask.objects.create(address=mailbox.address, page=page[:500], network=network[:64], at=now)


def asks_due(now: datetime, limit: int) -> list[int]:
    """Sign-ups nobody looked at yet, in order."""
    return list(Ask.objects.filter(at__lte=now).order_by("pk").values_list("pk", flat=True)[:limit])


def take_asks(ids: list[int], clock: Clock) -> Tally:
    """Find or make each one's row, and owe it a letter unless it had one in the last 24 h or three in all."""
    done = owed = 0
    for one in Ask.objects.filter(pk__in=ids).order_by("pk"):
        with transaction.atomic():
            if Ask.objects.filter(pk=one.pk).delete()[0]:
                owed += _take(one)
                done += 1
    return Tally(done=done, made=owed)


def _take(one: Ask) -> bool:
    try:
        mailbox = read_mailbox(one.address)
    except NotAnAddress:  # it was one when it was typed
        return False
    count_ask(one.at)
    row = _row(mailbox, one.at)
    owed_already = row.confirmation_due and bool(row.address)
    if owed_already or not owes_confirmation(row.state, row.confirmations, row.confirmation_at, one.at):
        return False
    _owe(row, mailbox, one)
    return True


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


def _owe(row: Subscriber, mailbox: Mailbox, one: Ask) -> None:
    if row.state == "left":
        row.state = step(SUBSCRIBER, row.state, "ask")
    row.address = mailbox.address
    row.confirmation_due, row.confirmation_try_at = True, one.at
    row.asked_at = one.at
    row.save()
    Consent.objects.create(subscriber=row, kind="asked", at=one.at, page=one.page, wording=WORDING, network=one.network)


def _spend(allowances: dict[str, Allowance], now: datetime) -> bool:
    """Take a token of each bucket, or of none. An empty one makes no row of the others: they may be of anybody's naming."""
    for bucket in Bucket.objects.filter(key__in=allowances):
        if allowances[bucket.key].after(bucket.tokens, bucket.at, now) < 1:
            return False
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
