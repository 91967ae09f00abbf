"""Corante as one more reader over the same pipe, so that its time and memory are taken as its peers' are.

From the bytes: scan, decode, parse, text, facts, wishes, language, refining and excerpt, all of it timed. The peers are
given the decoded page and timed on the text alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def _corante() -> Callable[[dict[str, str]], dict[str, Any]]:
    from corante.core.excerpts import Limits, quotable
    from corante.core.markup import words
    from corante.core.readings import Told, compose
    from corante.sandbox import pages

    def read(job: dict[str, str]) -> dict[str, Any]:
        page = pages.read(job["bytes"].encode("latin-1"), job["url"])
        reading = compose(Told(""), page, None, Limits(), NOW)
        return {
            "text": reading.text,
            "title": reading.title,
            "authors": reading.author.split(", ") if reading.author else [],
            "date": reading.published.isoformat() if reading.published else None,
            "language": reading.language,
            "excerpt": reading.excerpt.text,
            "source": reading.source,
            "sentences": list(reading.excerpt.sentences),
            "quotable": sum(words(block.text) for block in quotable(page.blocks)),
            "paid": any(block.withheld == "paid" for block in page.blocks),
            "signals": reading.signals,
        }

    return read


PEERS = {"corante": _corante}
