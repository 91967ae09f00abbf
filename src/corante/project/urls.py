"""Addresses of everything that is not a file of the public tree."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from corante.site import public_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", include("corante.desk.urls")),
    path("static/", include("corante.desk.statics")),
    path("", include("corante.site.urls")),
    path("", include("corante.site.signup_urls")),
]
handler400, handler403, handler404, handler500 = (
    public_views.refused,
    public_views.refused,
    public_views.not_found,
    public_views.broken,
)
