"""Editors and their acts: rows with who, when, why; undo is another act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from .stories import Story

BOUNDARY = ("merge", "unmerge", "split", "keep_apart", "let_join")
"""Verbs that move articles between stories, or say where they belong: after them grouping reads its stories anew."""


class Account(AbstractUser):
    """Someone with a key to the desk."""

    ROLES = (("editor", "editor: stories, topics, letters"), ("admin", "admin: also outlets, accounts, settings"))
    role = models.CharField(max_length=8, choices=ROLES, default="editor")
    single_keys = models.BooleanField(default=True, help_text="j, k, h, p … act at the desk (WCAG 2.1.4: can be off)")

    @property
    def is_admin(self) -> bool:
        """May change outlets, accounts and settings."""
        return self.role == "admin"


class Act(models.Model):
    """One act of an editor. Append-only."""

    by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="acts")
    verb = models.CharField(max_length=24)
    subject = models.CharField(max_length=16, help_text="story, topic, outlet, edition, …")
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=500, help_text="the subject's name at the time")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    why = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="act_newest"),
            models.Index(fields=["subject", "subject_id", "-id"], name="act_of_subject"),
            models.Index(fields=["id"], condition=Q(verb__in=BOUNDARY), name="act_of_boundary"),
        ]

    @classmethod
    def on(
        cls,
        row: models.Model,
        verb: str,
        by: Account | None,
        why: str,
        now: datetime,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        undoes: Act | None = None,
    ) -> Act:
        """`record` for a row that goes by its kind and its name: an outlet, a topic, a digest."""
        subject = str(row._meta.model_name), int(row.pk), str(row)
        return cls.record(subject, verb, by, why, now, before, after, undoes)

    @classmethod
    def record(
        cls,
        subject: tuple[str, int, str],
        verb: str,
        by: Account | None,
        why: str,
        now: datetime,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        undoes: Act | None = None,
    ) -> Act:
        """Write an act down, in the transaction of the change itself; `subject` is (kind, row number, its name now)."""
        kind, number, label = subject
        return cls.objects.create(
            by=by,
            verb=verb,
            subject=kind,
            subject_id=number,
            label=label[:500],
            before=dict(before or {}),
            after=dict(after or {}),
            why=why[:500],
            at=now,
            undoes=undoes,
        )


class Pin(models.Model):
    """A story held at the top of a topic (or of the front, topic null) until it expires."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="pins")
    topic = models.ForeignKey("Topic", on_delete=models.CASCADE, null=True, related_name="pins")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Hiding(models.Model):
    """A story an editor took from public view; ended = visible again."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="hidings")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["story"], condition=Q(ended_at__isnull=True), name="hidden_once")
        ]


class Merge(models.Model):
    """Two stories made one; `moved` are the articles that came over, so that it can be undone."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="merges")
    other = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: by machine")
    moved = models.JSONField(default=list)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)


class Split(models.Model):
    """Articles taken out of a story into a new one."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="splits")
    new = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=list)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)


class Revision(models.Model):
    """An editor's headline or excerpt for a story; the original stays with the article."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="revisions")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=8)  # headline or excerpt
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    at = models.DateTimeField()


class Attempt(models.Model):
    """A failed login, counted by account and by network for a day; no address is kept longer."""

    key = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()
