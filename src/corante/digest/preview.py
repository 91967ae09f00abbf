"""The next edition as it would be now: the same code as the freeze, and nothing written."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from corante.models import Digest

from .freezing import draft, envelope
from .ledger import told
from .letters import Letter, compile_letter
from .readers import Wish


def preview(digest: Digest, now: datetime) -> Letter:
    """The letter of a reader of all the digest's topics who had its earlier ones; with 0 stories none would be sent."""
    found = draft(digest, now)
    frame = envelope(digest, now.astimezone(ZoneInfo(digest.time_zone)).date())
    topics = frozenset(heading.topic for heading in found.headings)
    reader = Wish(topics, frame.zone, frozenset(told(digest, found.stories)), frame.language)
    return compile_letter(found.cut(reader).contents, frame)
