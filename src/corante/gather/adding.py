"""Finding the feeds of a site and adding one.

Rule: a candidate is only shown or added after it was fetched and parsed. Looking for feeds writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from corante.core import discovery
from corante.core.discovery import Candidate, FeedLink, FrontPage
from corante.core.feeds import WORDS, Outcome, ParsedFeed
from corante.core.urls import host_of, port_of
from corante.core.work import Clock
from corante.models import Feed, Outlet
from corante.net.client import Answer, Request, fetch_many, fetch_one
from corante.net.politeness import Robots
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

from .standing import claimed_home


class NotFound(Exception):
    """No feed could be found at an address; the message says why and what to do."""


def find_feeds(address: str) -> list[Candidate]:
    """The feeds of a site, the likeliest first; `address` is a site, a page of it, or a feed itself.

    1. fetch the address: a feed is its own answer
    2. else try what its page links to and what its kind of site is known for
    3. else try the places where feeds usually stand
    4. else the sitemaps its robots.txt names, where they are of news
    Raises NotFound, never returns nothing.
    """
    page = _first_answer(address)
    itself = _candidate(page, _feed(page), FeedLink(page.url))
    if itself is not None:
        return [itself]
    front = _front(page)
    linked = discovery.ordered([*front.links, *discovery.conventions(page.url)], page.url)
    found = (
        _verified(linked, page.url)
        or _verified(discovery.well_known(page.url), page.url)
        or _verified(_sitemaps(page.url), page.url)
    )
    if not found:
        raise NotFound(
            f"{page.url} has no feed we could find. If you know its address, add that; "
            "of a page without any, say where its headlines stand: corante add URL --selector 'h2 a'"
        )
    return discovery.best_first(found)


def add_site(address: str, clock: Clock, name: str = "", pick: int = 1) -> tuple[Feed, list[Candidate]]:
    """Find a site's feeds and add the `pick`-th (from 1); also returns all candidates. Raises NotFound."""
    candidates = find_feeds(address)
    if not 1 <= pick <= len(candidates):
        raise NotFound(f"{address} has {len(candidates)} feeds; --pick must be 1 to {len(candidates)}")
    return add_feed(candidates[pick - 1], clock(), name), candidates


def find_pieces(address: str, selector: str) -> Candidate:
    """A page without a feed, as one: the pieces `selector` picks there. Raises NotFound when it picks none."""
    page = _first_answer(address)
    try:
        parsed = doors.listing(page.body, page.content_type, page.url, selector)
    except Poisoned as reason:
        raise NotFound(f"{page.url} can't be read so: {reason}") from None
    found = _candidate(page, parsed, FeedLink(page.url, how="selector"))
    if found is None or not found.entries:
        raise NotFound(
            f"{selector!r} picks no headline with a link at {page.url}; look at the page's source and try another"
        )
    return found


def add_feed(candidate: Candidate, now: datetime, name: str = "", selector: str = "") -> Feed:
    """The feed as a row, due now, with its outlet; the one that is there already if its address is."""
    with transaction.atomic():
        if known := Feed.objects.filter(url=candidate.url).first():
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


def outlet_named(name: str, home_url: str, now: datetime, **values: str) -> Outlet:
    """The outlet of this name and site, made if there is none yet."""
    name = " ".join(name.split())[:200]
    if known := Outlet.objects.filter(name=name, home_url=home_url).first():
        return known
    return Outlet.objects.create(name=name, slug=_slug(name, home_url), home_url=home_url, created_at=now, **values)


def _sitemaps(site: str) -> list[FeedLink]:
    answer = fetch_one(settings.CORANTE, _request(Robots.address(site), site=site))
    return discovery.sitemaps(answer.body[:500_000].decode("utf-8", "replace")) if answer.body else []


def _first_answer(address: str) -> Answer:
    """The first of the readings of an address that answers; raises NotFound with the reason of the last."""
    tried = discovery.addresses(address)
    if not tried:
        raise NotFound(f"{address!r} is no address of the web; write it as https://example.org")
    for url in tried:
        answer = fetch_one(settings.CORANTE, _request(url))
        if answer.outcome is Outcome.OK:
            return answer
    raise NotFound(f"{answer.url} {WORDS[answer.outcome]} ({answer.detail}).{_way_out(answer)}")


def _way_out(answer: Answer) -> str:
    if answer.outcome is Outcome.BLOCKED_ADDRESS:
        place = f"{host_of(answer.url)}/32:{port_of(answer.url)}" if host_of(answer.url)[:1].isdigit() else "10.0.0.0/8"
        return f' If this is a network of yours, allow it in corante.toml: allow_network = ["{place}"]'
    if answer.outcome is Outcome.NO_SUCH_HOST:
        return " Check the spelling."
    return ""


def _verified(links: Iterable[FeedLink], site: str) -> list[Candidate]:
    """Those of the links that turn out to be feeds, each once."""
    requests = [_request(link.url, link, site) for link in links]
    found: dict[str, Candidate] = {}
    for answer, parsed in fetch_many(settings.CORANTE, requests, then=_feed):
        candidate = _candidate(answer, parsed, answer.request.tag)
        if candidate is not None:
            found.setdefault(candidate.url, candidate)
    order = [link.url for link in (request.tag for request in requests)]
    return sorted(found.values(), key=lambda c: order.index(c.url) if c.url in order else len(order))


def _request(url: str, link: FeedLink | None = None, site: str = "") -> Request:
    return Request(url, tag=link, total_s=30, patience_s=60, added_with=site or url)


def _feed(answer: Answer) -> ParsedFeed:
    """The answer as a feed; of kind "" when it is none."""
    if answer.outcome is not Outcome.OK:
        return ParsedFeed()
    try:
        return doors.feed(answer.body, answer.content_type, answer.url)
    except Poisoned:
        return ParsedFeed()


def _front(answer: Answer) -> FrontPage:
    try:
        return doors.front_page(answer.body, answer.content_type, answer.url)
    except Poisoned:
        return FrontPage()


def _candidate(answer: Answer, parsed: ParsedFeed | None, link: FeedLink) -> Candidate | None:
    if parsed is None or not parsed.kind:
        return None
    titled = [entry.title for entry in parsed.entries if entry.title]
    if parsed.kind == "sitemap" and not titled:
        return None
    return Candidate(
        url=link.url or answer.url,
        title=parsed.title or link.title,
        kind=parsed.kind,
        entries=len(parsed.entries),
        sample=titled[0] if titled else "",
        home_url=parsed.home_url,
        language=parsed.language,
        how=link.how,
    )


def _slug(name: str, home_url: str) -> str:
    """A short name for addresses, unique."""
    stem = slugify(name)[:70].strip("-") or slugify(host_of(home_url).replace(".", "-"))[:70] or "outlet"
    taken = set(Outlet.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := stem if n == 1 else f"{stem}-{n}") not in taken)
