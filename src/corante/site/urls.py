"""Addresses of the dynamic part of the public site, but for signing up (`signup_urls`)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from django.views.generic import RedirectView

from . import public_views, search_view, websub

urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", search_view.find, name="search"),
    path("search", RedirectView.as_view(pattern_name="search", query_string=True)),
    path("search/atom.xml", search_view.feed, name="search_feed"),
    path("healthz", public_views.healthz, name="healthz"),
    path("readyz", public_views.readyz, name="readyz"),
    re_path(r"^websub/(?P<token>[0-9a-f]{32})$", websub.callback, name="websub"),
]
handler400 = "corante.site.public_views.refused"
handler404 = "corante.site.public_views.not_found"
handler500 = "corante.site.public_views.broken"
