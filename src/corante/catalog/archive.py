"""What stands in the public record: past letters, and what was put right.

Rule: an edition shows the words its items had at the freeze; a story taken from view since is left out, and the
page says how many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from corante.core import paths
from corante.core.composing import ItemContent
from corante.models import Change, Edition, Item

from .dates import Almanac
from .frames import Head
from .remarks import sentences
from .teasers import link
from .visibility import public_articles, public_stories

SENT = ("frozen", "sending", "paused", "closed")
NEWEST_EDITIONS = 400
NEWEST_CORRECTIONS = 100
LOOKED_AT = 300
PIECE = ("pk", "title", "url", "language", "story_id", "outlet__name", "outlet__slug")


@dataclass(frozen=True)
class EditionLine:
    """A past letter in the index."""

    digest: str
    path: str
    on: date
    number: int
    subject: str


@dataclass(frozen=True)
class Told:
    """An item of an edition."""

    content: ItemContent
    kind: str
    listed: bool
    told_at: datetime
    url: str

    @property
    def path(self) -> str:
        """The story's page."""
        return paths.story(self.content.story)

    @property
    def note(self) -> str:
        """Of a development or correction: what happened, in the language that is active."""
        return sentences(self.content.remarks)


@dataclass(frozen=True)
class Chapter:
    """A topic's items in an edition."""

    name: str
    slug: str
    items: tuple[Told, ...]


@dataclass(frozen=True)
class EditionPage:
    """One edition, as it was sent: the letter's "view in browser"."""

    page: Head
    digest: str
    on: date
    number: int
    subject: str
    chapters: tuple[Chapter, ...]
    withdrawn: int  # items whose story is not public any more


@dataclass(frozen=True)
class Correction:
    """What an outlet corrected or took back in a piece we showed."""

    kind: str
    title: str
    url: str
    language: str
    outlet: str
    outlet_slug: str
    story: int
    before: str
    after: str
    at: datetime


def editions() -> tuple[EditionLine, ...]:
    """Past letters, the newest first."""
    before = Edition.objects.filter(digest=OuterRef("digest"), date=OuterRef("date"), pk__lt=OuterRef("pk"))
    again = Coalesce(Subquery(before.order_by().values("digest").annotate(n=Count("pk")).values("n")), 0)
    rows = Edition.objects.filter(state__in=SENT).order_by("-slot_at").annotate(again_=again)
    found = rows.values_list("digest__name", "digest__slug", "date", "again_", "number", "subject")[:NEWEST_EDITIONS]
    return tuple(
        EditionLine(name, paths.edition(slug, on, n), on, number, subject)
        for name, slug, on, n, number, subject in found
    )


def edition_page(number: int, almanac: Almanac) -> EditionPage | None:
    """An edition's page; None while it is held or after it was folded."""
    edition = Edition.objects.filter(pk=number, state__in=SENT).select_related("digest").first()
    if edition is None:
        return None
    items = list(_items(edition))
    stories = {item.content.story for _, item in items}
    public = set(public_stories().filter(pk__in=stories).values_list("pk", flat=True))
    chapters: dict[tuple[str, str], list[Told]] = {}
    for topic, item in items:
        if item.content.story in public:
            chapters.setdefault(topic, []).append(item)
            public.discard(item.content.story)  # a story stands once, under its first topic
    name = f"{edition.digest.name}, {almanac.day(edition.date)}"
    told = sum(len(items) for items in chapters.values())
    return EditionPage(
        Head(
            paths.edition(edition.digest.slug, edition.date, edition.again),
            name,
            edition.preheader or edition.subject or name,
        ),
        edition.digest.name,
        edition.date,
        edition.number,
        edition.subject,
        tuple(Chapter(*topic, tuple(items)) for topic, items in chapters.items()),
        len(stories) - told,
    )


def corrections() -> tuple[Correction, ...]:
    """The newest corrections and withdrawals of pieces in public stories."""
    newest = Change.objects.filter(kind__in=("corrected", "withdrawn")).order_by("-at")
    changes = list(newest.values_list("kind", "article_id", "before", "after", "at")[:LOOKED_AT])
    pieces = {row["pk"]: row for row in public_articles().filter(pk__in={c[1] for c in changes}).values(*PIECE)}
    shown = [change for change in changes if change[1] in pieces][:NEWEST_CORRECTIONS]
    return tuple(_correction(pieces[a], kind, before, after, at) for kind, a, before, after, at in shown)


def _correction(piece: Mapping[str, Any], kind: str, before: str, after: str, at: datetime) -> Correction:
    return Correction(
        kind,
        piece["title"],
        link(piece["url"], paths.story(piece["story_id"])),
        piece["language"],
        piece["outlet__name"],
        piece["outlet__slug"],
        piece["story_id"],
        before,
        after,
        at,
    )


def _items(edition: Edition) -> Iterable[tuple[tuple[str, str], Told]]:
    rows = Item.objects.filter(edition=edition).order_by("position", "pk")
    found = rows.values_list("topic__name", "topic__slug", "content", "kind", "listed")
    for topic, slug, content, kind, listed in found:
        value = ItemContent.from_json(content)
        url = link(value.url, paths.story(value.story))
        yield (topic, slug), Told(value, kind, listed, datetime.fromisoformat(value.told_at), url)
