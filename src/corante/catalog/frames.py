"""What surrounds every page: what it says of itself before it begins, and the standing topics.

Rule: the same for pages that are files and pages that are answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corante.core import paths
from corante.models import Digest, Topic


@dataclass(frozen=True)
class Head:
    """What a page says of itself before it begins."""

    path: str
    title: str = ""  # empty: the site's own
    description: str = ""
    feeds: tuple[tuple[str, str, str], ...] = ()  # (media type, title, path)


@dataclass(frozen=True)
class TopicLine:
    """A standing topic, as the masthead names it."""

    number: int
    name: str
    slug: str
    description: str
    everything: bool


@dataclass(frozen=True)
class Frame:
    """What surrounds every page: the standing topics, and how often the letter comes that the form asks for."""

    topics: tuple[TopicLine, ...]
    rhythm: str = "daily"


def frame() -> Frame:
    """The standing topics in the editors' order; the letter is the site's first."""
    rows = Topic.objects.filter(retired_at__isnull=True).order_by("position", "pk")
    topics = tuple(_line(*row) for row in rows.values_list("pk", "name", "slug", "description", "rule"))
    first = Digest.objects.filter(retired_at__isnull=True).order_by("pk").values_list("cadence", flat=True).first()
    return Frame(topics, first or "daily")


def feeds_of(topics: Sequence[TopicLine]) -> tuple[tuple[str, str, str], ...]:
    """Where each of these topics can be read by a feed reader: (media type, title, path)."""
    kinds = (
        ("application/atom+xml", "Atom", "atom.xml"),
        ("application/rss+xml", "RSS", "rss.xml"),
        ("application/feed+json", "JSON Feed", "feed.json"),
    )
    return tuple(
        (media, f"{t.name}: {name}", paths.topic_feed(t.slug, file)) for t in topics for media, name, file in kinds
    )


def _line(number: int, name: str, slug: str, description: str, rule: str) -> TopicLine:
    return TopicLine(number, name, slug, description, rule.strip() == "*")
