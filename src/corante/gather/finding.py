"""Finding the feeds of a site: what its page links to, what its kind of site is known for, where feeds usually stand.

Rule: a candidate is only shown after it was fetched and parsed. Looking for feeds writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from django.conf import settings

from corante.core import discovery
from corante.core.discovery import Candidate, FeedLink, FrontPage
from corante.core.feeds import WORDS, Outcome, ParsedFeed
from corante.core.urls import host_of, port_of
from corante.net.client import Answer, Request, fetch_many, fetch_one
from corante.net.politeness import Robots
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

from .indexes import children

SAMPLES = 3
"""Headlines shown of a candidate."""
DEADLINE_S = 90.0
"""For looking for feeds at one address, all in all: thirty places of a host, two seconds apart, and then some."""
MOMENT_S = 0.1
_OWN = "If you know the feed's address, add that."
Left = Callable[[], float]
"""Seconds that are left for looking."""


class NotFound(Exception):
    """No feed could be found at an address; the message says why and what to do."""


def find_feeds(address: str) -> list[Candidate]:
    """The feeds of a site, the likeliest first; `address` is a site, a page of it, or a feed itself.

    1. fetch the address: a feed is its own answer
    2. else try what its page links to, what its kind of site is known for, what a directory says of it
    3. else try the places where feeds usually stand
    4. else the sitemaps its robots.txt names, and where sitemaps usually stand
    A page that can't be had may still have feeds: steps 2 to 4 are tried all the same. Ends after DEADLINE_S, however
    many places there are and however slowly the host answers. Raises NotFound, never returns nothing.
    """
    left = _countdown(DEADLINE_S)
    page = first_answer(address, left=left)
    parsed = parsed_of(page)
    if parsed.kind:
        return _itself(page, parsed, left)
    front = _front(page)
    said = [*front.links, *discovery.header_links(page.headers.get("link", ""))]
    linked = discovery.ordered([*said, *discovery.conventions(page.url), *_listed(page.url, left)], page.url)
    found = (
        _verified(linked, page.url, left)
        or _verified(discovery.well_known(page.url), page.url, left)
        or _verified(_sitemaps(page.url, left), page.url, left)
        or _verified(discovery.plain_sitemaps(page.url), page.url, left)
    )
    if not found:
        raise NotFound(_nothing(page) if left() else f"{page.url} answers so slowly that we stopped looking. {_OWN}")
    return discovery.best_first(found)


def first_answer(address: str, robots: bool = False, left: Left = lambda: DEADLINE_S) -> Answer:
    """The first of the readings of an address that answers, or a refusal of a server that is there.

    Raises NotFound with the reason of the last when no server was reached.
    """
    tried = discovery.addresses(address)
    if not tried:
        raise NotFound(f"{address!r} is no address of the web; write it as https://example.org")
    answers = list[Answer]()
    for url in tried:
        if answers and not left():
            break
        answers.append(fetch_one(settings.CORANTE, replace(_request(url, left=left), robots=robots)))
        if answers[-1].outcome is Outcome.OK:
            return answers[-1]
    spoke = next((answer for answer in answers if answer.status), None)
    if spoke is None:
        raise NotFound(refusal(answers[0]))
    return spoke


def refusal(answer: Answer) -> str:
    """Why an address gave nothing, in words, with the way out where we know one."""
    return f"{answer.url} {WORDS[answer.outcome]} ({answer.detail}).{_way_out(answer)}"


def parsed_of(answer: Answer) -> ParsedFeed:
    """The answer as a feed; of kind "" when it is none."""
    if answer.outcome is not Outcome.OK:
        return ParsedFeed()
    try:
        return doors.feed(answer.body, answer.content_type, answer.url)
    except Poisoned:
        return ParsedFeed()


def candidate(answer: Answer, parsed: ParsedFeed | None, link: FeedLink) -> Candidate | None:
    """What an editor is shown of a feed that was read; None when it is none, or a sitemap that names no piece."""
    if parsed is None or not parsed.kind or parsed.kind == "index":
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
        samples=tuple(titled[:SAMPLES]),
    )


def _itself(page: Answer, parsed: ParsedFeed, left: Left) -> list[Candidate]:
    """An address that is a feed's own; of a list of sitemaps, what its newest tells."""
    link = FeedLink(page.url)
    known = candidate(page, parsed, link)
    found = [known] if known else _verified([link], page.url, left) if parsed.kind == "index" else []
    if not found:
        raise NotFound(f"{page.url} is a sitemap whose addresses spell no headlines: nothing can be told from it")
    return found


