"""Wires: a feed's standing line to its hub (WebSub), and what came over it and waits to be read."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from corante.core.hubs import MISSES
from corante.core.lifecycles import WIRE, step

from .columns import state_check, state_column
from .outlets import Feed


class Wire(models.Model):
    """What a hub was asked to push, and whether it does. `token` is in the callback's address, `secret` signs pushes."""

    feed = models.OneToOneField(Feed, on_delete=models.CASCADE, primary_key=True, related_name="wire")
    hub = models.CharField(max_length=2000)
    topic = models.CharField(max_length=2000, help_text="by which the hub knows the feed")
    token = models.CharField(max_length=32, unique=True)
    secret = models.CharField(max_length=64)
    state = state_column(WIRE)
    next_ask_at = models.DateTimeField(help_text="when the hub is to be asked, again or at last")
    until = models.DateTimeField(null=True, blank=True, help_text="end of the lease")
    failures = models.PositiveIntegerField(default=0, help_text="of asking, in a row")
    detail = models.CharField(max_length=300, blank=True)
    pushes = models.PositiveIntegerField(default=0)
    last_push_at = models.DateTimeField(null=True, blank=True)
    misses = models.PositiveIntegerField(
        default=0, help_text="looks that found what was not pushed, since the last push"
    )

    class Meta:
        constraints = [state_check("state", WIRE, "wire_state")]

    def __str__(self) -> str:
        return f"{self.topic} by {self.hub}"

    def is_live(self, now: datetime) -> bool:
        """Whether the hub has promised to push now."""
        return self.state == "live" and self.until is not None and self.until > now

    def is_relied_on(self, now: datetime) -> bool:
        """Whether pushes have come and nothing was missed, so that the feed needs no close watching."""
        return self.is_live(now) and self.pushes > 0 and self.misses < MISSES

    def move(self, event: str) -> None:
        """One step of its life: ask, verify, deny, end."""
        self.state = step(WIRE, self.state, event)


class Push(models.Model):
    """One pushed document, as it came; gone once it is read."""

    wire = models.ForeignKey(Wire, on_delete=models.CASCADE, related_name="waiting")
    body = models.BinaryField(help_text="zlib")
    content_type = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
