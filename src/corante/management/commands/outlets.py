"""`corante outlets`: whom we listen to and how they are, or the list as OPML."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timesince import timesince

from corante.core.feeds import GOOD
from corante.gather import export_opml
from corante.models import Feed

EXAMPLES = """examples:
  corante outlets                      every outlet, its feeds, and how the last look at each ended
  corante outlets --trouble            only those that fail or are not asked any more
  corante outlets --opml > list.opml   the list, for another program or another Corante
"""


class Command(BaseCommand):
    help = "List outlets with their health, or export them as OPML."

    def create_parser(self, *args: Any, **options: Any) -> CommandParser:
        parser = super().create_parser(*args, **options)
        parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--opml", action="store_true", help="write the list as OPML to standard output")
        parser.add_argument("--trouble", action="store_true", help="only feeds in trouble")

    def handle(self, *args: Any, **options: Any) -> None:
        now = datetime.now(UTC)
        if options["opml"]:
            sys.stdout.buffer.write(export_opml(now))
            return
        feeds = list(Feed.objects.select_related("outlet").order_by("outlet__name", "pk"))
        shown = [feed for feed in feeds if _in_trouble(feed)] if options["trouble"] else feeds
        for feed in shown:
            self.stdout.write(f"{feed.outlet.name}  {feed.url}\n    {_health(feed, now)}")
        troubled = sum(map(_in_trouble, feeds))
        self.stdout.write(f"{len(feeds)} feeds, {troubled} in trouble." if feeds else "No outlets yet: corante add URL")


def _in_trouble(feed: Feed) -> bool:
    return feed.state == "gone" or (bool(feed.outcome) and feed.outcome not in GOOD and feed.failures > 0)


def _health(feed: Feed, now: datetime) -> str:
    """How it is, in one line."""
    if feed.state != "active":
        return f"{feed.state}: {feed.detail}".rstrip(": ")
    if feed.last_checked_at is None:
        return "not looked at yet"
    said = f"{timesince(feed.last_checked_at, now)} ago: {feed.detail}"
    return said + (f"  ({feed.failures} failures in a row)" if feed.failures else "")
