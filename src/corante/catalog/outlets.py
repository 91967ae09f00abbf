"""What an outlet's page and the index of outlets hold, as frozen values.

Rule: as for every page (`pages.py`): what may be seen is asked of `visibility`, and no more is read than is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from corante.core import paths
from corante.models import Outlet

from .frames import Head
from .pages import LISTED
from .teasers import link
from .visibility import public_articles


@dataclass(frozen=True)
class OutletPage:
    """An outlet: where it is, and what it told lately."""

    page: Head
    name: str
    home_url: str
    language: str
    owner: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Piece:
    """One piece of an outlet, and the story it belongs to."""

    title: str
    url: str
    language: str
    at: datetime
    story: int
    outlets: int


@dataclass(frozen=True)
class OutletLine:
    """An outlet in the index."""

    name: str
    slug: str
    home_url: str
    language: str
    feeds: tuple[str, ...] = field(default=())


def outlet_page(number: int) -> OutletPage | None:
    """An outlet's newest public pieces; None if there is no such outlet or it was taken down."""
    one = Outlet.objects.filter(pk=number, removed_at__isnull=True).first()
    if one is None:
        return None
    told = public_articles().filter(outlet=number).order_by("-published_at", "-pk")[:LISTED]
    rows = told.values_list("title", "url", "language", "published_at", "story_id", "story__outlets")
    about = _("What %(outlet)s told lately, and where to read it.") % {"outlet": one.name}
    return OutletPage(
        Head(paths.outlet(one.slug), one.name, about),
        one.name,
        one.home_url if one.home_url.startswith(("http://", "https://")) else "",
        one.language,
        one.owner,
        tuple(
            Piece(title, link(url, paths.story(story or 0)), language, at, story or 0, n)
            for title, url, language, at, story, n in rows
        ),
    )


def index() -> tuple[OutletLine, ...]:
    """Every outlet we listen to, by name."""
    rows = Outlet.objects.filter(removed_at__isnull=True).prefetch_related("feeds")
    lines = [
        OutletLine(o.name, o.slug, o.home_url, o.language, tuple(f.url for f in o.feeds.all() if f.kind == "feed"))
        for o in rows
    ]
    return tuple(sorted(lines, key=lambda line: line.name.casefold()))
