"""What the fork server loads once, so that the children share it: the parsers, and what they make on first use.

Rule: imported by the fork server only. What is loaded here stands in memory once, not once for each child; what is frozen
is not touched by the collector, so that the pages stay shared.
"""

from __future__ import annotations

import gc

from . import discovery, feeds, pages

__all__ = ["discovery", "feeds", "pages"]

_SENTENCE = "The harbour council voted nine to four to raise the sea wall by a metre before the winter. "
pages.read(
    f"<html lang=en><title>Vote</title><article><p>{_SENTENCE * 20}</p></article></html>".encode(), "https://o.example/"
)
gc.collect()
gc.freeze()
