"""A clock one can move."""

from __future__ import annotations

from datetime import datetime, timedelta


class Clock:
    """Stands still until it is told to go."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def go(self, **by: float) -> datetime:
        """Later by so much, as timedelta has it."""
        self.at += timedelta(**by)
        return self.at
