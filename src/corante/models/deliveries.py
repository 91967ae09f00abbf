"""The send ledger: one edition to one subscriber, once, and what came back."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from corante.core.lifecycles import DELIVERY, DELIVERY_OPEN, step

from .columns import state_check, state_column
from .digests import Edition, Variant
from .subscribers import Subscriber

DELIVERY_LOOKED_AT = (*DELIVERY_OPEN, "in_doubt")
"""States in which a delivery is looked at again when `next_try_at` has come."""


class Delivery(models.Model):
    """One edition to one subscriber. The pair is unique, so it cannot be claimed twice."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="deliveries")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True, related_name="+")
    state = state_column(DELIVERY)
    due_at = models.DateTimeField(help_text="the slot, or the reader's own hour")
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=0, help_text="fencing: a claim of an older epoch can't settle")
    message_id = models.CharField(max_length=120, blank=True, help_text="a function of edition and subscriber")
    armed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=12, blank=True, help_text="RFC 3463, such as 5.1.1")
    reply = models.CharField(max_length=500, blank=True)
    repeated = models.PositiveSmallIntegerField(default=0, help_text="times sent again byte-identical out of doubt")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["edition", "subscriber"], name="delivery_once"),
            state_check("state", DELIVERY, "delivery_state"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state__in=DELIVERY_LOOKED_AT), name="delivery_due"),
            models.Index(fields=["edition", "state"], name="delivery_by_state"),
            models.Index(fields=["settled_at"], condition=Q(state="rejected"), name="delivery_refused"),
        ]

    def settle(self, event: str, now: datetime, code: int | None = None, reply: str = "", status: str = "") -> None:
        """Move by `event` to a settled state and keep the server's words."""
        self.state = step(DELIVERY, self.state, event)
        self.settled_at, self.code, self.reply, self.status = now, code, reply[:500], status[:12]


class Bounce(models.Model):
    """A letter's return, once: a bounce or a complaint. Without delivery, of a letter that asked back."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, related_name="bounces")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, null=True, related_name="bounces")
    key = models.CharField(max_length=64, unique=True, null=True, help_text="of what came: read twice, it counts once")
    source = models.CharField(max_length=10, blank=True)  # smtp, mailbox, pipe, webhook
    at = models.DateTimeField()
    kind = models.CharField(max_length=10)  # hard, soft, policy, complaint
    status = models.CharField(max_length=12, blank=True)
    detail = models.CharField(max_length=500, blank=True)


class Instance(models.Model):
    """Which installation this database belongs to: a restored or cloned one may not mail until told to."""

    key = models.CharField(max_length=64, help_text="must equal what catalog/installation.py finds in the folder")
    sending_ok_at = models.DateTimeField(null=True, help_text="doctor passed, or the operator overrode it")
    held_why = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    @classmethod
    def silence(cls, found: str) -> str:
        """Why this installation may not mail, given what its folder's `instance.id` holds; empty when it may."""
        row = cls.objects.order_by("pk").first()
        if row is None or not row.sending_ok_at:
            return "Sending is off until `corante doctor` has passed once (or `corante doctor --send-anyway`)."
        if row.key != found.strip():
            return (
                "This looks like a restored or copied installation: its folder and its database do not belong "
                "together. If it is the one that should mail now, say so with `corante doctor --send-anyway`."
            )
        return row.held_why
