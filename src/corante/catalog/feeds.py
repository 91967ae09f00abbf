"""A topic's feed: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1 from the same values; and a search's, as Atom.

Rule: an entry's id is a tag URI (RFC 4151) of the story's number and never changes; its link is the original.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from corante.core import paths
from corante.core.config import Config

from .frames import TopicLine
from .pages import LISTED
from .teasers import Teaser, teasers
from .visibility import public_filings

MINTED = 2026
"""The year of the tag URIs; part of every id, so never to change."""


@dataclass(frozen=True)
class Entry:
    """A story in a feed."""

    id: str
    story: Teaser
    url: str  # the original, at the outlet
    page: str  # all accounts, here
    updated: datetime

    @property
    def rfc822(self) -> str:
        """When it was first told, as RSS writes it."""
        return format_datetime(self.story.first_at)


@dataclass(frozen=True)
class Feed:
    """The newest stories of a topic or a search, for readers elsewhere."""

    id: str
    place: tuple[str, str]  # its path before and after the kind of feed
    title: str
    description: str
    home: str
    language: str
    updated: datetime | None
    entries: tuple[Entry, ...]

    def address(self, kind: str, config: Config) -> str:
        """Where the feed of this kind stands."""
        return config.absolute(kind.join(self.place))


def topic_feed(topic: TopicLine, config: Config) -> Feed:
    """The newest stories of a topic."""
    filed = public_filings().filter(topic=topic.number).order_by("-told_at", "-story_id")
    stories = teasers(list(filed.values_list("story_id", flat=True)[:LISTED]))
    name, home = f"{topic.name} · {config.title}", config.absolute(paths.topic(topic.slug))
    about = topic.description or config.description
    return _feed(f"topics/{topic.number}", (paths.topic(topic.slug), ""), name, about, home, stories, config)


def search_feed(query: str, about: str, stories: Sequence[Teaser], config: Config) -> Feed:
    """What a search finds, newest first; its id is the search as it was asked."""
    asked = f"?{urlencode({'q': query})}"
    name, home = f"{query} · {config.title}", config.absolute(paths.SEARCH + asked)
    mark = sha256(query.casefold().encode()).hexdigest()[:32]
    return _feed(f"search/{mark}", (paths.SEARCH, asked), name, about, home, stories, config)


def json_feed(feed: Feed, config: Config) -> bytes:
    """JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.home,
        "feed_url": feed.address("feed.json", config),
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _feed(
    mark: str, place: tuple[str, str], name: str, about: str, home: str, stories: Sequence[Teaser], config: Config
) -> Feed:
    tag = f"tag:{urlsplit(config.base_url).hostname},{MINTED}:"
    entries = tuple(_entry(one, tag, config) for one in stories)
    newest = max((entry.updated for entry in entries), default=None)
    return Feed(f"{tag}{mark}", place, name, about, home, config.language, newest, entries)


def _entry(story: Teaser, tag: str, config: Config) -> Entry:
    url = story.url if story.url.startswith("http") else config.absolute(story.path)
    updated = max(story.last_at, story.first_at)
    return Entry(f"{tag}stories/{story.number}", story, url, config.absolute(story.path), updated)


def _item(entry: Entry) -> dict[str, object]:
    story = entry.story
    item: dict[str, object] = {
        "id": entry.id,
        "url": entry.page,
        "external_url": entry.url,
        "title": story.headline,
        "content_text": story.excerpt or story.headline,
        "date_published": story.first_at.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": story.outlet}],
    }
    return item | ({"language": story.language} if story.language else {})
