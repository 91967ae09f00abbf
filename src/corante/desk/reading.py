"""An outlet's text to read at the desk, before deciding on it: a document for the sandboxed frame on the story's page.

Rule: it is made harmless in the parsing pool, and its policy lets it load nothing and act on nothing. Nothing an outlet
wrote is markup anywhere else at the desk.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_sameorigin

from corante.models import Article, Body
from corante.sandbox import doors
from corante.sandbox.pool import Poisoned

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""The only style is the document's own: what is cleaned keeps none."""


@xframe_options_sameorigin
def reading(request: HttpRequest, article: int) -> HttpResponse:
    """The article's text as we keep it; else what its feed carried; else what we know of it, in a sentence."""
    row = get_object_or_404(Article, pk=article)
    body = Body.objects.filter(pk=article).first() or Body()
    text = body.text if body.text or body.feed_html else row.summary
    response = HttpResponse(_document(row, text, body.feed_html))
    response["Content-Security-Policy"] = POLICY
    return response


def _document(row: Article, text: str, markup: str) -> str:
    language = row.language
    try:
        if text or markup:
            return doors.pane(text, markup, row.url, language)
    except Poisoned as reason:
        return doors.pane(f"This text could not be made harmless ({reason}). Read it at the outlet.", "", "", "en")
    return doors.pane("We keep no text of this piece. Read it at the outlet.", "", "", "en")
