"""Adding a feed, with its outlet.

Rule: one address of a feed is one row, whatever its scheme, `www.` or slash; an outlet is told by name and site.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from corante.core.discovery import Candidate
from corante.core.urls import feed_key, host_of
from corante.core.work import Clock
from corante.models import Feed, Outlet

from .finding import NotFound, find_feeds
from .standing import claimed_home


def add_site(address: str, clock: Clock, name: str = "", pick: int = 1) -> tuple[Feed, list[Candidate]]:
    """Find a site's feeds and add the `pick`-th (from 1); also returns all candidates. Raises NotFound."""
    candidates = find_feeds(address)
    if not 1 <= pick <= len(candidates):
        raise NotFound(f"{address} has {len(candidates)} feeds; --pick must be 1 to {len(candidates)}")
    return add_feed(candidates[pick - 1], clock(), name), candidates


def add_feed(candidate: Candidate, now: datetime, name: str = "", selector: str = "") -> Feed:
    """The feed as a row, due now, with its outlet; the one that is there already if its address is."""
    with transaction.atomic():
        if known := feed_at(candidate.url):
            return known
        title = name or candidate.title or host_of(candidate.url)
        outlet = outlet_named(title, claimed_home(candidate.home_url, candidate.url), now)
        return Feed.objects.create(
            outlet=outlet,
            url=candidate.url,
            kind=candidate.kind if candidate.kind in ("sitemap", "page") else "feed",
            selector=selector,
            title=candidate.title[:300],
            created_at=now,
            next_check_at=now,
        )


def feed_at(url: str) -> Feed | None:
    """The feed at an address, or at another spelling of it: http or https, with or without www. or the last slash."""
    if known := Feed.objects.filter(url=url).first():
        return known
    wanted, host = feed_key(url), host_of(url).removeprefix("www.")
    alike = Feed.objects.filter(url__icontains=f"//{host}") | Feed.objects.filter(url__icontains=f"//www.{host}")
    return next((feed for feed in alike.order_by("pk") if feed_key(feed.url) == wanted), None)


def outlet_named(name: str, home_url: str, now: datetime, **values: str) -> Outlet:
    """The outlet of this name and site, made if there is none yet."""
    name = spelt(name)
    known = Outlet.objects.filter(name=name, home_url=home_url).first()
    return known or new_outlet(name, home_url, now, **values)


def new_outlet(name: str, home_url: str, now: datetime, **values: str) -> Outlet:
    """An outlet that is not there yet, under a short name of its own."""
    return Outlet.objects.create(name=name, slug=_slug(name, home_url), home_url=home_url, created_at=now, **values)


def spelt(name: str) -> str:
    """An outlet's name as it is kept."""
    return " ".join(name.split())[:200]


def _slug(name: str, home_url: str) -> str:
    """A short name for addresses, unique."""
    stem = slugify(name)[:70].strip("-") or slugify(host_of(home_url).replace(".", "-"))[:70] or "outlet"
    if not _taken(stem):
        return stem
    low, high = 1, 2
    while _taken(f"{stem}-{high}"):  # a list may name ten thousand alike: the next free number in few looks
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _taken(f"{stem}-{middle}") else (low, middle)
    return f"{stem}-{high}"


def _taken(slug: str) -> bool:
    return Outlet.objects.filter(slug=slug).exists()
