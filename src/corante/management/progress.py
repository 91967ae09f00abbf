"""Progress of the flow, read from the rows: one line that grows on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TextIO

from django.db.models import Count, Q

from corante.core.lifecycles import DELIVERY_OPEN
from corante.models import Article, Delivery, Dirty, Outlet, Page, Story

EVERY_S = 5.0  # where there is no terminal to draw on


@dataclass(frozen=True)
class Counts:
    """How far the flow has come."""

    outlets: int
    asked: int
    articles: int
    unread: int
    loose: int  # read, not yet in a story
    stories: int
    shared: int  # stories told by two outlets or more
    unfiled: int
    dirty: int
    pages: int
    letters: int
    letters_open: int

    @property
    def settled(self) -> bool:
        """Everything gathered so far is read, grouped, filed and published."""
        due = self.unread + self.loose + self.unfiled + self.dirty
        return bool(self.articles) and self.asked == self.outlets and not due


class Progress:
    """Reads and draws."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.human = out, out.isatty()
        self.last, self.drawn = "", 0.0

    def read(self) -> Counts:
        """Count rows."""
        articles = Article.objects.aggregate(
            n=Count("id"),
            unread=Count("id", filter=Q(reading="pending", reading_tries=0)),
            loose=Count("id", filter=Q(story__isnull=True) & ~Q(reading="pending")),
        )
        stories = Story.objects.filter(merged_into__isnull=True).aggregate(
            n=Count("id"), shared=Count("id", filter=Q(outlets__gt=1)), unfiled=Count("id", filter=Q(unfiled=True))
        )
        letters = Delivery.objects.aggregate(n=Count("id"), open=Count("id", filter=Q(state__in=DELIVERY_OPEN)))
        return Counts(
            outlets=Outlet.objects.filter(feeds__state="active").distinct().count(),
            asked=Outlet.objects.filter(feeds__state="active", feeds__last_checked_at__isnull=False).distinct().count(),
            articles=articles["n"],
            unread=articles["unread"],
            loose=articles["loose"],
            stories=stories["n"],
            shared=stories["shared"],
            unfiled=stories["unfiled"],
            dirty=Dirty.objects.count(),
            pages=Page.objects.filter(gone=False).count(),
            letters=letters["n"],
            letters_open=letters["open"],
        )

    def draw(self, counts: Counts) -> None:
        """Show the counts, in place on a terminal."""
        line = (
            f"outlets {counts.asked}/{counts.outlets} · articles {counts.articles - counts.unread}/{counts.articles} read · "
            f"stories {counts.stories}, {counts.shared} told by several · pages {counts.pages} · "
            f"letters {counts.letters - counts.letters_open}/{counts.letters}"
        )
        if line == self.last or (not self.human and time.monotonic() - self.drawn < EVERY_S):
            return
        self.last, self.drawn = line, time.monotonic()
        self.out.write(f"\r\x1b[2K{line}" if self.human else f"{line}\n")
        self.out.flush()

    def say(self, words: str) -> None:
        """A line that stays."""
        self.out.write(f"\r\x1b[2K{words}\n{self.last}" if self.human else f"{words}\n")
        self.out.flush()
