"""Freezing an edition: in one transaction, its items, the letters it needs, and a delivery for every reader.

1. take the digest's row, so that two workers can't freeze one slot;
2. read the ledger: news, developments, corrections;
3. with neither news nor a correction: no edition, the slot counts as served; the same when all the news was
   told before under other topics and no reader gets a letter of it;
4. write the edition, its items, one variant for each distinct letter, one delivery for each reader with a letter;
5. move the slot on.
A crash leaves all of it or nothing; the next tick begins again at 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from itertools import count

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from corante.core.composing import LISTED, Contents, Entry, Heading, ItemContent, arrange
from corante.core.ledger import letter
from corante.core.timetable import GRACE, Slot
from corante.models import Digest, Dirty, Edition, Item, Variant

from . import ledger, words
from .enrolling import enrol
from .letters import Envelope, Letter, compile_letter
from .readers import Reader, Unsaid, Wish, readers


@dataclass(frozen=True)
class Note:
    """A development or a correction, and the topics under which it is told."""

    content: ItemContent
    topics: frozenset[int]


@dataclass(frozen=True)
class Draft:
    """All an edition holds, before it is cut to readers."""

    headings: tuple[Heading, ...]
    news: tuple[Entry, ...]
    developments: tuple[Note, ...]
    corrections: tuple[Note, ...]

    @property
    def empty(self) -> bool:
        """Nothing worth a letter: developments alone wait for company."""
        return not self.news and not self.corrections

    @property
    def stories(self) -> set[int]:
        """All numbers in it."""
        notes = (*self.developments, *self.corrections)
        return {entry.content.story for entry in self.news} | {note.content.story for note in notes}

    def contents(self, told: int, listed: int = LISTED) -> Contents:
        """In the letter's order, with so many told in full and so many listed."""
        developments = [note.content for note in self.developments]
        corrections = [note.content for note in self.corrections]
        return arrange(self.news, self.headings, developments, corrections, told, listed)

    def cut(self, wish: Wish) -> Draft:
        """What is left for readers with this wish: news they had not, notes on stories they had."""
        theirs = letter({entry.content.story: entry.topics for entry in self.news}, wish.topics, wish.had)
        return replace(
            self,
            headings=tuple(h for h in self.headings if h.topic in wish.topics),
            news=tuple(entry for entry in self.news if entry.content.story in theirs),
            developments=tuple(n for n in self.developments if n.topics & wish.topics and n.content.story in wish.had),
            corrections=tuple(n for n in self.corrections if n.content.story in wish.had),
        )


Letters = dict[tuple[Draft, str, str], list[Reader]]
"""What readers get, with the zone their times are told in and the language of our words, and who they are."""


def draft(digest: Digest, now: datetime) -> Draft:
    """What the digest's next edition would hold if it were frozen now. Writes nothing."""
    news = ledger.news(digest)
    developed = {s: found for s, found in ledger.developments(digest).items() if s not in news}
    text = words.told({*news, *developed}, digest, now)
    grown = [
        Note(replace(text[story], remarks=words.development(text[story], told.outlets, told.line)), told.topics)
        for story, told in developed.items()
    ]
    corrected = [
        Note(
            replace(content, story=story, remarks=words.correction(changes), changes=tuple(c.pk for c in changes)),
            frozenset({topic}),
        )
        for story, topic, content, changes in ledger.corrections(digest)
    ]
    return Draft(
        headings(digest),
        tuple(Entry(text[story], topics) for story, topics in news.items()),
        tuple(sorted(grown, key=lambda note: -note.content.outlets)),
        tuple(corrected),
    )


def headings(digest: Digest) -> tuple[Heading, ...]:
    """The digest's topics in the site's order."""
    rows = digest.topics.filter(retired_at__isnull=True).order_by("position", "pk")
    return tuple(Heading(t.pk, t.name, t.slug, t.rule.strip() == "*") for t in rows)


def freeze(digest_id: int, slot: Slot, now: datetime, hold_why: str = "") -> Edition | None:
    """Freeze the edition of a slot, unless it was served, the digest retired meanwhile, or there is nothing to say."""
    with transaction.atomic():
        digest = Digest.objects.select_for_update().get(pk=digest_id)
        if digest.retired_at or (digest.last_slot_at is not None and digest.last_slot_at >= slot.at):
            return None
        ledger.settle_scopes(digest)
        found = draft(digest, now)
        served = digest.editions.filter(slot_at=slot.at).exclude(state="folded").exists()
        letters = {} if found.empty or served else _letters(digest, found, slot)
        worth = not served and (letters or _says_something(digest, found))
        edition = _write(digest, slot, found, letters, now, hold_why) if worth else None
        digest.last_slot_at = slot.at
        digest.save(update_fields=["last_slot_at"])
        return edition


