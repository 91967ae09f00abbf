"""Confirming, pausing, leaving, suppressing: each by the reader's token, each idempotent, each with its proof."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.db import transaction

from corante.core.delivering import mark
from corante.core.lifecycles import SUBSCRIBER, step
from corante.models import Choice, Consent, Digest, Subscriber, Subscription

_TOKEN = re.compile(r"[0-9a-f]{32}")
PROBED = "One click works here; this address takes nobody off the list.\n"


def probe() -> str:
    """A token nobody has, by which `corante doctor` tries one-click leaving."""
    return mark(settings.SECRET_KEY, "one-click probe")


def subscriber_of(token: str) -> Subscriber | None:
    """Whose links carry this token; None when nobody's."""
    return Subscriber.objects.filter(token=token).first() if _TOKEN.fullmatch(token) else None


def confirm(token: str, now: datetime) -> Subscriber | None:
    """The button in our letter was pressed. Subscribes to the site's first digest if to none. None: no such link."""
    with transaction.atomic():
        row = _locked(token)
        if row is None or not row.address or row.state == "suppressed":
            return None
        if row.state in ("pending", "left"):
            row.confirm(now)
            row.confirmations = 0
            row.save()
            Consent.objects.create(subscriber=row, kind="confirmed", at=now)
        _subscribe_to_first(row, now)
    return row


def leave(token: str, now: datetime) -> Subscriber | None:
    """No letter is armed after this returns; done again, it changes nothing. None: no such link."""
    with transaction.atomic():
        row = _locked(token)
        if row is None:
            return None
        if row.state in ("confirmed", "paused"):
            row.leave(now)
            row.save()
            Subscription.objects.filter(subscriber=row, ended_at__isnull=True).update(ended_at=now)
            Choice.objects.filter(subscription__subscriber=row, until__isnull=True).update(until=now)
            Consent.objects.create(subscriber=row, kind="left", at=now)
        elif row.state == "pending":  # asked, never confirmed, and doesn't want to be asked
            Subscriber.objects.filter(pk=row.pk).update(confirmation_due=False)
    return row


def pause(token: str, now: datetime) -> None:
    """No letters until resumed; what comes out meanwhile is not sent later."""
    _move(token, "pause", "confirmed", now)


def resume(token: str, now: datetime) -> None:
    """Letters again."""
    _move(token, "resume", "paused", now)


def suppress(row: Subscriber, now: datetime, why: str) -> None:
    """The address bounced for good or complained: it never hears from us again unless an operator lifts it."""
    with transaction.atomic():
        held = Subscriber.objects.select_for_update().get(pk=row.pk)
        if "suppress" in SUBSCRIBER[held.state]:
            held.suppress(now)
            held.confirmation_due = False
            held.save()
            Consent.objects.create(subscriber=held, kind="suppressed", at=now, page=why[:500])


def lift_reader(row: Subscriber, now: datetime) -> bool:
    """An operator's word that an address may ask again; nothing is sent before it confirms. Whether it was suppressed."""
    with transaction.atomic():
        held = Subscriber.objects.select_for_update().get(pk=row.pk)
        if held.state != "suppressed":
            return False
        held.state, held.confirmations = step(SUBSCRIBER, held.state, "lift"), 0
        held.asked_at, held.ended_at = now, None
        held.save()
        Consent.objects.create(subscriber=held, kind="changed", at=now, page="suppression lifted")
    return True


def _move(token: str, event: str, only_from: str, now: datetime) -> None:
    with transaction.atomic():
        row = _locked(token)
        if row is not None and row.state == only_from:
            row.state = step(SUBSCRIBER, row.state, event)
            row.save()
            Consent.objects.create(subscriber=row, kind="changed", at=now, page=event)


def _locked(token: str) -> Subscriber | None:
    if not _TOKEN.fullmatch(token):
        return None
    return Subscriber.objects.select_for_update().filter(token=token).first()


def _subscribe_to_first(row: Subscriber, now: datetime) -> None:
    if row.subscriptions.filter(ended_at__isnull=True).exists():
        return
    again = row.subscriptions.order_by("-ended_at").first()
    if again:  # they come back to what they left
        Subscription.objects.filter(pk=again.pk).update(ended_at=None, all_topics=True)
    elif digest := Digest.objects.filter(retired_at__isnull=True).order_by("pk").first():
        Subscription.objects.create(subscriber=row, digest=digest, since=now)
