"""Lists of sitemaps: which of those they name are worth asking, and what came of asking them.

Rule: a list is asked itself, with its validators, and what it says changed since our last look is fetched once; so
nothing is asked in vain. Of a list that doesn't say, the one for news or the last is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from corante.core.feeds import MAX_ENTRIES, Outcome, ParsedFeed
from corante.models import Feed
from corante.net.client import Answer, Request, fetch_many
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

from .noting import Look

MOST = 3
"""Sitemaps of one list asked in one look."""
MARGIN = timedelta(hours=1)
"""Clocks differ, and a sitemap is written before its list."""


def follow(arrived: Iterable[Sequence[tuple[Answer, Look | None]]]) -> Iterator[list[tuple[Answer, Look]]]:
    """The looks as they come, and last those at lists of sitemaps, with the entries of what they name."""
    lists = list[tuple[Answer, Look]]()
    for some in arrived:
        looks = [(answer, made or Look()) for answer, made in some]
        lists += [one for one in looks if _is_list(one[1])]
        yield [one for one in looks if not _is_list(one[1])]
    for one in _followed(lists):
        yield [one]


def children(index: ParsedFeed, since: datetime | None) -> list[str]:
    """Addresses of the sitemaps of a list that changed after `since`, the newest first; None: the newest alone."""
    dated = sorted(((e.updated, e.url) for e in index.entries if e.updated), reverse=True)
    if dated and since is not None:
        return [url for at, url in dated if at > since - MARGIN][:MOST]
    if dated:
        return [dated[0][1]]
    named = [entry.url for entry in index.entries]
    return ([url for url in named if "news" in url.lower()] or named[-1:])[:1]


def _is_list(look: Look) -> bool:
    return look.parsed is not None and look.parsed.kind == "index"


def _followed(lists: list[tuple[Answer, Look]]) -> Iterator[tuple[Answer, Look]]:
    """1. ask what each names 2. put together what came. One that failed leaves the list as not yet seen."""
    requests = [request for n, (answer, look) in enumerate(lists) for request in _requests(n, answer, look)]
    parts: dict[int, list[tuple[Answer, Look]]] = {n: [] for n in range(len(lists))}
    for answer, look in fetch_many(settings.CORANTE, requests, then=_read):
        parts[answer.request.tag].append((answer, look or Look()))
    for n, (answer, look) in enumerate(lists):
        yield _joined(answer, look, parts[n])


def _requests(n: int, answer: Answer, look: Look) -> list[Request]:
    feed: Feed = answer.request.tag
    since = feed.last_ok_at if feed.imported_at else None
    wanted = children(look.parsed, since) if look.parsed else []
    return [Request(url, tag=n, added_with=feed.url) for url in wanted]


def _read(answer: Answer) -> Look:
    """A sitemap of a list, parsed; runs in a thread, the pool does the work."""
    if answer.outcome is not Outcome.OK:
        return Look()
    try:
        return Look(parsed=doors.feed(answer.body, answer.content_type, answer.url))
    except Poisoned as poison:
        return Look(poison=str(poison))


def _joined(answer: Answer, look: Look, parts: list[tuple[Answer, Look]]) -> tuple[Answer, Look]:
    """The list's answer with all entries; its failure, when a sitemap of it could not be had."""
    failed = next((part for part, read in parts if read.parsed is None), None)
    if failed is not None:
        outcome = Outcome.BAD_ANSWER if failed.outcome is Outcome.OK else failed.outcome
        if outcome in (Outcome.GONE, Outcome.UNMODIFIED):
            outcome = Outcome.NOT_FOUND
        words = f"{failed.url}: {failed.detail}"
        return replace(answer, outcome=outcome, detail=words[:300], retry_s=failed.retry_s), Look()
    entries = [entry for _, read in parts if read.parsed for entry in read.parsed.entries]
    title = next((read.parsed.title for _, read in parts if read.parsed), "")
    joined = ParsedFeed("sitemap", title, entries=tuple(entries[:MAX_ENTRIES]), parser="sitemap")
    return answer, replace(look, parsed=joined)
