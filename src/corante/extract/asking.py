"""Which articles' pages are due, and asking for them.

    1. claim: each row's next try is pushed forward before anything is tried, so a crash can't loop on it
    2. ask: pages by way of net, robots and pace respected; each parsed in the sandbox as it arrives
    3. keep: one transaction an article (keeping.py), in order of arrival

What can still go wrong: killed between 2 and 3, an article is asked for again three minutes later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import Error

from corante.core.config import Config
from corante.core.pages import Page
from corante.core.work import Clock, Tally
from corante.models import Article
from corante.net.client import PAGE_CAP, Answer, Request, fetch_many
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

from .keeping import keep

log = structlog.get_logger(__name__)

CLAIMED = timedelta(minutes=1)  # after a crash; what a job in hand holds the engine does not hand out again
PAGE_S = 20.0


@dataclass(frozen=True)
class Due:
    """What is needed to ask for one article's page, away from the database."""

    id: int
    url: str
    validator: str
    selector: str
    feed_html: str
    feed_url: str


@dataclass(frozen=True)
class Found:
    """What the sandbox made of an answer and of the content the feed carried; `poison` says why there is no page."""

    page: Page | None = None
    carried: Page | None = None
    poison: str = ""


def due(now: datetime, limit: int) -> list[int]:
    """Articles whose page is due, oldest first."""
    rows = Article.objects.filter(next_read_at__lte=now).order_by("next_read_at")
    return list(rows.values_list("id", flat=True)[:limit])


def work(ids: list[int], clock: Clock) -> Tally:
    """Read these articles' pages. `made` counts articles with an excerpt from text, `failed` those without a page."""
    config: Config = settings.CORANTE
    wanted = {one.id: one for one in _claim(ids, clock())}
    tally = Tally()
    for answer, found in fetch_many(config, map(_request, wanted.values()), lambda a: _open(wanted[a.request.tag], a)):
        tally += _kept(answer, found or Found(), config, clock())
    return tally


def _claim(ids: list[int], now: datetime) -> list[Due]:
    rows = Article.objects.filter(pk__in=ids, next_read_at__lte=now).select_related("outlet", "feed", "body")
    return [_due(row) for row in rows.order_by("next_read_at") if _push(row, now)]


def _push(row: Article, now: datetime) -> bool:
    mine = Article.objects.filter(pk=row.pk, next_read_at=row.next_read_at)
    return mine.update(next_read_at=now + CLAIMED) == 1


def _due(row: Article) -> Due:
    body = getattr(row, "body", None)
    return Due(
        row.pk,
        row.url,
        row.page_etag if row.reading == "read" else "",
        row.outlet.body_selector,
        body.feed_html if body else "",
        row.feed.url if row.feed else "",
    )


def _request(one: Due) -> Request:
    """A validator that begins with a quote or W/ is an ETag, else a date (RFC 9110 §8.8)."""
    is_etag = one.validator.startswith(('"', "W/"))
    return Request(
        one.url,
        tag=one.id,
        kind="page",
        etag=one.validator if is_etag else "",
        last_modified="" if is_etag else one.validator,
        cap=PAGE_CAP,
        total_s=PAGE_S,
        robots=True,
        added_with=one.feed_url,
    )


def _open(one: Due, answer: Answer) -> Found:
    """In a thread of net's: into the sandbox and back, no database."""
    page, poison = None, ""
    if answer.body:
        header = tuple(filter(None, (answer.headers.get("x-robots-tag", ""), _reservation(answer))))
        try:
            page = doors.page(answer.body, answer.url, answer.content_type, header, one.selector)
        except Poisoned as reason:
            poison = f"{reason.kind}: {reason}"
    return Found(page, _carried(one), poison)


def _carried(one: Due) -> Page | None:
    if not one.feed_html:
        return None
    try:
        return doors.fragment(one.feed_html, one.url)
    except Poisoned as reason:
        log.info("feed content not readable", article=one.id, why=str(reason))
        return None


def _reservation(answer: Answer) -> str:
    return f"tdm-reservation: {answer.headers['tdm-reservation']}" if "tdm-reservation" in answer.headers else ""


def _kept(answer: Answer, found: Found, config: Config, now: datetime) -> Tally:
    """A row that can't be kept is told and left for its next try; it never stops the others."""
    try:
        return keep(answer, found.page, found.carried, found.poison, config, now)
    except (Error, ValueError) as error:
        log.error("article not kept", article=answer.request.tag, error=repr(error))
        return Tally(failed=1, note=repr(error)[:200])
