"""Addresses of signing up, confirming, leaving, one's own page, and the outbox."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from . import letters, outbox, providers, returned, signup


class Token:
    """32 hex characters; anything else is no address of ours."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Token, "token")

urlpatterns: list[URLPattern] = [
    path("subscribe/", signup.subscribe_page, name="subscribe"),
    path("confirm/<token:token>", signup.confirm_page, name="confirm"),
    path("leave/<token:token>", letters.leave_page, name="leave"),
    path("letter/<token:token>", letters.letter_page, name="letter"),
    path("returns/hook", returned.hook, name="returns-hook"),
    path("returns/by/<slug:provider>", providers.report, name="returns-by"),
    path("outbox/", outbox.letters_page, name="outbox"),
    path("outbox/<str:name>", outbox.letter_page, name="outbox-letter"),
    path("outbox/<str:name>/html", outbox.html_part, name="outbox-html"),
]
