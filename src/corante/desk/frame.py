"""The frame around every page of the desk: what templates may call, the policy they run under, and how an act answers.

Rule: an act answers with a redirect and a sentence that offers Undo; with htmx, with the row it changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse

from corante.core import paths
from corante.core.saying import because
from corante.models import Account

from .access import may, role
from .editor import moment
from .statics import address
from .words import said, undoable

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(request: HttpRequest, name: str, values: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Render `desk/<name>.html` with what every page of the desk has at hand."""
    response = render(request, f"desk/{name}.html", at_hand(request) | dict(values), status=status)
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Opener-Policy"] = "same-origin"
    return response


def told(request: HttpRequest, words: str, act: int | None = None, back: str = "") -> HttpResponse:
    """Back to where the form stood, with a sentence about what happened, and Undo when there is an act."""
    messages.success(request, words, extra_tags=f"undo-{act}" if act else "")
    return HttpResponseRedirect(back or came_from(request))


def sorry(request: HttpRequest, words: str, back: str = "") -> HttpResponse:
    """Back to where the form stood, with what went wrong and the way out."""
    messages.error(request, words)
    return HttpResponseRedirect(back or came_from(request))


def came_from(request: HttpRequest) -> str:
    """The page of the desk whose form this is, as it says itself; never anything outside the desk."""
    back = request.POST.get("back", "")
    path = back.partition("?")[0]
    if not path.startswith("/desk/") or "//" in path or "\\" in back or any(ord(c) < 32 for c in back):
        return reverse("desk:incoming")
    try:
        resolve(path)
    except Resolver404:
        return reverse("desk:incoming")
    return back


def when(at: datetime) -> str:
    """A time as an editor reads it: the hour today, the day before that, the year when it matters."""
    local, today = at.astimezone(settings.CORANTE.zone), moment().astimezone(settings.CORANTE.zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if abs(today - local) < timedelta(days=300):
        return f"{local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b %Y}"


def ago(at: datetime | None) -> str:
    """How long since, in the largest unit that says it."""
    if at is None:
        return "never"
    minutes = int((moment() - at).total_seconds() // 60)
    if minutes < 0:
        return f"in {_span(-minutes)}"
    return "just now" if minutes < 1 else f"{_span(minutes)} ago"


def _span(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


def many(count: int, one: str, more: str = "") -> str:
    """ "1 story", "7 stories", with thousands set apart."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def at_hand(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    return {
        "site": settings.CORANTE,
        "role": role(request),
        "keys": user.single_keys if isinstance(user, Account) else False,
        "said": said,
        "undoable": undoable,
        "may": lambda name: may(request, name),
        "url": lambda name, **parts: reverse(f"desk:{name}", kwargs=parts),
        "asset": address,
        "at": request.get_full_path(),
        "when": when,
        "ago": ago,
        "because": because,
        "span": lambda seconds: _span(seconds // 60),
        "many": many,
        "now": moment(),
        "story_path": paths.story,
        "notes": [(m.level_tag, str(m), _undo(m.extra_tags)) for m in messages.get_messages(request)],
    }


def _undo(tags: str | None) -> int | None:
    return int(tags.removeprefix("undo-")) if tags and tags.startswith("undo-") else None
