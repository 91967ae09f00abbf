"""Subscribers: an address, what it asked for, and proof of asking."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from corante.core.lifecycles import SUBSCRIBER, step

from .columns import state_check, state_column
from .digests import Digest
from .topics import Topic


class Subscriber(models.Model):
    """An address that asked for letters."""

    address = models.CharField(max_length=320, help_text="as given, domain as A-label; blank once deleted")
    key = models.CharField(max_length=64, unique=True, help_text="keyed hash of the folded address: one row a person")
    state = state_column(SUBSCRIBER)
    language = models.CharField(max_length=35, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, help_text="empty: the site's")
    hour = models.PositiveSmallIntegerField(null=True, blank=True, help_text="local hour of the letter; null: the slot")
    token = models.CharField(max_length=32, unique=True, help_text="128 random bits, hex; links in letters carry it")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    confirmations = models.PositiveSmallIntegerField(default=0, help_text="confirmation letters sent, three ever")
    confirmation_at = models.DateTimeField(null=True, help_text="the last one; one in 24 h")
    confirmation_due = models.BooleanField(default=False, help_text="the worker owes it a confirmation letter")
    confirmation_try_at = models.DateTimeField(null=True, help_text="not before this: the mail server was away")

    class Meta:
        constraints = [state_check("state", SUBSCRIBER, "subscriber_state")]
        indexes = [models.Index(fields=["id"], condition=Q(confirmation_due=True), name="subscriber_owed")]

    def confirm(self, now: datetime) -> None:
        """The reader pressed the button in our letter."""
        self.state = step(SUBSCRIBER, self.state, "confirm")
        self.confirmed_at, self.ended_at, self.confirmation_due = now, None, False

    def leave(self, now: datetime) -> None:
        """The reader left; takes effect before the next letter is armed."""
        self.state = step(SUBSCRIBER, self.state, "leave")
        self.ended_at = now

    def suppress(self, now: datetime) -> None:
        """The address bounced for good or complained."""
        self.state = step(SUBSCRIBER, self.state, "suppress")
        self.ended_at = now


class Consent(models.Model):
    """Proof of asking, append-only: what happened, when, on which page, under which wording."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=12)  # asked, confirmed, left, imported, changed, suppressed
    at = models.DateTimeField()
    page = models.CharField(max_length=500, blank=True)
    wording = models.CharField(max_length=16, blank=True, help_text="version of the text beside the box")
    network = models.CharField(max_length=64, blank=True, help_text="keyed hash of /24 or /48; gone after 24 h")


class Subscription(models.Model):
    """What a subscriber asked for: one digest, all its topics or some."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="subscriptions")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    all_topics = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "digest"], name="subscription_once")]


class Choice(models.Model):
    """One topic of a subscription, from when to when: had counts as much as has (docs: never twice)."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="choices")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)


class Bucket(models.Model):
    """A token bucket of the sign-up form, by keyed hash of network, domain, or the whole site."""

    key = models.CharField(max_length=80, primary_key=True)
    tokens = models.FloatField()
    at = models.DateTimeField()
