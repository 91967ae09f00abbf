"""The public tree's bookkeeping: what must be rendered again, and what stands there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models

from .bulk import insert_each


class Dirty(models.Model):
    """Something changed; every page that shows it is due. Written in the transaction of the change itself.

    Append-only but for `due_at`: the renderer deletes the rows it had read before it rendered, so a change during
    rendering leaves a row of its own and can't be lost.
    """

    KINDS = ("story", "topic", "outlet", "edition", "site")

    kind = models.CharField(max_length=8)
    ref = models.BigIntegerField(help_text="row number; 0 for the site")
    reason = models.CharField(max_length=80)
    at = models.DateTimeField()
    later = models.BooleanField(default=False, help_text="part of a rebuild: news goes before it")
    due_at = models.DateTimeField(help_text="pushed forward before each try, so that one bad page can't spin")

    class Meta:
        verbose_name_plural = "dirty"
        indexes = [models.Index(fields=["later", "due_at", "id"], name="dirty_due")]

    @classmethod
    def mark(
        cls,
        kind: str,
        refs: Iterable[int],
        reason: str,
        now: datetime,
        *,
        later: bool = False,
        due_at: datetime | None = None,
    ) -> None:
        """Say that pages showing these rows are due, now or at `due_at`; `later`: after everything that is news."""
        due = due_at or now
        insert_each(Dirty(kind=kind, ref=ref, reason=reason[:80], at=now, due_at=due, later=later) for ref in refs)


class Page(models.Model):
    """A file of the public tree, by path, with the digest of what stands there."""

    path = models.CharField(max_length=400, unique=True)
    kind = models.CharField(max_length=8)
    ref = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone = models.BooleanField(default=False)
    # What the page above it in the archive says of it, so that a month never reads its stories.
    on = models.DateField(null=True, help_text="of a day, month or sitemap: its (first) local date")
    stories = models.PositiveIntegerField(default=0)
    headline = models.CharField(max_length=500, blank=True, help_text="of a day: its most told story's")
    language = models.CharField(max_length=35, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "ref", "-on"], name="page_of")]
