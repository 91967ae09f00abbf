"""What an answer means for its article's row: read, unread for now, unread for good, quarantined, changed, withdrawn.

Rule: one transaction an article. The state moves by core.lifecycles; a read article stays read while it is looked at again.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import datetime

import xxhash
from django.db import transaction

from corante.core import revisits
from corante.core.config import Config
from corante.core.excerpts import Limits
from corante.core.feeds import Outcome
from corante.core.lifecycles import READING, step
from corante.core.markup import words
from corante.core.memories import furniture, remember
from corante.core.pages import Page
from corante.core.readings import Reading, Told, compose
from corante.core.tokens import words as tokens
from corante.core.work import Tally
from corante.models import Article, Body, Dirty, Memory, Quarantine, Story
from corante.net.client import Answer

from .changing import note_changes, note_withdrawal
from .twins import settle_address


@transaction.atomic
def keep(answer: Answer, page: Page | None, carried: Page | None, poison: str, config: Config, now: datetime) -> Tally:
    """Store what came of asking for one article's page. The article may be gone meanwhile: then nothing is done."""
    rows = Article.objects.select_related("outlet", "body").select_for_update(of=("self",))
    article = rows.filter(pk=answer.request.tag).first()
    if article is None:
        return Tally()
    if article.reading == "read":
        return _look_again(article, answer, page, carried, config, now)
    if page is not None:
        return _read(article, answer, page, carried, config, now)
    return _not_read(article, answer, carried, poison, config, now)


def _read(article: Article, answer: Answer, page: Page, carried: Page | None, config: Config, now: datetime) -> Tally:
    reading = _compose(article, page, carried, config, now)
    if settle_address(article, reading.canonical):
        return Tally(done=1, note="the same piece at another address")
    _remember(article, reading)
    if article.read_at and not article.reading_detail and note_changes(article, reading, now):
        # Read once more because its outlet gave it another headline: what else changed is said as well.
        reading = replace(reading, title=article.title)
        _tell(article, "its outlet changed it", now)
    _to_pending(article)
    article.reading, article.reading_tries, article.reading_detail = step(READING, article.reading, "read"), 0, ""
    _after_reading(article, answer, now)
    _store(article, reading, now)
    return Tally(done=1, made=int(reading.source in ("body", "feed")))


def _not_read(
    article: Article, answer: Answer, carried: Page | None, poison: str, config: Config, now: datetime
) -> Tally:
    """No page: the feed's own words stand in, so that the story need not wait; then later tries, or none."""
    if answer.outcome in revisits.WAITING and now - article.seen_at < revisits.PATIENCE:
        article.next_read_at = revisits.wait(answer.retry_s, now)
        article.reading_detail = answer.detail[:500]
        article.save(update_fields=["next_read_at", "reading_detail"])
        return Tally(done=1)
    article.reading_tries += 1
    article.reading_detail = (poison or answer.detail)[:500]
    final = answer.outcome in revisits.FINAL
    article.next_read_at = None if final else revisits.next_try(article.reading_tries, now)
    _to_pending(article)
    event = "quarantine" if poison and article.next_read_at is None else "give_up"
    article.reading = step(READING, article.reading, event)
    if event == "quarantine":
        _quarantine(answer, poison, now)
    _store(article, _compose(article, None, carried, config, now), now)
    return Tally(done=1, failed=1)


def _look_again(
    article: Article, answer: Answer, page: Page | None, carried: Page | None, config: Config, now: datetime
) -> Tally:
    """A young article's page once more: unchanged, changed, taken back, or not to be had just now."""
    if answer.outcome in revisits.TAKEN_BACK:
        return _gone(article, now)
    if page is None:
        article.next_read_at = (
            revisits.wait(answer.retry_s, now)
            if answer.outcome in revisits.WAITING
            else revisits.next_revisit(article.seen_at, now)
        )
        article.save(update_fields=["next_read_at"])
        return Tally(done=1, failed=int(answer.outcome is not Outcome.UNMODIFIED))
    reading = _compose(article, page, carried, config, now)
    _after_reading(article, answer, now)
    article.reading_tries = 0
    if note_changes(article, reading, now):
        _store(article, replace(reading, title=article.title), now)
        _tell(article, "its outlet changed it", now)  # also where all that shows of it is a line about the change
        return Tally(done=1, made=1)
    article.page_title = reading.headline or article.page_title
    article.save(update_fields=["next_read_at", "page_etag", "read_at", "reading_tries", "page_title"])
    return Tally(done=1)


