"""Searching what is public: a form that asks by address, so that an answer can be kept and passed on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from corante.catalog import pages, search
from corante.catalog.teasers import Teaser, teasers
from corante.core import paths
from corante.core.rules import RuleError


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Stories that match `q`, in the order asked for."""
    query = " ".join(request.GET.get("q", "").split())
    best = request.GET.get("order") == "best"
    stories, older, said = _found(query, _number(request.GET.get("before", "")), best) if query else ([], None, "")
    values = {
        "frame": pages.frame(),
        "page": pages.Head(paths.SEARCH, _("Search")),
        "q": query,
        "order": "best" if best else "newest",
        "stories": stories,
        "older": older,
        "said": said,
    }
    return render(request, "site/search.html", values)


def _found(query: str, before: int | None, best: bool) -> tuple[list[Teaser], int | None, str]:
    try:
        found = search.find(query, before=before, best=best)
    except RuleError as error:
        return [], None, str(error)
    stories = teasers(found.stories)
    if not stories:
        return [], None, _("No story here holds these words. Fewer or other words may find one.")
    if not best:
        stories.sort(key=lambda one: one.last_at, reverse=True)
    said = ngettext("%(n)s story", "%(n)s stories", len(stories)) % {"n": len(stories)}
    return stories, found.older, said


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
