"""The door of every view: role and method are asked of the table in `access.py` before anything else happens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from .access import View, may, methods, role
from .frame import page


def door(name: str, view: View) -> View:
    """The view, behind the table."""

    def guarded(request: HttpRequest, **parts: object) -> HttpResponse:
        if not may(request, name):
            return _refused(request)
        if request.method not in methods(name):
            return HttpResponseNotAllowed(methods(name))
        if role(request):
            request.session.modified = True  # twelve hours from the last look; style sheets and such don't count
        return view(request, **parts)

    return never_cache(guarded)


def _refused(request: HttpRequest) -> HttpResponse:
    if role(request):
        return page(request, "refused", {"title": "Not yours to do"}, status=403)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": "/desk/login/"})
    return redirect("desk:login")
