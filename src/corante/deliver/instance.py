"""Whether this installation may mail: a restored backup or a cloned folder may not, until its operator says so.

Rule: `catalog/installation.py` decides, for letters and for confirmations alike.
"""

from __future__ import annotations

from datetime import datetime

from corante.catalog import installation
from corante.mail.routes import Route
from corante.models import Instance


def may_not_mail(route: Route) -> str:
    """Why letters may not leave by this route, with the way out; empty when they may."""
    return installation.silence(route)


def mark_ok(now: datetime) -> None:
    """Say that this installation is the one that mails: `doctor` passed, or the operator overrode it."""
    row = Instance.objects.order_by("pk").first() or Instance(created_at=now)
    row.key, row.sending_ok_at, row.held_why = installation.made_key(), now, ""
    row.save()
