"""Topics and what is filed under them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .stories import Story


class Topic(models.Model):
    """A standing subject: a rule in the one query language, and stories under it."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    rule = models.TextField(help_text="core.rules; * matches everything")
    description = models.CharField(max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0)
    hold = models.BooleanField(default=False, help_text="its stories wait for an editor")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    refile_from = models.BigIntegerField(null=True, blank=True, help_text="refiling history: the next story number")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class Filing(models.Model):
    """A story's place under a topic, by rule or by hand, and why."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="filings")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="filings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    clause = models.CharField(max_length=500, blank=True, help_text="the part of the rule that matched")
    told_at = models.DateTimeField(help_text="the story's first_at: lists are ordered by this, in the index")
    at = models.DateTimeField(help_text="when it was filed")
    withdrawn_at = models.DateTimeField(null=True, help_text="taken out by an editor; the rule won't put it back")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "topic"], name="filing_once")]
        indexes = [models.Index(fields=["topic", "-told_at", "-story"], name="filing_of_topic")]
