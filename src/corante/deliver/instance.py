"""Whether this installation may mail: a restored backup or a cloned folder may not, until its operator says so.

Rule: the database and the folder each hold half of one identity (`instance.id`). The outbox and a mail server on
loopback are exempt from the first check by `doctor`.
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings

from corante.mail.smtp import Route
from corante.models import Instance

FILE = "instance.id"


def may_not_mail(route: Route) -> str:
    """Why letters may not leave by this route, with the way out; empty when they may."""
    if route.loopback:
        return ""
    return Instance.silence(_found())


def mark_ok(now: datetime) -> None:
    """Say that this installation is the one that mails: `doctor` passed, or the operator overrode it."""
    folder = _folder()
    key = _found() or secrets.token_hex(32)
    draft = folder / f".{FILE}.part"
    draft.write_text(key)
    os.replace(draft, folder / FILE)
    row = Instance.objects.order_by("pk").first() or Instance(created_at=now)
    row.key, row.sending_ok_at, row.held_why = key, now, ""
    row.save()


def _found() -> str:
    try:
        return (_folder() / FILE).read_text().strip()
    except OSError:
        return ""


def _folder() -> Path:
    return Path(settings.CORANTE_DIR or ".")
