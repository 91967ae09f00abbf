"""Lists of outlets, in and out, as OPML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from corante.core import opml
from corante.core.opml import Outline
from corante.core.urls import feed_key, host_of
from corante.models import Feed
from corante.sandbox import doors

from .adding import outlet_named


@dataclass(frozen=True)
class Imported:
    """What a list came to."""

    added: int = 0
    known: int = 0


def import_opml(body: bytes, now: datetime) -> Imported:
    """Add every feed of a list that is not there yet, at this or another spelling of its address, due now.

    Nothing is fetched: the first gathering says of each whether it lives. Raises Poisoned for what can't be parsed.
    """
    outlines = doors.outlines(body)
    with transaction.atomic():
        known = {feed_key(url) for url in Feed.objects.values_list("url", flat=True)}
        fresh = {feed_key(outline.url): outline for outline in reversed(outlines)}
        added = [outline for key, outline in reversed(fresh.items()) if key not in known]
        for outline in added:
            _add(outline, now)
    return Imported(added=len(added), known=len(outlines) - len(added))


def export_opml(now: datetime) -> bytes:
    """All feeds that are not gone, each once though it has two addresses, as OPML that imports back equal."""
    rows = Feed.objects.exclude(state="gone").filter(same_as=None).select_related("outlet").order_by("pk")
    return opml.write([_outline(feed) for feed in rows], settings.CORANTE.title, now)


def _add(outline: Outline, now: datetime) -> None:
    outlet = outlet_named(
        outline.name or host_of(outline.url),
        outline.home_url,
        now,
        group=outline.group,
        language=outline.language,
        note=outline.note,
    )
    Feed.objects.create(
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
