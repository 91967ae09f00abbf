"""The outbox, to look into: what the site would have mailed, when no mail server is set.

Rule: behind the desk's login, except in the loopback demo. A letter's HTML is shown in a frame of its own that may
run nothing and load nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from corante.mail.outbox import OutboxLetter, list_letters, read_letter

from .policy import public_policy
from .signup import shown

_CLOSED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; form-action 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
View = Callable[..., HttpResponse]


def _looked_at_by_editors(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        if settings.CORANTE.outbox_public or request.user.is_authenticated:
            return view(request, *args, **values)
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)

    return require_safe(guarded)


@_looked_at_by_editors
def letters_page(request: HttpRequest) -> HttpResponse:
    """The newest letters first."""
    lines = list_letters(settings.OUTBOX)
    return _open(shown(request, "site/outbox.html", "/outbox/", _("Outbox"), lines=lines))


@_looked_at_by_editors
def letter_page(request: HttpRequest, name: str) -> HttpResponse:
    """One letter: as it looks, as text, and its head."""
    letter = _letter(name)
    return _open(shown(request, "site/outbox_letter.html", f"/outbox/{name}", letter.subject, letter=letter))


@_looked_at_by_editors
def html_part(_request: HttpRequest, name: str) -> HttpResponse:
    """A letter's HTML, alone in its cell."""
    response = HttpResponse(_letter(name).html)
    response["Content-Security-Policy"] = _CLOSED
    return response


def _letter(name: str) -> OutboxLetter:
    letter = read_letter(settings.OUTBOX, name)
    if letter is None:
        raise Http404
    return letter


def _open(response: HttpResponse) -> HttpResponse:
    """The page shows the letter in a frame of this site."""
    response["Content-Security-Policy"] = public_policy() + "; frame-src 'self'"
    return response
