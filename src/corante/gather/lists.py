"""Lists of outlets, in and out, as OPML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from corante.core import opml
from corante.core.opml import Outline
from corante.core.urls import feed_key, host_of
from corante.models import Feed, Outlet
from corante.sandbox import doors

from .adding import new_outlet, spelt

PORTION = 500
"""Feeds added in one transaction: a second of nobody else writing."""


@dataclass(frozen=True)
class Imported:
    """What a list came to."""

    added: int = 0
    known: int = 0


def import_opml(body: bytes, now: datetime, said: Callable[[int, int], None] = lambda done, of: None) -> Imported:
    """Add every feed of a list that is not there yet, at this or another spelling of its address, due now.

    Nothing is fetched: the first gathering says of each whether it lives. Added in portions, after each of which `said`
    is told how many of how many are done; stopped anywhere, the same list again adds the rest. Raises Poisoned for what
    can't be parsed.
    """
    outlines = doors.outlines(body)
    known = {feed_key(url) for url in Feed.objects.values_list("url", flat=True)}
    fresh = {feed_key(outline.url): outline for outline in reversed(outlines)}
    wanted = [outline for key, outline in reversed(fresh.items()) if key not in known]
    added = 0
    for at in range(0, len(wanted), PORTION):
        added += _add(wanted[at : at + PORTION], now)
        said(min(at + PORTION, len(wanted)), len(wanted))
    return Imported(added=added, known=len(outlines) - added)


def export_opml(now: datetime) -> bytes:
    """All feeds that are not gone, each once though it has two addresses, as OPML that imports back equal."""
    rows = Feed.objects.exclude(state="gone").filter(same_as=None).select_related("outlet").order_by("pk")
    return opml.write([_outline(feed) for feed in rows], settings.CORANTE.title, now)


@transaction.atomic
def _add(outlines: Sequence[Outline], now: datetime) -> int:
    """A portion of a list, whole or not at all: the outlets are looked for together, since names have no index."""
    there = set(Feed.objects.filter(url__in=[one.url for one in outlines]).values_list("url", flat=True))
    named = Outlet.objects.filter(name__in={_name(one) for one in outlines})
    outlets = {(outlet.name, outlet.home_url): outlet for outlet in named.order_by("-pk")}
    feeds = [_feed(one, _outlet(one, outlets, now), now) for one in outlines if one.url not in there]
    return len(Feed.objects.bulk_create(feeds))


def _outlet(outline: Outline, outlets: dict[tuple[str, str], Outlet], now: datetime) -> Outlet:
    key = _name(outline), outline.home_url
    if key not in outlets:
        values = {"group": outline.group, "language": outline.language, "note": outline.note}
        outlets[key] = new_outlet(*key, now, **values)
    return outlets[key]


def _name(outline: Outline) -> str:
    return spelt(outline.name or host_of(outline.url))


def _feed(outline: Outline, outlet: Outlet, now: datetime) -> Feed:
    return Feed(
        outlet=outlet,
        url=outline.url,
        kind=outline.kind,
        selector=outline.selector,
        created_at=now,
        next_check_at=now,
    )


def _outline(feed: Feed) -> Outline:
    of = feed.outlet
    return Outline(feed.url, of.name, of.home_url, of.group, of.language, of.note, feed.kind, feed.selector)
