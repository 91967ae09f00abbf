"""The smallest embedder there can be: it knows two things, a wall and a museum, in three languages."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = (("wall", "mauer", "muro"), ("museum", "museo"))


def embed(texts: Sequence[str]) -> list[list[float]]:
    """How often each text speaks of either."""
    return [[float(sum(text.lower().count(word) for word in words)) + 0.01 for words in WORDS] for text in texts]


def broken(texts: Sequence[str]) -> list[list[float]]:
    """One that fails on the third kind of thing."""
    if any("whale" in text for text in texts):
        raise RuntimeError("no whales")
    return embed(texts)
