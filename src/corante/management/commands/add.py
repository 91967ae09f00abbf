"""`corante add`: outlets, by the address of their site or feed, or from an OPML list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante.core.discovery import Candidate
from corante.gather import NotFound, add_feed, feed_at, find_feeds, find_pieces, import_opml, suggest
from corante.management.base import Command as Base
from corante.sandbox.pool import Poisoned


class Command(Base):
    help = "Add outlets: by address of a site or of a feed, or from an OPML list."
    example = """corante add https://news.example.org            finds the site's feeds and adds the likeliest
  corante add news.example.org --pick 2           the second of those it found
  corante add https://news.example.org/feed.xml --name "The Example"
  corante add https://council.example.org/news --suggest                    a page without a feed: what would do
  corante add https://council.example.org/news --selector "article h2"      and that it is to be read so
  corante add --opml subscriptions.opml           every feed of a list"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="*", metavar="URL", help="a site, a page of it, or a feed")
        parser.add_argument("--opml", metavar="FILE", type=Path, help="a list of feeds, as other readers export it")
        parser.add_argument("--name", default="", help="what readers see as the outlet's name")
        parser.add_argument(
            "--selector", default="", metavar="CSS", help="for a page without a feed: where its headlines stand"
        )
        parser.add_argument(
            "--suggest", action="store_true", help="of a page without a feed: which selectors would do; adds nothing"
        )
        parser.add_argument("--pick", type=int, default=1, metavar="N", help="which of the feeds found; the first")

    def handle(self, *args: Any, **options: Any) -> None:
        addresses: list[str] = options["address"]
        if not addresses and options["opml"] is None:
            raise CommandError("name a site, as in: corante add https://news.example.org  (or --opml FILE)")
        if options["name"] and len(addresses) != 1:
            raise CommandError("--name is for one address at a time")
        if options["suggest"]:
            self._suggest(addresses)
            return
        self.selector: str = options["selector"][:300]
        if options["opml"] is not None:
            self._add_list(options["opml"])
        failed = [address for address in addresses if not self._add(address, options["name"], options["pick"])]
        if failed:
            raise CommandError(f"not added: {', '.join(failed)}")

    def _add(self, address: str, name: str, pick: int) -> bool:
        """Add one site; says what was found, and what else there was."""
        try:
            found = [find_pieces(address, self.selector, self.clock())] if self.selector else find_feeds(address)
        except NotFound as error:
            self.stderr.write(f"{address}: {error}")
            return False
        if not 1 <= pick <= len(found):
            self.stderr.write(f"{address} has {len(found)} feeds; --pick must be 1 to {len(found)}")
            return False
        if len(found) > 1:
            self._show(found, pick)
        chosen = found[pick - 1]
        known = feed_at(chosen.url) is not None
        feed = add_feed(chosen, self.clock(), name, self.selector)
        what = "is there already" if known else "added; its news comes with the next round of gathering"
        self.stdout.write(f"{feed.outlet.name} ({feed.url}) {what}.")
        return True

    def _show(self, found: list[Candidate], pick: int) -> None:
        for n, one in enumerate(found, 1):
            mark = "→" if n == pick else " "
            there = "  (there already)" if feed_at(one.url) else ""
            self.stdout.write(
                f"{mark} {n}. {one.title or one.url}  ({one.makes}, {one.entries} entries)  {one.url}{there}"
            )
            if one.sample:
                self.stdout.write(f"       such as: {one.sample}")

    def _suggest(self, addresses: list[str]) -> None:
        """What would pick the headlines of each page, with the first few of them."""
        for address in addresses:
            try:
                found = suggest(address, self.clock())
            except NotFound as error:
                raise CommandError(f"{address}: {error}") from None
            for one in found:
                self.stdout.write(f"--selector '{one.selector}'   {one.entries} headlines, {one.dated} with a date")
                for words in one.samples[:3]:
                    self.stdout.write(f"       {words}")
            if not found:
                self.stdout.write(f"{address}: nothing on it comes back often enough to be a list of headlines.")

    def _add_list(self, file: Path) -> None:
        try:
            done = import_opml(file.read_bytes(), self.clock(), self._say_progress)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}") from None
        except Poisoned as error:
            raise CommandError(f"{file} can't be taken: {error}") from None
        if not done.added and not done.known:
            raise CommandError(f"{file} holds no feeds; is it OPML, as other readers export it?")
        self.stdout.write(f"{done.added} feeds added, {done.known} were there already.")

    def _say_progress(self, done: int, of: int) -> None:
        """Of a long list, how far it is; stopped here, it goes on when it is given again."""
        if done < of:
            self.stdout.write(f"{done} of {of} feeds added …")
