"""What answers when no file does: not found, gone, broken; and whether the process is well."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from corante.catalog import frames
from corante.catalog.templating import standing_environment
from corante.core import paths


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers and the front page stands; 503 with the reason if not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    if not (settings.PUBLIC_TREE / paths.file_of(paths.FRONT)).is_file():
        return HttpResponse("nothing has been published yet\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in the site's look."""
    return render(request, "site/404.html", {"frame": frames.frame(), "page": frames.Head(request.path)}, status=404)


def refused(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 and 403, in a sentence: the request may be anything, so nothing of it is shown."""
    status = 403 if isinstance(exception, PermissionDenied) else 400
    return HttpResponse(_("This request was refused.") + "\n", status=status, content_type="text/plain; charset=utf-8")


def forged(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without the mark we gave it; usually the page stood open too long."""
    said = _(
        "This form was open too long, or came from elsewhere. Go back, load the page again, and send it once more."
    )
    return HttpResponse(said + "\n", status=403, content_type="text/plain; charset=utf-8")


def broken(_request: HttpRequest) -> HttpResponse:
    """500 from the template alone: the database may be what broke."""
    page = standing_environment().get_template("site/500.html").render(page=frames.Head("/500.html"))
    return HttpResponse(page, status=500)
