"""Searching what is public: a form that asks by address, so that an answer can be kept, passed on and subscribed to.

Rule: a reader is told what can be mended (a bracket, a star, too many searches at once) in a sentence, and no search
takes the site from the others: each network has its pace, each query its time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from corante.catalog import frames, search
from corante.catalog.feeds import search_feed
from corante.catalog.teasers import Teaser, teasers
from corante.core import paths
from corante.core.rules import RuleError

from .guard import client_address
from .pace import Pace, network
from .search_hints import hint

PACE = Pace(burst=20, a_second=1)


@dataclass(frozen=True)
class Answer:
    """What a search came to: stories, or a sentence that says why there are none."""

    stories: tuple[Teaser, ...] = ()
    older: int | None = None
    said: str = ""
    status: int = 200
    wait: int = 0  # seconds until the next one is answered
    spot: str = ""  # the query with a mark under what can't be read


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Stories that match `q`, in the order asked for."""
    query = asked(request)
    best = request.GET.get("order") == "best"
    answer = _answer(request, query, _number(request.GET.get("before", "")), best) if query else Answer()
    values = {
        "frame": frames.frame(),
        "page": frames.Head(paths.SEARCH, _("Search")),
        "q": query,
        "order": "best" if best else "newest",
        "answer": answer,
        "feed": f"{paths.SEARCH_FEED}?{urlencode({'q': query})}" if query and not answer.spot else "",
    }
    return _paced(render(request, "site/search.html", values, status=answer.status), answer)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest stories that match `q`, as Atom (RFC 4287)."""
    query = asked(request)
    answer = _answer(request, query, None, False) if query else Answer(said=_("Write a word to look for."), status=400)
    status = 400 if answer.spot else answer.status
    if status != 200:
        plain = HttpResponse(f"{answer.said}\n", status=status, content_type="text/plain; charset=utf-8")
        return _paced(plain, answer)
    about = _("The newest stories that a search finds.")
    made = search_feed(query, about, answer.stories, settings.CORANTE)
    kind = "application/atom+xml; charset=utf-8"
    response = render(request, "site/atom.xml", {"feed": made}, content_type=kind)
    response["Cache-Control"] = "public, max-age=300"
    return response


def asked(request: HttpRequest) -> str:
    """The query of an address, its spaces tidied."""
    return " ".join(request.GET.get("q", "").split())


def _answer(request: HttpRequest, query: str, before: int | None, best: bool) -> Answer:
    if wait := PACE.wait(network(client_address(request)), time.monotonic()):
        said = ngettext(
            "Too many searches at once. The next one is answered in %(n)s second.",
            "Too many searches at once. The next one is answered in %(n)s seconds.",
            wait,
        )
        return Answer(said=said % {"n": wait}, status=429, wait=wait)
    try:
        found = search.find(query, before=before, best=best)
    except RuleError as error:
        return Answer(said=_("This search can’t be read."), spot=error.pointing(query[: search.LONGEST], hint(error)))
    except search.TooLong:
        said = _("This search took too long and was stopped. Rarer words, or fewer with a star, are quicker.")
        return Answer(said=said, status=503)
    return _told(list(teasers(found.stories)), found.older, best)


def _told(stories: list[Teaser], older: int | None, best: bool) -> Answer:
    if not stories:
        return Answer(said=_("No story here holds these words. Fewer or other words may find one."))
    if not best:
        stories.sort(key=lambda one: one.last_at, reverse=True)
    said = ngettext("%(n)s story", "%(n)s stories", len(stories)) % {"n": len(stories)}
    return Answer(tuple(stories), older, said)


def _paced(response: HttpResponse, answer: Answer) -> HttpResponse:
    if answer.wait:
        response["Retry-After"] = str(answer.wait)
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
