"""What an outlet changed in a piece after we had read it, kept as rows a reader and the digest can see."""

from __future__ import annotations

from datetime import datetime

from corante.core.changes import Difference, corrections, headline_change, text_change
from corante.core.readings import Reading
from corante.core.tokens import words as tokens
from corante.models import Article, Change


def note_changes(article: Article, reading: Reading, now: datetime) -> bool:
    """Keep a Change for everything that differs from the last reading; True when anything did.

    A headline the outlet itself changed is taken over, where ours was the old one.
    """
    before = article.body.text if hasattr(article, "body") else ""
    headline = _headline(article, reading)
    found = [headline, text_change(before, reading.text)]
    differences = [one for one in found if one] + (corrections(before, reading.text) if before else [])
    if headline and tokens(article.title) == tokens(article.page_title):
        article.title = reading.headline
    for one in differences:
        _keep(article, one, now)
    return bool(differences)


def note_withdrawal(article: Article, now: datetime) -> None:
    """The outlet took the piece back."""
    _keep(article, Difference("withdrawn", article.title, ""), now)


def _headline(article: Article, reading: Reading) -> Difference | None:
    """The page's new headline, unless the feed told it first: then it is kept already."""
    if tokens(article.title) == tokens(reading.headline):
        return None
    return headline_change(article.page_title, reading.headline)


def _keep(article: Article, one: Difference, now: datetime) -> None:
    Change.objects.create(article=article, kind=one.kind, before=one.before, after=one.after, at=now)
