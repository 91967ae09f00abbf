"""Asking for the letter and confirming it. GET shows, POST acts; every address gets the same calm answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from corante import subscribe
from corante.catalog import frames
from corante.core import paths
from corante.core.mailboxes import NotAnAddress

from . import stamps
from .guard import client_address

both = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt  # the form also stands on static pages and mirrors; it carries no cookie and gives nothing away
@both
def subscribe_page(request: HttpRequest) -> HttpResponse:
    """The form by itself, and what happens when it is sent from anywhere."""
    if request.method != "POST":
        return shown(request, "site/signup.html", paths.SUBSCRIBE, _("The letter"), said="", typed="")
    typed = request.POST.get("email", "")
    if request.POST.get("website"):  # a field people can't see
        return _thanks(request)
    now, network = datetime.now(UTC), subscribe.network_key(client_address(request))
    stamp = request.POST.get("stamp", "")
    once = stamps.proven(stamp, typed, network, now)
    # A stamp is always looked at; without one, only when the form is pressed hard (it also stands on plain files).
    if not once if stamp else subscribe.pressed(now):
        return _press_again(request, typed, network, now)
    try:
        subscribe.ask(typed, request.POST.get("page", "/"), network, now, once)
    except subscribe.UsedUp:
        return _press_again(request, typed, network, now)
    except NotAnAddress:
        said = _("This is not an address one can write to. Is something missing, before or after the @?")
        return shown(request, "site/signup.html", paths.SUBSCRIBE, _("The letter"), 422, said=said, typed=typed[:254])
    return _thanks(request)


def _press_again(request: HttpRequest, typed: str, network: str, now: datetime) -> HttpResponse:
    stamp = stamps.made(typed, network, now)
    return shown(request, "site/signup_again.html", paths.SUBSCRIBE, _("The letter"), typed=typed[:254], stamp=stamp)


def _thanks(request: HttpRequest) -> HttpResponse:
    return shown(request, "site/signup_asked.html", paths.SUBSCRIBE, _("Look into your mail"))


@csrf_exempt  # the token in the address is the secret; without it there is nothing to borrow
@both
def confirm_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET: the button, for people and mail scanners alike. POST: it was you."""
    if request.method != "POST":
        row = subscribe.subscriber_of(token)
        known = row is not None and bool(row.address) and row.state != "suppressed"
        status = 200 if known else 404
        return shown(request, "site/confirm.html", paths.confirm(token), _("Was it you?"), status, known=known)
    row = subscribe.confirm(token, datetime.now(UTC))
    if row is None:
        return shown(request, "site/confirm.html", paths.confirm(token), _("Was it you?"), 404, known=False)
    return shown(request, "site/confirm_done.html", paths.confirm(token), _("The letter will come"), token=token)


def shown(request: HttpRequest, template: str, path: str, title: str, status: int = 200, **values: Any) -> HttpResponse:
    """A page of this kind: in the site's look, in nobody's search engine, in nobody's cache."""
    frame = {"frame": frames.frame(), "page": frames.Head(path, title)}
    response = render(request, template, frame | values, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
