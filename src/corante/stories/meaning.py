"""The operator's embedder, where one is set: a plug for grouping across languages that ships without any model.

Rule: off unless the setting `embedder` names an installed function; it is asked once for a batch, before the batch holds any
lock. A text it fails on waits and is named: nothing is decided without it, so a replay ends in the same stories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.metadata import EntryPoint

from django.conf import settings

from corante.core.meanings import Meaning, meaning
from corante.models import Article

OPENING = 600  # characters of a text that it sees
Embed = Callable[[Sequence[str]], Iterable[Iterable[float]]]


class Speechless(Exception):
    """The embedder failed; the message names it and why."""


def meanings(articles: Iterable[Article]) -> dict[int, Meaning]:
    """Article -> meaning of its headline and opening; empty where no embedder is set. Raises Speechless."""
    name = settings.CORANTE.embedder
    if not name:
        return {}
    texts = {one.pk: f"{one.title}\n{own_text(one)[:OPENING]}".strip() for one in articles}
    try:
        found = [meaning(numbers) for numbers in _embedder(name)(list(texts.values()))]
        return dict(zip(texts, found, strict=True))
    except Exception as error:  # whatever the plug raises
        raise Speechless(f"embedder {name}: {type(error).__name__}: {error}") from error


def own_text(article: Article) -> str:
    """The text grouping looks at: the body, else the excerpt, else the feed's summary."""
    body = getattr(article, "body", None)
    return (body.text if body else "") or article.excerpt or article.summary


def likeness() -> float:
    """From which likeness two languages tell one story."""
    return float(settings.CORANTE.embedder_likeness) / 100


@lru_cache(maxsize=4)
def _embedder(name: str) -> Embed:
    """The function of that name."""
    found: Embed = EntryPoint("embedder", name, "corante").load()
    return found