def _nothing(page: Answer) -> str:
    if page.outcome is not Outcome.OK:
        return f"{refusal(page)} Nor did we find a feed where feeds of such sites usually stand."
    return (
        f"{page.url} has no feed we could find. {_OWN} "
        "Of a page without any, say where its headlines stand: corante add URL --selector 'h2 a'"
    )


def _way_out(answer: Answer) -> str:
    if answer.outcome is Outcome.BLOCKED_ADDRESS:
        place = f"{host_of(answer.url)}/32:{port_of(answer.url)}" if host_of(answer.url)[:1].isdigit() else "10.0.0.0/8"
        return f' If this is a network of yours, allow it in corante.toml: allow_network = ["{place}"]'
    if answer.outcome is Outcome.NO_SUCH_HOST:
        return " Check the spelling."
    return ""


def _verified(links: Iterable[FeedLink], site: str, left: Left) -> list[Candidate]:
    """Those of the links that turn out in time to be feeds, each once; a list of sitemaps by its newest."""
    requests = [_request(link.url, link, site, left) for link in links]
    looked = list(fetch_many(settings.CORANTE, requests, parsed_of, left())) if left() else []
    found: dict[str, Candidate] = {}
    for answer, parsed in [*looked, *_followed(looked, site, left)]:
        one = candidate(answer, parsed, answer.request.tag)
        if one is not None:
            found.setdefault(one.url, one)
    order = [request.url for request in requests]
    return sorted(found.values(), key=lambda c: order.index(c.url) if c.url in order else len(order))


def _followed(
    looked: Iterable[tuple[Answer, ParsedFeed | None]], site: str, left: Left
) -> list[tuple[Answer, ParsedFeed | None]]:
    """For each list of sitemaps its newest one, read as what the list's own address tells."""
    requests = [
        _request(address, answer.request.tag, site, left)
        for answer, parsed in looked
        if parsed is not None and parsed.kind == "index"
        for address in children(parsed, None)[:1]
    ]
    return list(fetch_many(settings.CORANTE, requests, parsed_of, left())) if requests and left() else []


def _listed(page: str, left: Left) -> list[FeedLink]:
    asked = discovery.directory(page)
    answer = fetch_one(settings.CORANTE, _request(asked, left=left)) if asked and left() else None
    return discovery.listed(answer.body[:500_000].decode("utf-8", "replace")) if answer else []


def _sitemaps(site: str, left: Left) -> list[FeedLink]:
    if not left():
        return []
    answer = fetch_one(settings.CORANTE, _request(Robots.address(site), site=site, left=left))
    return discovery.sitemaps(answer.body[:500_000].decode("utf-8", "replace")) if answer.body else []


def _request(url: str, link: FeedLink | None = None, site: str = "", left: Left = lambda: DEADLINE_S) -> Request:
    """A person is waiting: neither the answer nor the host's turn is waited for longer than there is time left."""
    total_s, patience_s = max(MOMENT_S, min(30.0, left())), min(60.0, left())
    return Request(url, tag=link, total_s=total_s, patience_s=patience_s, insist=True, added_with=site or url)


def _countdown(seconds: float) -> Left:
    """What is left of so many seconds, 0 in the end."""
    ends = time.monotonic() + seconds
    return lambda: max(0.0, ends - time.monotonic())


def _front(answer: Answer) -> FrontPage:
    if answer.outcome is not Outcome.OK:
        return FrontPage()
    try:
        return doors.front_page(answer.body, answer.content_type, answer.url)
    except Poisoned:
        return FrontPage()
