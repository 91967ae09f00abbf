"""The desk's few files, served without a collecting step, each under an address that holds its content's hash.

Rule: a name is looked up in a table made from the packages themselves; nothing a browser sends becomes a path.
"""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.urls import path

YEAR = 365 * 86400


def address(name: str) -> str:
    """Where a file stands, such as /static/3f2a…/desk/desk.css. Raises KeyError for a name there is not."""
    return f"/static/{_table()[name][0]}/{name}"


def serve(request: HttpRequest, mark: str, name: str) -> HttpResponse:
    """The file of this name. A current mark may be kept for a year; an old one gets today's file, not to be kept."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if name not in _table():
        return HttpResponseNotFound("There is no such file.\n", content_type="text/plain; charset=utf-8")
    current, body = _table()[name]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if mark == current else "no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, bytes]]:
    """Every file of ours, and htmx from the package that carries it: name -> (hash, bytes)."""
    found = dict(_walk(files("corante") / "static", ""))
    found["htmx.js"] = (files("django_htmx") / "static/django_htmx/htmx-2.min.js").read_bytes()
    return {name: (sha256(body).hexdigest()[:12], body) for name, body in found.items()}


def _walk(folder: Traversable, at: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{at}{entry.name}/")
        elif not entry.name.startswith("."):
            found.append((f"{at}{entry.name}", entry.read_bytes()))
    return found


urlpatterns = [path("<slug:mark>/<path:name>", serve, name="static")]
"""To be included at /static/."""
