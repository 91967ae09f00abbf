"""The extract room: article pages read, politely, and made text, excerpt and facts. Its door.

    article (next_read_at has come) ─► page ─► sandbox ─► core.readings ─► Article, Body ─► stories

Rule: a story never waits for a page, and a page never stops another: every answer is kept as it arrives.
"""

from __future__ import annotations

from .asking import due, work
from .releasing import release

__all__ = ["due", "release", "work"]
