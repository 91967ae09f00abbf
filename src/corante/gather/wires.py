"""Wires: hubs are asked to push what is new (WebSub), on the way of the ordinary look at a feed.

Rule: asking and renewing hang on looks, which go on for ever, so nothing here needs a clock of its own. Pushing only
ever adds to looking: while it is relied on a feed is looked at once an hour, and once it missed something, as before.

    1. `notice`    a good answer names a hub: the wire is a row, in the transaction of that look
    2. `ask`       after a batch of looks: hubs of those feeds whose wire is due are asked
    3. `verify`    the hub asks back at the callback: yes to what we asked, no to everything else
    4. `hang_up`   feeds no longer asked: their hubs are asked to stop, once an hour
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from corante.core import cadence, hubs, paths
from corante.core.addresses import AddressPolicy
from corante.core.config import Config
from corante.core.feeds import WORDS, Decision, Outcome, ParsedFeed
from corante.core.urls import host_of, port_of
from corante.core.work import Clock
from corante.models import Feed, Wire
from corante.net.client import Answer, Request, fetch_many

DENIED_FOR = timedelta(days=7)
AT_ONCE = 200
log = structlog.get_logger(__name__)


def possible(config: Config) -> bool:
    """Whether hubs could reach us: the site has https, or stands in a network its operator allowed."""
    if urlsplit(config.base_url).scheme == "https":
        return True
    policy, url = AddressPolicy.of(config.allow_network), config.base_url
    return policy.is_private(host_of(url).strip("[]"), port_of(url))


def notice(feed: Feed, answer: Answer, parsed: ParsedFeed | None, now: datetime) -> None:
    """What a good answer says of the feed's hub; another hub or topic begins a new wire. In the look's transaction."""
    if parsed is None or not possible(settings.CORANTE):
        return
    said = hubs.advertised(answer.headers.get("link", ""), parsed.hub, parsed.self_url, answer.url)
    wire: Wire | None = getattr(feed, "wire", None)
    if wire is None and not said.hub:
        return
    if not said.hub:
        _forget(feed)
    elif wire is None or (wire.hub, wire.topic) != (said.hub[:2000], said.topic[:2000]):
        _forget(feed)
        _new(feed, said, now)


def lean_on(feed: Feed, decision: Decision, now: datetime) -> None:
    """Let a feed's wire have its say in when it is looked at next, and keep count of what it missed."""
    wire: Wire | None = getattr(feed, "wire", None)
    if wire is None or not wire.is_live(now):
        return
    if decision.fresh and wire.pushes:
        wire.misses += 1
        Wire.objects.filter(pk=wire.pk).update(misses=F("misses") + 1)
    if wire.is_relied_on(now) and wire.until:
        feed.next_check_at = hubs.next_look(feed.next_check_at, wire.until, now)


def ask(feeds: Iterable[Feed], clock: Clock) -> None:
    """Ask the hubs of these feeds where that is due. A hub that fails is asked again ever later; looks go on."""
    config = settings.CORANTE
    if not possible(config):
        return
    due = Wire.objects.filter(feed__in=[feed.pk for feed in feeds], feed__state="active", next_ask_at__lte=clock())
    wires = [wire for wire in due if _begin(wire, "ask", clock())]
    _send(wires, "subscribe", clock)


def verify(token: str, mode: str, topic: str, lease_seconds: str, now: datetime) -> bool:
    """A hub asks whether we meant it (§5.3): True for what we asked of it, and then it is noted."""
    with transaction.atomic():
        wire = Wire.objects.select_for_update().filter(token=token).first()
        if wire is None or wire.topic != topic:
            return False
        if mode == "subscribe" and wire.state in ("asked", "live"):
            lease = hubs.lease(lease_seconds)
            wire.move("verify")
            wire.until, wire.next_ask_at = now + lease, now + lease / 2
            wire.failures, wire.detail = 0, "the hub pushes what is new"
            wire.save()
            return True
        if mode == "unsubscribe" and wire.state == "ending":
            wire.delete()
            return True
    return False


def deny(token: str, topic: str, reason: str, now: datetime) -> None:
    """A hub says that it will not push (§5.2); it is asked again in a week."""
    with transaction.atomic():
        wire = Wire.objects.select_for_update().filter(token=token, topic=topic).first()
        if wire is None or wire.state not in ("asked", "live", "denied"):
            return
        wire.move("deny")
        wire.until, wire.next_ask_at = None, now + DENIED_FOR
        wire.detail = f"the hub refused: {reason}"[:300] if reason else "the hub refused"
        wire.save()


def hang_up(now: datetime) -> int:
    """Ask the hubs of feeds that are not looked at any more to stop pushing; returns how many were asked."""
    idle = Wire.objects.filter(~Q(feed__state="active") | Q(feed__outlet__removed_at__isnull=False))
    idle.filter(Q(until=None) | Q(until__lte=now)).delete()  # nothing stands at the hub
    wires = idle.exclude(state="ending", next_ask_at__gt=now)[:AT_ONCE]
    left = [wire for wire in wires if _begin(wire, "end", now)]
    _send(left, "unsubscribe", lambda: now)
    return len(left)


def callback(wire: Wire) -> str:
    """Where a hub reaches this wire: under the site's public address, never one read off a request."""
    return str(settings.CORANTE.absolute(paths.websub(wire.token)))


def _begin(wire: Wire, event: str, now: datetime) -> bool:
    """The row says so before the hub is asked, as it may ask back before it has answered; False if another was first."""
    before = wire.next_ask_at
    wire.move(event)
    wire.next_ask_at = now + hubs.VERIFY_WITHIN
    mine = Wire.objects.filter(pk=wire.pk, next_ask_at=before)
    return mine.update(state=wire.state, next_ask_at=wire.next_ask_at) == 1


def _send(wires: list[Wire], mode: str, clock: Clock) -> None:
    requests = [
        Request(wire.hub, tag=wire, form=hubs.fields(mode, wire.topic, callback(wire), wire.secret)) for wire in wires
    ]
    for answer, _ in fetch_many(settings.CORANTE, requests):
        if answer.outcome is not Outcome.OK:
            _failed(answer.request.tag, answer, clock())


def _failed(wire: Wire, answer: Answer, now: datetime) -> None:
    failures = wire.failures + 1
    wait = timedelta(seconds=max(cadence.back_off(answer.outcome, failures), answer.retry_s))
    words = f"the hub {WORDS[answer.outcome]}: {answer.detail}"[:300]
    log.info("gather.hub", feed=wire.pk, hub=wire.hub, said=words)
    Wire.objects.filter(pk=wire.pk).update(failures=failures, next_ask_at=now + wait, detail=words)


def _new(feed: Feed, said: hubs.Advertised, now: datetime) -> None:
    Wire.objects.create(
        feed=feed,
        hub=said.hub[:2000],
        topic=said.topic[:2000],
        token=secrets.token_hex(16),
        secret=secrets.token_hex(32),
        next_ask_at=now,
    )


def _forget(feed: Feed) -> None:
    """The old hub learns by 410 Gone at its next push: its token leads nowhere now."""
    Wire.objects.filter(feed=feed).delete()
    feed._state.fields_cache.pop("wire", None)
