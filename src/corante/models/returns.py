"""What comes back, and what is asked: mailboxes we read, domains that refuse us, sign-ups waiting to be looked at."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class Ask(models.Model):
    """A sign-up as it came in: written the same for every address, so that neither answer nor time tells who is known."""

    address = models.CharField(max_length=320)
    page = models.CharField(max_length=500, blank=True)
    network = models.CharField(max_length=64, help_text="keyed hash of /24 or /48")
    at = models.DateTimeField()


class Postbox(models.Model):
    """A mailbox that returns come to, and how far it was read (RFC 3501: UIDs count on while UIDVALIDITY stands)."""

    name = models.CharField(
        max_length=64, unique=True, help_text="keyed hash of its address: the setting has a password"
    )
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    next_look_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True)


class Turn(models.Model):
    """When the next letter may leave, over all workers: to the readers of a domain, or by the mail server at all ("")."""

    domain = models.CharField(max_length=255, primary_key=True)
    free_at = models.DateTimeField()


class Standstill(models.Model):
    """A domain whose servers refuse us: none of its readers is written to before `until`."""

    domain = models.CharField(max_length=255, unique=True)
    at = models.DateTimeField()
    until = models.DateTimeField()
    times = models.PositiveSmallIntegerField(default=1, help_text="refusals in a row; each doubles the wait")
    why = models.CharField(max_length=500, blank=True)

    @classmethod
    def in_force(cls, now: datetime) -> dict[str, datetime]:
        """The domains that stand still now, and until when."""
        return dict(cls.objects.filter(until__gt=now).values_list("domain", "until"))
