"""What grouping may forget: fingerprints after 30 days, gists of stories that grow no more, terms seen once.

Rule: nothing that is forgotten can change a decision of the window; exact copies of older texts are still known by
`Article.text_hash`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from corante.core.clustering import WINDOW
from corante.models import Gist, Shingle, Term

from .locking import one_at_a_time
from .memory import forget, stream_time

FINGERPRINTS = timedelta(days=30)
TERMS = 300_000


def thin(now: datetime) -> int:
    """Forget what is past its time; returns how many rows went. Safe to repeat."""
    with transaction.atomic():
        one_at_a_time()
        gone, _ = Shingle.objects.filter(article__seen_at__lt=now - FINGERPRINTS).delete()
        if newest := stream_time():
            gone += Gist.objects.filter(article__story__last_at__lt=newest - 2 * WINDOW).delete()[0]
        if Term.objects.count() > TERMS:
            gone += Term.objects.filter(articles=1).delete()[0]
    forget()
    return gone
