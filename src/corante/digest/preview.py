"""The next edition as it would be now: the same code as the freeze, and nothing written."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from corante.models import Digest

from .freezing import draft, envelope
from .letters import Letter, compile_letter


def preview(digest: Digest, now: datetime) -> Letter:
    """The letter a reader of all the digest's topics would get; with 0 stories, it would not be sent."""
    on = now.astimezone(ZoneInfo(digest.time_zone)).date()
    return compile_letter(draft(digest, now).contents, envelope(digest, on))
