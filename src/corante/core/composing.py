"""What stands in a letter and in which order (in the making: the frozen shape of an item comes first)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LETTER_TOKEN = "tokentokentokentokentokentokento"  # noqa: S105 - a place holder
"""Stands in a compiled letter where the subscriber's own 32-character token is pasted at sending."""


@dataclass(frozen=True)
class Also:
    """Another outlet's account of the same story."""

    outlet: str
    headline: str
    url: str
    language: str = ""


@dataclass(frozen=True)
class ItemContent:
    """A story's words at the freeze of an edition; what `Item.content` holds as JSON."""

    headline: str
    excerpt: str
    outlet: str
    url: str  # the original, at the outlet
    told_at: str  # ISO 8601, UTC
    language: str
    outlets: int  # independent outlets
    story: int
    also: tuple[Also, ...] = ()
    author: str = ""
    note: str = ""  # of a development or correction, in words

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> ItemContent:
        """Back from JSON."""
        values = dict(table)
        values["also"] = tuple(Also(**also) for also in values.get("also", ()))
        return cls(**values)
