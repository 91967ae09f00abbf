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
    refile_top = models.BigIntegerField(null=True, blank=True, help_text="where the refiling began, for its progress")
    refile_changed = models.PositiveIntegerField(default=0, help_text="stories whose place it changed so far")
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


class Profile(models.Model):
    """What a topic's accepted stories are about: the mean of their term vectors, the newest weighing most."""

    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    terms = models.JSONField(default=dict, help_text="term -> weight")
    surfaces = models.JSONField(default=dict, help_text="term -> the word it stood for, for showing")
    stories = models.PositiveIntegerField(default=0, help_text="how many it was made of")
    likeness = models.FloatField(default=0, help_text="how like it its own stories are, in the mean")
    upto = models.BigIntegerField(default=0, help_text="the last filing it knows")
    looked_at = models.BigIntegerField(default=0, help_text="the last story compared with it")


class Suggestion(models.Model):
    """A story that reads like a topic's and that its rule missed. Only an editor files it."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="suggestions")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="suggestions")
    score = models.FloatField(help_text="likeness to the topic's profile, 0 to 1")
    terms = models.JSONField(default=list, help_text="the words they share, the heaviest first")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="filed, or dismissed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "story"], name="suggested_once")]
        indexes = [
            models.Index(
                fields=["topic", "-score"], condition=models.Q(answered_at__isnull=True), name="suggestion_open"
            )
        ]
