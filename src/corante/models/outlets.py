"""Outlets and their feeds: whom we listen to, and where."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from corante.core.lifecycles import FEED, step

from .columns import state_check, state_column


class Outlet(models.Model):
    """A publisher we attribute to."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    home_url = models.URLField(max_length=2000, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="BCP 47; empty = as declared and detected")
    owner = models.CharField(max_length=200, blank=True, help_text="outlets of one owner count once in coverage")
    group = models.CharField(max_length=200, blank=True, help_text="the folder it has in OPML")
    note = models.TextField(blank=True)
    excerpt_words = models.PositiveIntegerField(null=True, blank=True, help_text="longest excerpt; 0 = headline only")
    body_selector = models.CharField(max_length=300, blank=True, help_text="CSS selector of the article's text")
    hold = models.BooleanField(default=False, help_text="stories led by it wait for an editor")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="taken down: nothing of it is public")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Feed(models.Model):
    """One address of an outlet we look at: a feed, a sitemap or a page."""

    KINDS = (("feed", "feed"), ("sitemap", "sitemap"), ("page", "page without a feed"))

    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="feeds")
    url = models.URLField(max_length=2000, unique=True)
    kind = models.CharField(max_length=8, choices=KINDS, default="feed")
    title = models.CharField(max_length=300, blank=True)
    selector = models.CharField(max_length=300, blank=True, help_text="for kind page: CSS selector of its links")
    state = state_column(FEED)
    created_at = models.DateTimeField()
    # The two validators are opaque: stored and sent back as they came (RFC 9110 §8.8).
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    body_hash = models.CharField(max_length=32, blank=True)
    next_check_at = models.DateTimeField()
    held_by = models.CharField(max_length=40, blank=True, help_text="the job that looks at it, while it does")
    interval_s = models.PositiveIntegerField(default=1800)
    outcome = models.CharField(max_length=24, blank=True, help_text="of the last fetch, a core.feeds.Outcome")
    detail = models.CharField(max_length=500, blank=True, help_text="that outcome in words")
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    gap_s = models.PositiveIntegerField(default=0, help_text="seconds usual between two entries; 0 = not known yet")
    # A document that could not be parsed: which, and how often; three times and it is quarantined.
    bad_hash = models.CharField(max_length=32, blank=True)
    bad_seen = models.PositiveSmallIntegerField(default=0)
    last_checked_at = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_new_at = models.DateTimeField(null=True, blank=True)
    imported_at = models.DateTimeField(null=True, blank=True, help_text="first import done: from now on all is news")
    full_at = models.DateTimeField(null=True, blank=True, help_text="the whole document last came, not a 304")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="an editor wants it asked now, and in full")
    # Two addresses of one feed: by what they tell (core.likeness), and by an editor's word.
    sketch = models.CharField(max_length=80, blank=True, help_text="which entries it told last, in few letters")
    same_as = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="doubles")
    # Evidence for adopting a permanent redirect: where to, since when, how often.
    moved_to = models.CharField(max_length=2000, blank=True)
    moved_since = models.DateTimeField(null=True, blank=True)
    moved_seen = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [state_check("state", FEED, "feed_state")]
        indexes = [models.Index(fields=["next_check_at"], condition=Q(state="active"), name="feed_due")]

    def __str__(self) -> str:
        return self.url

    def pause(self) -> None:
        """Stop asking this feed until resumed."""
        self.state = step(FEED, self.state, "pause")

    def resume(self, now: datetime) -> None:
        """Ask again, at once."""
        self.state = step(FEED, self.state, "resume")
        self.next_check_at, self.failures, self.same_as = now, 0, None

    def gone(self) -> None:
        """The server said 410 Gone."""
        self.state = step(FEED, self.state, "gone")