def _says_something(digest: Digest, found: Draft) -> bool:
    """Worth an edition even if nobody gets it by mail: a page of what stood in earlier ones would mislead."""
    news = {entry.content.story for entry in found.news}
    return bool(found.corrections) or bool(news - ledger.told(digest, news))


def _letters(digest: Digest, found: Draft, slot: Slot) -> Letters:
    """Who gets a letter of this, by what is left of it for them."""
    topics = frozenset(heading.topic for heading in found.headings)
    unsaid = Unsaid(digest.time_zone, settings.CORANTE.language)
    wishes = readers(digest, topics, found.stories, slot.at, unsaid)
    letters: Letters = {}
    for wish, who in wishes.items():
        theirs = found.cut(wish)
        if not theirs.empty:
            letters.setdefault((theirs, wish.zone, wish.language), []).extend(who)
    return letters


def _write(digest: Digest, slot: Slot, found: Draft, letters: Letters, now: datetime, hold_why: str) -> Edition:
    last = digest.editions.aggregate(last=Max("number"))["last"] or 0
    edition = Edition(digest=digest, slot_at=slot.at, date=slot.date, number=last + 1, frozen_at=now)
    frame = envelope(digest, slot.date)
    whole = compile_letter(found.contents, frame)
    edition.subject, edition.preheader = whole.subject, whole.preheader
    edition.deadline_at = slot.at + GRACE
    edition.save()
    Item.objects.bulk_create(_items(edition, found, whole))
    due = _owe(edition, letters, frame)
    edition.recipients = len(due)
    if why := hold_why or ("This digest's editions wait for an editor: release it to send it." if digest.hold else ""):
        edition.hold(why)
    elif not due:
        close_unread(edition, now)
    # A reader's own hour may be later than the slot's grace: it counts from the first letter due.
    edition.deadline_at = min(due, default=slot.at) + GRACE
    edition.save()
    Dirty.mark("edition", [edition.pk], "frozen", now)
    return edition


def close_unread(edition: Edition, now: datetime) -> None:
    """An edition nobody gets by mail stands in the archive at once."""
    edition.start(now)
    edition.close(now)


def _items(edition: Edition, found: Draft, whole: Letter) -> list[Item]:
    """Every story under each of its topics, in the letter's order; first under the topic where it is told."""
    position = count(1)
    contents = found.contents(whole.told, listed=len(found.news))
    under = {entry.content.story: entry.topics for entry in found.news}
    rows: list[Item] = []
    again: list[tuple[ItemContent, int, bool]] = []
    for section in contents.sections:
        for content in (*section.told, *section.listed):
            listed = content in section.listed
            rows.append(_item(edition, content, section.heading.topic, "story", next(position), listed))
            again += [(content, topic, listed) for topic in under[content.story] - {section.heading.topic}]
    for content, topic, listed in again:
        rows.append(_item(edition, content, topic, "story", next(position), listed))
    for kind, notes in (("development", found.developments), ("correction", found.corrections)):
        rows += [_item(edition, n.content, min(n.topics), kind, next(position), False) for n in notes]
    return rows


def _item(edition: Edition, content: ItemContent, topic: int, kind: str, position: int, listed: bool) -> Item:
    return Item(
        edition=edition,
        digest=edition.digest,
        story_id=content.story,
        topic_id=topic,
        kind=kind,
        position=position,
        listed=listed,
        content=content.to_json(),
    )


def _owe(edition: Edition, letters: Letters, frame: Envelope) -> list[datetime]:
    """Variants and deliveries; returns when each delivery is due."""
    for (theirs, zone, language), who in letters.items():
        enrol(edition, _variant(edition, theirs, replace(frame, zone=zone, language=language)), who)
    return [reader.due_at for who in letters.values() for reader in who]


def _variant(edition: Edition, theirs: Draft, frame: Envelope) -> Variant:
    made = compile_letter(theirs.contents, frame)
    stories = sorted(entry.content.story for entry in theirs.news)
    return Variant.objects.create(
        edition=edition,
        key=sha256(repr((frame, theirs)).encode()).hexdigest(),
        subject=made.subject,
        html=made.html,
        text=made.text,
        stories=stories,
    )


def envelope(digest: Digest, on: date) -> Envelope:
    """What the digest's next letter says of itself on a date."""
    again = digest.editions.filter(date=on).count()
    return Envelope(digest.name, digest.slug, on, settings.CORANTE.language, digest.time_zone, again)
