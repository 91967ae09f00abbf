"""One page of the labelled sets, as everyone read it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bench.golds import Gold


@dataclass
class Seen:
    """One page as everyone read it: figures by reader ("" is us), and what we made of it."""

    gold: Gold
    language: str
    ours: dict[str, Any]
    error: str = ""
    figures: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    points: dict[str, bool] = field(default_factory=dict)  # of an excerpt that is shown
    forbidden: str = ""  # why the outlet does not let its text be quoted at length

    @property
    def f1(self) -> float:
        """Ours."""
        return self.figures[""].get("f1", 1.0)
