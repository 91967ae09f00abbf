"""The site's doorman for everything dynamic: hosts, headers, and the same-origin rule of every unsafe method.

Rule: whatever may change something (any method but GET, HEAD, OPTIONS) must come from a page of ours. Exempt are
the two doors that carry no cookie and must open from anywhere: one-click leaving (RFC 8058) and asking for the
letter, whose form also stands on mirrors. A request that says neither Origin nor Sec-Fetch-Site comes from no
browser, so nobody's cookie was borrowed for it (the reasoning of Go's net/http CrossOriginProtection); the CSRF
token still stands behind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from corante.core.addresses import Address, asker

from .policy import DESK, public_policy
from .public_views import refused

SAFE: Final = ("GET", "HEAD", "OPTIONS")
OPEN_DOORS: Final = ("/leave/", "/subscribe/")
INSIDE: Final = ("/desk/", "/outbox/")
MACHINES: Final = ("/websub/", "/returns/")
"""Read their bodies as bytes, never as a form."""
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class SiteGuard:
    """Middleware: refuses strangers' requests, sets the policy of what goes out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # raises DisallowedHost, answered 400, before anything is built from the name
        if _holds_null(request):
            return _dressed(request, refused(request))
        if request.method not in SAFE and not request.path.startswith(OPEN_DOORS) and not from_our_page(request):
            refusal = _(
                "This did not come from a page of this site, so nothing was done. Open the page again and retry."
            )
            return _dressed(request, HttpResponse(refusal, status=403, content_type="text/plain; charset=utf-8"))
        return _dressed(request, self.get_response(request))


def from_our_page(request: HttpRequest) -> bool:
    """The browser does not say that somebody else's page sent this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return _place(origin) in {_place(settings.CORANTE.base_url), _own_place(request)}


def client_address(request: HttpRequest) -> Address | None:
    """Who asks, seen through the proxies the operator trusts; None if unreadable."""
    return asker(request.META, settings.TRUSTED_PROXIES)


def _holds_null(request: HttpRequest) -> bool:
    """No one types U+0000, PostgreSQL takes it for a fault, and file systems for the end of a name."""
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    if request.content_type not in FORMS or request.path.startswith(MACHINES):
        return False
    return any("\0" in value for values in request.POST.lists() for value in (values[0], *values[1]))


def _dressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    policy = DESK if request.path.startswith(INSIDE) else public_policy()
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")  # with no-referrer, forms would say Origin: null
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _place(address: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None


def _own_place(request: HttpRequest) -> tuple[str, str, int | None]:
    """Where the request came in; its host is an allowed one."""
    return _place(f"{request.scheme}://{request.get_host()}")
