"""What asking the world left behind: fetches, host gates, quarantine."""

from __future__ import annotations

from django.db import models

from .outlets import Feed


class Fetch(models.Model):
    """One attempt at a feed, with its outcome. Kept for the health page, then thinned."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="fetches")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=24)
    detail = models.CharField(max_length=500, blank=True)
    status = models.PositiveIntegerField(null=True)
    size = models.PositiveIntegerField(default=0, help_text="decoded bytes")
    took_ms = models.PositiveIntegerField(default=0)
    entries = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["feed", "-at"], name="fetch_of_feed")]


class HostGate(models.Model):
    """What we know of a registrable host: when it may next be asked (its Retry-After outlives a restart), and whether
    it was caught saying that nothing had changed when something had."""

    host = models.CharField(max_length=255, primary_key=True)
    not_before = models.DateTimeField()
    caught_at = models.DateTimeField(null=True, blank=True, help_text="its validators were seen to be wrong")


class Quarantine(models.Model):
    """A document that failed to parse three times: kept, with its reason, for an editor to see."""

    url = models.CharField(max_length=2000)
    kind = models.CharField(max_length=8)  # feed or page
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    body = models.BinaryField(help_text="zlib")
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
