"""`corante outlet`: one outlet's feeds: how they are, pause, resume, ask now, two addresses of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser, no_translations
from django.utils.timesince import timesince

from corante import gather
from corante.core.work import Impossible
from corante.management.base import Command as Base
from corante.models import Feed, Fetch

SHOWN = 8
"""Looks that are listed of a feed."""


class Command(Base):
    help = "Show an outlet's feeds and how they were lately; pause, resume, ask now, join two addresses of one feed."
    example = """corante outlet "Harbour Post"                   its feeds, and how the last looks at each ended
  corante outlet https://harbour.example/feed.xml --fetch
  corante outlet "Harbour Post" --pause --why "moves house"
  corante outlet "Harbour Post" --resume
  corante outlet http://harbour.example/rss --same-as https://harbour.example/feed.xml"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("which", help="an outlet's name or short name, or the address of one feed")
        doing = parser.add_mutually_exclusive_group()
        doing.add_argument("--pause", action="store_true", help="ask no more until resumed")
        doing.add_argument("--resume", action="store_true", help="ask again, at once")
        doing.add_argument("--fetch", action="store_true", help="ask next, in full, whatever the timetable")
        doing.add_argument("--same-as", metavar="URL", default="", help="this feed is that one at another address")
        parser.add_argument("--why", default="", help="for the log")

    @no_translations  # a command speaks English, whatever the site's language
    def handle(self, *args: Any, **options: Any) -> None:
        now, why = self.clock(), options["why"][:500]
        feeds = _feeds(options["which"])
        if options["same_as"]:
            self._join(feeds, options["same_as"], why, now)
        elif options["pause"]:
            self._each(feeds, "active", lambda feed: gather.pause(feed, None, why, now), "is not asked any more")
        elif options["resume"]:
            self._each(feeds, "paused gone", lambda feed: gather.resume(feed, None, why, now), "is asked again")
        elif options["fetch"]:
            self._each(feeds, "active", lambda feed: gather.fetch_now(feed, now), "is next: the worker asks it")
        else:
            for feed in feeds:
                self._show(feed, now)

    def _each(self, feeds: list[Feed], states: str, doing: Callable[[Feed], object], words: str) -> None:
        """Those feeds it can be done to; when there is none, why not."""
        fit = [feed for feed in feeds if feed.state in states.split()]
        for feed in fit or feeds:
            try:
                doing(feed)
            except Impossible as error:
                raise CommandError(f"{feed.url}: {error}") from None
            self.stdout.write(f"{feed.outlet.name} ({feed.url}) {words}.")

    def _join(self, feeds: list[Feed], kept: str, why: str, now: datetime) -> None:
        if len(feeds) != 1:
            raise CommandError("this outlet has several feeds: name the address of the one that is too many")
        other = gather.feed_at(kept)
        if other is None:
            raise CommandError(f"there is no feed at {kept}; see: corante outlets")
        try:
            gather.join_feeds(other, feeds[0], None, why, now)
        except Impossible as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{feeds[0].url} is not asked any more: {other.url} tells the same.")

    def _show(self, feed: Feed, now: datetime) -> None:
        self.stdout.write(f"{feed.outlet.name}  {feed.url}  ({feed.get_kind_display()}, {feed.state})")
        if feed.same_as:
            self.stdout.write(f"  the same feed as {feed.same_as.url}")
        for look in Fetch.objects.filter(feed=feed).order_by("-at")[:SHOWN]:
            self.stdout.write(f"  {timesince(look.at, now)} ago: {look.detail or look.outcome}  [{look.outcome}]")
        if feed.last_checked_at is None:
            self.stdout.write("  not looked at yet")


def _feeds(which: str) -> list[Feed]:
    """The feed at this address, or all of the outlet of this name. Raises CommandError when there is neither."""
    if "://" in which:
        found = gather.feed_at(which)
        feeds = [found] if found else []
    else:
        named = Feed.objects.filter(outlet__name__iexact=which) | Feed.objects.filter(outlet__slug=which)
        feeds = list(named.select_related("outlet", "same_as").order_by("pk"))
    if not feeds:
        raise CommandError(f"no outlet or feed is called {which!r}; `corante outlets` lists them")
    return feeds
