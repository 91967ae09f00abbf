"""The public tree's bookkeeping: what must be rendered again, and what stands there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models


class Dirty(models.Model):
    """Something changed; every page that shows it is due. Written in the transaction of the change itself.

    Append-only: the renderer deletes the rows it had read before it rendered, so a change during rendering
    leaves a row of its own and can't be lost.
    """

    KINDS = ("story", "topic", "outlet", "edition", "site")

    kind = models.CharField(max_length=8)
    ref = models.BigIntegerField(help_text="row number; 0 for the site")
    reason = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "dirty"

    @classmethod
    def mark(cls, kind: str, refs: Iterable[int], reason: str, now: datetime) -> None:
        """Say that pages showing these rows are due."""
        Dirty.objects.bulk_create([Dirty(kind=kind, ref=ref, reason=reason[:80], at=now) for ref in refs])


class Page(models.Model):
    """A file of the public tree, by path, with the digest of what stands there."""

    path = models.CharField(max_length=400, unique=True)
    kind = models.CharField(max_length=8)
    ref = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["kind", "ref"], name="page_of")]
