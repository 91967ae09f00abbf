"""Digests, their editions, and what each edition holds."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from corante.core.lifecycles import EDITION, step

from .columns import state_check, state_column
from .stories import Story
from .topics import Topic


class Digest(models.Model):
    """The standing newsletter: a cadence, a slot, topics."""

    CADENCES = (("daily", "every day"), ("weekdays", "Monday to Friday"), ("weekly", "once a week"))

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    cadence = models.CharField(max_length=8, choices=CADENCES, default="daily")
    slot = models.TimeField(help_text="local time in zone")
    weekday = models.PositiveSmallIntegerField(default=0, help_text="for weekly: 0 = Monday")
    time_zone = models.CharField(max_length=64)
    topics: models.ManyToManyField[Topic, Scope] = models.ManyToManyField(
        Topic, through="Scope", related_name="digests"
    )
    hold = models.BooleanField(default=False, help_text="each edition waits for an editor")
    created_at = models.DateTimeField()
    last_slot_at = models.DateTimeField(null=True, help_text="strictly increasing: never two editions of one slot")
    retired_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Scope(models.Model):
    """A topic of a digest. What was public before it joined is its archive, not its news."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="scopes")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(null=True, help_text="null until the next edition: then the slot before it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "topic"], name="scope_once")]


class Edition(models.Model):
    """One dated edition: items frozen once, at its slot."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="editions")
    slot_at = models.DateTimeField()
    date = models.DateField(help_text="local date of the slot")
    number = models.PositiveIntegerField()
    state = state_column(EDITION)
    state_why = models.CharField(max_length=500, blank=True)
    frozen_at = models.DateTimeField()
    deadline_at = models.DateTimeField(help_text="may not start after this: slot + 12 h")
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_s = models.PositiveIntegerField(default=0, help_text="seconds of pauses that are over: no part of the 48 h")
    subject = models.CharField(max_length=200, blank=True)
    preheader = models.CharField(max_length=300, blank=True)
    recipients = models.PositiveIntegerField(default=0, help_text="at freeze; = the sum of the nine delivery states")

    class Meta:
        constraints = [
            # A folded edition never went out; its slot is free again should the clock have been wrong.
            models.UniqueConstraint(
                fields=["digest", "slot_at"], condition=~Q(state="folded"), name="edition_per_slot"
            ),
            state_check("state", EDITION, "edition_state"),
        ]
        indexes = [models.Index(fields=["state", "slot_at"], name="edition_by_state")]

    @property
    def again(self) -> int:
        """How many editions of its digest have this date and came before it: 0 but where one was sent by hand."""
        return Edition.objects.filter(digest=self.digest_id, date=self.date, pk__lt=self.pk).count()

    def hold(self, why: str) -> None:
        """Keep it from starting until released."""
        self.state, self.state_why = step(EDITION, self.state, "hold"), why

    def release(self) -> None:
        """Let a held edition start."""
        self.state, self.state_why = step(EDITION, self.state, "release"), ""

    def start(self, now: datetime) -> None:
        """Begin delivery."""
        self.state, self.started_at = step(EDITION, self.state, "start"), now

    def pause(self, why: str, now: datetime) -> None:
        """Stop delivery; what is armed settles, the rest waits."""
        self.state, self.state_why, self.paused_at = step(EDITION, self.state, "pause"), why, now

    def resume(self, now: datetime) -> None:
        """Go on after a pause, which counts for none of the hours a letter is tried."""
        self.state, self.state_why = step(EDITION, self.state, "resume"), ""
        if self.paused_at is not None:
            self.paused_s += max(0, int((now - self.paused_at).total_seconds()))
        self.paused_at = None

    def fold(self, why: str) -> None:
        """It may not start any more: its items go to the next edition."""
        self.state, self.state_why = step(EDITION, self.state, "fold"), why

    def close(self, now: datetime) -> None:
        """Every delivery is settled."""
        self.state, self.closed_at = step(EDITION, self.state, "close"), now

    def reopen(self) -> None:
        """Send one of its letters again, then close anew."""
        self.state, self.closed_at = step(EDITION, self.state, "reopen"), None


class Item(models.Model):
    """A story in an edition under a topic, with the words it had at the freeze."""

    KINDS = (("story", "story"), ("development", "development"), ("correction", "correction"))

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="items")
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="+")
    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="items")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=11, choices=KINDS, default="story")
    position = models.PositiveIntegerField()
    listed = models.BooleanField(default=False, help_text="beyond the cap: listed by link, not told in full")
    content = models.JSONField(help_text="core.composing.ItemContent: headline, excerpt, outlet, url, time, also …")

    class Meta:
        constraints = [
            # The ledger: a story is news once per topic of a digest. Folded editions give their rows up.
            models.UniqueConstraint(fields=["digest", "story", "topic"], condition=Q(kind="story"), name="item_once"),
            models.UniqueConstraint(fields=["edition", "story", "topic", "kind"], name="item_once_per_edition"),
        ]


class Variant(models.Model):
    """A letter compiled once for everyone with the same topics, language and zone."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="variants")
    key = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    html = models.TextField()
    text = models.TextField()
    stories = models.JSONField(help_text="story numbers it carries, so that 'never twice' is a query")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="variant_once")]
