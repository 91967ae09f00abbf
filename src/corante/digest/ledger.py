"""What an edition may hold, read off the ledger: public, filed under a topic of the digest, not yet an item there.

Rule: no clock window. What was items of a merged story counts as the survivor's, so that a story is not news again
to those who had it under its old number. What was public before the topic stood in the digest is archive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, Max, OuterRef, Q

from corante.catalog.visibility import hidden, public_filings
from corante.core import ledger
from corante.core.composing import DEVELOPED, ItemContent
from corante.core.ledger import Topics, by_story
from corante.models import Act, Change, Digest, Item, Scope, Story


def settle_scopes(digest: Digest) -> None:
    """Give topics that joined since the last edition their beginning: the slot of that edition."""
    Scope.objects.filter(digest=digest, since__isnull=True).update(since=digest.last_slot_at or digest.created_at)


def news(digest: Digest) -> Topics:
    """The stories that are news to this digest, each with the topics under which it is."""
    since = _since(digest)
    items = Item.objects.filter(digest=digest, kind="story")
    stood = items.filter(story=OuterRef("story_id"), topic=OuterRef("topic_id"))
    filed = {
        (story, topic)
        for story, topic, public_at in public_filings()
        .filter(~Exists(stood), topic__in=since, story__public_at__isnull=False)
        .values_list("story_id", "topic_id", "story__public_at")
        if public_at is not None and public_at >= since[topic]
    }
    survivor = families({story for story, _ in filed})
    return ledger.news(filed, items.filter(story__in=survivor).values_list("story_id", "topic_id"), survivor)


def told(digest: Digest, stories: set[int]) -> set[int]:
    """Those of these stories that an edition of this digest carried, under whatever topic or number."""
    return set(_carried(digest, stories))


@dataclass(frozen=True)
class Developed:
    """A story told before that is worth a line again: where it stands, as it was told last, an editor's line on it."""

    topics: frozenset[int]
    outlets: int
    line: str | None  # None: no editor asked for it


def developments(digest: Digest) -> dict[int, Developed]:
    """Stories told before that two more independent outlets tell now, or that an editor wants told again."""
    newer = Q(story__last_at__gt=F("edition__frozen_at"))
    newer |= Q(story__merged_into__last_at__gt=F("edition__frozen_at"))
    grown = Item.objects.filter(newer, digest=digest).exclude(kind="correction")
    survivors = {merged or story for story, merged in grown.values_list("story_id", "story__merged_into_id")}
    lines = _editors_lines(digest)
    last = _last_told(digest, survivors | lines.keys())
    filed = by_story(
        public_filings().filter(story__in=last, topic__in=_since(digest)).values_list("story_id", "topic_id")
    )
    now = dict(Story.objects.filter(pk__in=filed).values_list("pk", "outlets"))
    worth = [story for story in filed if story in last and (story in lines or now[story] >= last[story] + DEVELOPED)]
    return {story: Developed(filed[story], last[story], lines.get(story)) for story in worth}


def corrections(digest: Digest) -> list[tuple[int, int, ItemContent, list[Change]]]:
    """What outlets corrected or withdrew after an edition carried it: story, topic, as carried, the changes.

    A change is told once; nothing is said of stories an editor hid or outlets that were taken down.
    """
    changes = (
        Change.objects.filter(
            ~hidden("article__story"),
            kind__in=("corrected", "withdrawn"),
            at__gte=digest.created_at,
            article__story__isnull=False,
            article__outlet__removed_at__isnull=True,
        )
        .select_related("article__outlet")
        .order_by("at", "pk")
    )
    told = _changes_told(digest)
    open_ = [change for change in changes if change.pk not in told]
    carried = _carried(digest, {change.article.story_id for change in open_ if change.article.story_id})
    found: dict[int, tuple[int, int, ItemContent, list[Change]]] = {}
    for change in open_:
        for topic, frozen_at, content in carried.get(change.article.story_id or 0, ()):
            if frozen_at <= change.at and change.article.url in _addresses(content):
                found.setdefault(content.story, (change.article.story_id or 0, topic, content, []))[3].append(change)
                break
    return list(found.values())


def families(stories: Iterable[int]) -> dict[int, int]:
    """Each of these stories and all that were merged into it, however deep, with the survivor's number."""
    family = {story: story for story in stories}
    layer = set(family)
    while layer:
        rows = Story.objects.filter(merged_into__in=layer).values_list("pk", "merged_into_id")
        found = {child: family[parent] for child, parent in rows if parent is not None and child not in family}
        family |= found
        layer = set(found)
    return family


def _since(digest: Digest) -> dict[int, datetime]:
    standing = Scope.objects.filter(digest=digest, topic__retired_at__isnull=True)
    start = digest.last_slot_at or digest.created_at
    return {topic: since or start for topic, since in standing.values_list("topic_id", "since")}


def _editors_lines(digest: Digest) -> dict[int, str]:
    """What editors want told again since the digest's last edition: story, by its number now -> their line."""
    last = digest.editions.exclude(state="folded").aggregate(at=Max("frozen_at"))["at"]
    if last is None:
        return {}
    acts = Act.objects.filter(verb="retell", subject="story", at__gt=last, undone_by__isnull=True).order_by("at", "pk")
    return {_standing(act.subject_id): str(act.after.get("line", "")) for act in acts}


def _standing(story: int) -> int:
    """The story it was merged into, however often; itself if it was not."""
    while into := Story.objects.filter(pk=story).values_list("merged_into_id", flat=True).first():
        story = into
    return story


def _last_told(digest: Digest, stories: set[int]) -> dict[int, int]:
    """How many outlets told each story when the digest last spoke of it, under any number it had."""
    family = families(stories)
    last: dict[int, int] = {}
    rows = Item.objects.filter(digest=digest, story__in=family).exclude(kind="correction")
    for story, content in rows.values_list("story_id", "content"):
        last[family[story]] = max(last.get(family[story], 0), content["outlets"])
    return last


def _changes_told(digest: Digest) -> set[int]:
    rows = Item.objects.filter(digest=digest, kind="correction").values_list("content", flat=True)
    return {change for content in rows for change in content.get("changes", ())}


def _carried(digest: Digest, stories: set[int]) -> dict[int, list[tuple[int, datetime, ItemContent]]]:
    family = families(stories)
    carried: dict[int, list[tuple[int, datetime, ItemContent]]] = {}
    rows = Item.objects.filter(digest=digest, kind="story", story__in=family).exclude(edition__state="folded")
    for story, topic, frozen_at, content in rows.order_by("edition__frozen_at", "position").values_list(
        "story_id", "topic_id", "edition__frozen_at", "content"
    ):
        carried.setdefault(family[story], []).append((topic, frozen_at, ItemContent.from_json(content)))
    return carried


def _addresses(content: ItemContent) -> set[str]:
    return {content.url, *(also.url for also in content.also)}
