"""`corante outlets`: whom we listen to and how they are, or the list as OPML."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser, no_translations
from django.utils.timesince import timesince

from corante.core.cadence import gone_quiet
from corante.core.feeds import GOOD
from corante.gather import export_opml, find_doubles
from corante.management.base import Command as Base
from corante.models import Feed


class Command(Base):
    help = "List outlets with their health, or export them as OPML."
    example = """corante outlets                      every outlet, its feeds, and how the last look at each ended
  corante outlets --trouble            only those that fail, have gone quiet or are not asked any more
  corante outlets --doubles            pairs of feeds that are likely one
  corante outlets --opml > list.opml   the list, for another program or another Corante"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--opml", action="store_true", help="write the list as OPML to standard output")
        parser.add_argument("--doubles", action="store_true", help="only pairs of feeds that are likely one")
        parser.add_argument("--trouble", action="store_true", help="only feeds in trouble")

    @no_translations  # a command speaks English, whatever the site's language
    def handle(self, *args: Any, **options: Any) -> None:
        now = self.clock()
        if options["opml"]:
            sys.stdout.buffer.write(export_opml(now))
            return
        if options["doubles"]:
            self._doubles()
            return
        feeds = list(Feed.objects.select_related("outlet").order_by("outlet__name", "pk"))
        shown = [feed for feed in feeds if _in_trouble(feed, now)] if options["trouble"] else feeds
        for feed in shown:
            self.stdout.write(f"{feed.outlet.name}  {feed.url}\n    {_health(feed, now)}")
        troubled = sum(_in_trouble(feed, now) for feed in feeds)
        self.stdout.write(f"{len(feeds)} feeds, {troubled} in trouble." if feeds else "No outlets yet: corante add URL")

    def _doubles(self) -> None:
        found = find_doubles()
        for pair in found:
            self.stdout.write(f"{pair.double.url}\n  and {pair.kept.url}\n    {pair.why}")
        way_out = "Join a pair with: corante outlet FIRST --same-as SECOND"
        self.stdout.write(way_out if found else "No two feeds look like one.")


def _in_trouble(feed: Feed, now: datetime) -> bool:
    failing = bool(feed.outcome) and feed.outcome not in GOOD and feed.failures > 0
    return feed.state == "gone" or failing or _is_quiet(feed, now)


def _is_quiet(feed: Feed, now: datetime) -> bool:
    return feed.state == "active" and gone_quiet(feed.gap_s, feed.last_new_at, now)


def _health(feed: Feed, now: datetime) -> str:
    """How it is, in one line."""
    if feed.state != "active":
        return f"{feed.state}: {feed.detail}".rstrip(": ")
    if feed.last_checked_at is None:
        return "not looked at yet"
    said = f"{timesince(feed.last_checked_at, now)} ago: {feed.detail}"
    if feed.last_new_at and _is_quiet(feed, now):
        said += f"  (gone quiet: nothing new for {timesince(feed.last_new_at, now)})"
    return said + (f"  ({feed.failures} failures in a row)" if feed.failures else "")
