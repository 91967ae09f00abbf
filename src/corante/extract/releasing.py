"""A quarantined page tried again, at an editor's word: the parser may have learnt, or the outlet mended it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from corante.models import Article, Quarantine


@transaction.atomic
def release(document: Quarantine, now: datetime) -> None:
    """Take a page out of quarantine and ask for it next, with its three tries anew.

    The document we kept is not read again: what the outlet serves now is. An article that is gone meanwhile needs nothing.
    """
    Quarantine.objects.filter(pk=document.pk).update(released_at=now)
    held = Article.objects.select_for_update().filter(url=document.url, reading="quarantined").first()
    if held is not None:
        held.reread(now)
        held.save(update_fields=["reading", "next_read_at", "reading_tries"])