def _gone(article: Article, now: datetime) -> Tally:
    """Not there twice, at least an hour apart: taken back by its outlet."""
    article.reading_tries += 1
    if article.reading_tries < 2:
        article.next_read_at = now + revisits.RETRIES[1]
        article.save(update_fields=["reading_tries", "next_read_at"])
        return Tally(done=1, failed=1)
    article.next_read_at, article.withdrawn_at = None, now
    article.save(update_fields=["reading_tries", "next_read_at", "withdrawn_at"])
    note_withdrawal(article, now)
    _tell(article, "withdrawn by its outlet", now)
    return Tally(done=1)


def _compose(article: Article, page: Page | None, carried: Page | None, config: Config, now: datetime) -> Reading:
    outlet = article.outlet
    most = config.excerpt_words if outlet.excerpt_words is None else min(config.excerpt_words, outlet.excerpt_words)
    by_feed = article.provenance.get("author", "feed") == "feed"
    told = Told(
        "" if article.provenance.get("title") == "address" else article.title,
        article.summary,
        article.author if by_feed else "",
        outlet.language or (article.language if article.provenance.get("language", "feed") == "feed" else ""),
        article.published_at if article.published_asserted else None,
    )
    lines = [block.text for block in page.blocks] if page else []
    known = furniture(lines, _memory(article)) if lines else frozenset()
    return compose(told, page, carried, Limits(most), now, known)


def _memory(article: Article) -> dict[str, int]:
    row = Memory.objects.filter(pk=article.outlet_id).values_list("lines", flat=True).first()
    return dict(row) if row else {}


def _remember(article: Article, reading: Reading) -> None:
    """Once an article, at its first reading; a copy of a text we have read counts nothing."""
    mark = _text_hash(reading.text)
    known = Article.objects.filter(outlet=article.outlet_id, text_hash=mark).exclude(pk=article.pk).exists()
    if article.text_hash or not mark or known:
        return
    Memory.objects.update_or_create(pk=article.outlet_id, defaults={"lines": remember(reading.lines, _memory(article))})


def _after_reading(article: Article, answer: Answer, now: datetime) -> None:
    article.read_at, article.next_read_at = now, revisits.next_revisit(article.seen_at, now)
    article.page_etag = answer.etag or answer.last_modified


def _store(article: Article, reading: Reading, now: datetime) -> None:
    """The reading into the row and its body. A title or time of the feed's is never overruled."""
    shown = (article.title, article.excerpt, article.author)
    article.title = reading.title or article.title
    # An outlet that names itself as the author is attributed already.
    article.author = "" if reading.provenance.get("author") == "outlet" else reading.author
    article.language = reading.language
    article.section = article.section or reading.section
    article.image_url = article.image_url or reading.image_url[:2000]
    if reading.published and not article.published_asserted:
        article.published_at, article.published_asserted = reading.published, True
    article.page_title = reading.headline or article.page_title
    article.excerpt, article.excerpt_source = reading.excerpt.text, reading.source
    article.excerpt_version = reading.excerpt.version
    article.words, article.free, article.signals = words(reading.text), reading.free, reading.signals
    article.provenance, article.text_hash = reading.provenance, _text_hash(reading.text)
    article.save()
    _store_body(article, reading)
    if shown != (article.title, article.excerpt, article.author):
        _tell(article, "its outlet's text was read", now)


def _store_body(article: Article, reading: Reading) -> None:
    """The text, unless the outlet wants no copy kept; the feed's content only while the page is looked at again."""
    body = getattr(article, "body", None) or Body(article=article)
    body.text = "" if reading.signals.get("noarchive") else reading.text
    if article.next_read_at is None:
        body.feed_html = ""
    body.save()


def _quarantine(answer: Answer, reason: str, now: datetime) -> None:
    Quarantine.objects.create(
        url=answer.request.url[:2000], kind="page", reason=reason[:500], body=zlib.compress(answer.body), at=now
    )


def _tell(article: Article, reason: str, now: datetime) -> None:
    """Whatever shows this article is due again, and its filing is looked at anew."""
    if article.story_id:
        Story.objects.filter(pk=article.story_id).update(unfiled=True)
        Dirty.mark("story", [article.story_id], reason, now)
        Dirty.mark("outlet", [article.outlet_id], reason, now)


def _to_pending(article: Article) -> None:
    if article.reading != "pending":
        article.reading = step(READING, article.reading, "reread")


def _text_hash(text: str) -> str:
    return xxhash.xxh3_128_hexdigest(" ".join(tokens(text)).encode()) if text else ""
