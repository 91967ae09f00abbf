"""Stories: one event told by one or more articles, and why we think so."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .articles import Article


class Story(models.Model):
    """One event. Its number, once published or mailed, never changes by machine."""

    lead = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="leads")
    lead_chosen = models.BooleanField(default=False, help_text="an editor chose the lead; the rule keeps off")
    language = models.CharField(max_length=35, blank=True)
    headline = models.CharField(max_length=500, blank=True, help_text="an editor's; empty = the lead's title")
    excerpt = models.TextField(blank=True, help_text="an editor's; empty = the lead's excerpt")
    first_at = models.DateTimeField(help_text="its first article's time")
    last_at = models.DateTimeField(help_text="when the newest new outlet joined")
    outlets = models.PositiveIntegerField(default=1, help_text="independent: copies and one owner's outlets once")
    articles_count = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="merged", db_index=False
    )  # an index of its own would be nearly all nulls, and SQLite would read it for "not merged" and sort the archive
    approved_at = models.DateTimeField(null=True, blank=True, help_text="an editor released it from review")
    held = models.BooleanField(default=False, help_text="waits for an editor (outlet, topic or site says so)")
    unfiled = models.BooleanField(default=True, help_text="the topics room owes it a look: it is new or changed")
    public_at = models.DateTimeField(null=True, blank=True, help_text="first time it was public")
    version = models.PositiveIntegerField(default=1, help_text="an editor's change of an older version is refused")

    class Meta:
        verbose_name_plural = "stories"
        indexes = [
            models.Index(fields=["-last_at", "-id"], condition=Q(merged_into__isnull=True), name="story_live"),
            models.Index(fields=["-first_at", "-id"], name="story_by_day"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="story_merged"),
            models.Index(fields=["id"], condition=Q(unfiled=True), name="story_unfiled"),
        ]

    def __str__(self) -> str:
        return f"story {self.pk}"


class Join(models.Model):
    """Why an article is in its story, in words."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="join")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="joins")
    kind = models.CharField(max_length=8)  # opened, joined, copy, editor
    reason = models.CharField(max_length=500)
    score = models.FloatField(default=0)
    nearest = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="+")
    terms = models.JSONField(default=list, blank=True, help_text="[[term, share], …]")
    at = models.DateTimeField()


class Proposal(models.Model):
    """A merge the machine is not sure enough of; an editor says yes or no."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="proposals")
    other = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    reason = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "other"], name="proposal_once")]


class Link(models.Model):
    """An editor's word on two articles: they tell one story (must) or they don't (cannot). Asked before any score."""

    one = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    must = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="link_once")]


class Term(models.Model):
    """In how many stories of a language a term stood (the row "" counts its articles): the warm idf, kept over restarts."""

    language = models.CharField(max_length=8)
    term = models.CharField(max_length=64)
    articles = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "term"], name="term_once")]


class Gist(models.Model):
    """What grouping remembers of an article while its story may still grow: exactly what it decided with."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="gist")
    terms = models.JSONField(help_text="term -> weight, a unit vector")
    names = models.JSONField(default=list)
    figures = models.JSONField(default=list)
    has_text = models.BooleanField(default=True)
    meaning = models.JSONField(default=list, help_text="a unit vector, where an embedder is set")
