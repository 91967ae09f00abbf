"""The languages our own words are in, and what they call themselves."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from .dates import locale_of

_HOME: Final = Path(__file__).resolve().parents[1] / "locale"


@lru_cache(maxsize=1)
def spoken() -> tuple[str, ...]:
    """Language tags with a catalogue beside English."""
    return tuple(sorted(file.parts[-3].replace("_", "-") for file in _HOME.glob("*/LC_MESSAGES/django.mo")))


def own_name(tag: str) -> str:
    """A language in its own words, as in Deutsch; the tag itself where nobody knows."""
    locale = locale_of(tag)
    return (locale.get_display_name(locale) or tag) if locale else tag
