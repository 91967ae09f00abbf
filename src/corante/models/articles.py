"""Articles: one piece from one outlet, as we keep it, and what we remember of it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from corante.core.changes import spots
from corante.core.lifecycles import READING, step

from .columns import state_check, state_column
from .outlets import Feed, Outlet


class Article(models.Model):
    """One piece from one outlet. Outlet, link and time are not nullable: nothing stands unattributed."""

    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="articles")
    feed = models.ForeignKey(Feed, on_delete=models.SET_NULL, null=True, related_name="articles")
    story = models.ForeignKey("Story", on_delete=models.SET_NULL, null=True, related_name="articles")
    url = models.CharField(max_length=2000, help_text="where readers are sent")
    key = models.CharField(max_length=64, unique=True, help_text="core.urls.key of the canonical address")
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True, help_text="the feed's own summary, as plain text")
    author = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=35, blank=True)
    section = models.CharField(max_length=200, blank=True)
    image_url = models.CharField(max_length=2000, blank=True, help_text="address only; never hot-linked")
    published_at = models.DateTimeField(help_text="as asserted by the outlet and plausible, else first seen")
    published_asserted = models.BooleanField(default=False)
    seen_at = models.DateTimeField(help_text="first seen by us")
    # Reading
    reading = state_column(READING)
    reading_tries = models.PositiveSmallIntegerField(default=0)
    reading_detail = models.CharField(max_length=500, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    next_read_at = models.DateTimeField(null=True, blank=True, help_text="when the page is due; null = no more")
    page_etag = models.TextField(blank=True)
    page_title = models.CharField(max_length=500, blank=True, help_text="the headline on the page when last read")
    excerpt = models.TextField(blank=True)
    excerpt_source = models.CharField(max_length=8, blank=True, help_text="body, feed, summary or none")
    excerpt_version = models.PositiveSmallIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)
    free = models.BooleanField(default=True, help_text="False: the outlet says it is for subscribers")
    signals = models.JSONField(default=dict, blank=True, help_text="the outlet's wishes as found")
    provenance = models.JSONField(default=dict, blank=True, help_text="field -> where it came from")
    text_hash = models.CharField(max_length=32, blank=True, db_index=True)
    copy_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="copies")
    copy_share = models.FloatField(default=0, help_text="share of its text that stands word for word in copy_of")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="the outlet took it back (404, 410)")

    class Meta:
        constraints = [
            state_check("reading", READING, "article_reading"),
            models.CheckConstraint(condition=~Q(url="") & ~Q(title=""), name="article_attributed"),
        ]
        indexes = [
            models.Index(fields=["next_read_at"], condition=Q(next_read_at__isnull=False), name="article_due"),
            models.Index(fields=["id"], condition=Q(story__isnull=True), name="article_unfiled"),
            models.Index(fields=["outlet", "-published_at", "-id"], name="article_of_outlet"),
            models.Index(fields=["story", "seen_at"], name="article_of_story"),
        ]

    def __str__(self) -> str:
        return self.title

    def reread(self, now: datetime) -> None:
        """Read the page again, at once."""
        self.reading = step(READING, self.reading, "reread")
        self.next_read_at, self.reading_tries = now, 0


class Body(models.Model):
    """An article's text, apart from the row that lists carry; may be dropped without losing the article."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="body")
    feed_html = models.TextField(blank=True, help_text="content as the feed carried it, until read")
    text = models.TextField(blank=True, help_text="paragraphs, a blank line between them")


class Memory(models.Model):
    """What an outlet says on its pages: lines and on how many different articles each was seen (core.memories)."""

    outlet = models.OneToOneField(Outlet, on_delete=models.CASCADE, primary_key=True, related_name="memory")
    lines = models.JSONField(default=dict, help_text="line -> articles, the longest unseen first")

    class Meta:
        verbose_name_plural = "memories"


class Sighting(models.Model):
    """ "Seen first on …": the memory that outlives a purged article. Any identity of an entry is one row."""

    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="sightings")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outlet", "key"], name="sighting_once")]


class Change(models.Model):
    """What an outlet changed in a piece after we had seen it. (An editor's change is a Revision.)"""

    KINDS = (("headline", "headline"), ("text", "text"), ("corrected", "corrected"), ("withdrawn", "withdrawn"))

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=KINDS)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    @property
    def spots(self) -> list[tuple[str, str]]:
        """The words in order, each run `same`, `gone` or `new`; what stayed the same is cut short."""
        return spots(self.before, self.after)


class Shingle(models.Model):
    """One kept fingerprint of an article's text: `xxh64 % 8 == 0` of five tokens (docs/research of copies)."""

    hash = models.BigIntegerField(db_index=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
