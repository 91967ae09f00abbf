"""The pages of a plan, printed in the order in which they may be linked to.

    places     topics and outlets with no page yet get an empty one, as every page links to them
    stories -> days -> months -> topics -> outlets -> editions -> front -> prose -> feeds -> sitemaps
    gone       what may not be seen any more, last: by now nothing links to it

Rule: one page that cannot be rendered is noted and put off, the others go on; a disk that cannot be written stops
everything, with the old pages in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from corante.catalog import accounts, archive, days, feeds, frames, outlets, pages
from corante.catalog.dates import Almanac
from corante.catalog.visibility import public_stories
from corante.core import paths
from corante.models import Dirty, Outlet, Page

from .plan import OF_TOPIC, Plan
from .printer import Printer
from .register import Register, Sheet
from .tree import Tree

log = structlog.get_logger(__name__)
AGAIN = timedelta(minutes=5)
AT_ONCE = 100
"""So many stories are read from the database together."""


class Press:
    """Prints one plan into one tree."""

    def __init__(self, tree: Tree, almanac: Almanac, now: datetime) -> None:
        self.tree, self.almanac, self.now = tree, almanac, now
        self.frame = frames.frame()
        self.printer = Printer(self.frame)
        self.topics = {topic.number: topic for topic in self.frame.topics}
        self.failed = 0
        self.register = Register(tree, self.printer, now)

    @property
    def made(self) -> int:
        """Files that changed."""
        return self.register.made

    def run(self, plan: Plan) -> None:
        """Print everything in order. Raises OSError when the disk refuses."""
        self._places()
        self._stories(plan.stories)
        self._days(plan.days)
        self._topics(plan.topics)
        for number in sorted(plan.outlets):
            self._try("outlet", number, self._outlet)
        for number in sorted(plan.editions):
            self._try("edition", number, self._edition)
        if plan.editions or plan.prose:
            self._try("site", 0, self._editions)
        if plan.front:
            self._try("site", 0, self._front)
        if plan.front or plan.prose:
            self._try("site", 0, self._corrections)
        if plan.index:
            self._try("site", 0, self._index)
        if plan.prose:
            self._try("site", 0, self._prose)
        for number in sorted(plan.topics & set(self.topics)):
            self._try("topic", number, self._feeds)
        self._sitemaps(plan.sitemaps)
        self.register.keep()
        self.register.take_away()

    def _places(self) -> None:
        for topic in self.frame.topics:
            if not self.tree.has(paths.topic(topic.slug)):
                it = pages.empty_topic(topic)
                self.register.put(
                    Sheet(it.page.path, "topic", topic.number), self.printer.page("topic", it.page, it=it)
                )

    def _stories(self, numbers: Iterable[int]) -> None:
        ordered = sorted(numbers)
        for at in range(0, len(ordered), AT_ONCE):
            some = ordered[at : at + AT_ONCE]
            found = accounts.story_pages(some)
            for number in some:
                if number in found:
                    self._try("story", number, self._story, found[number])
                else:
                    self.register.gone(paths.story(number), number)
            self.register.keep()

    def _story(self, number: int, it: accounts.StoryPage) -> None:
        sheet = Sheet(it.page.path, "story", number, self.almanac.on(it.story.first_at))
        self.register.put(sheet, self.printer.page("story", it.page, it=it))

    def _days(self, dirty: Iterable[tuple[int, date]]) -> None:
        standing = sorted((topic, on) for topic, on in dirty if topic in self.topics)
        for topic, on in standing:
            self._try("topic", topic, self._day, on)
        self.register.keep()
        for topic, month in sorted({(topic, on.replace(day=1)) for topic, on in standing}):
            self._try("topic", topic, self._month, month)
        self.register.keep()
        for topic in sorted({topic for topic, _on in standing}):
            it = days.months_page(self.topics[topic])
            self.register.put(Sheet(it.page.path, "months", topic), self.printer.page("months", it.page, it=it))

    def _day(self, topic: int, on: date) -> None:
        it = days.day_page(self.topics[topic], on, self.almanac)
        stories = it.day.stories
        if not stories:
            return self.register.empty(Sheet(it.page.path, "day", topic, on))
        most = max(stories, key=lambda one: (one.outlets, -one.number))
        sheet = Sheet(it.page.path, "day", topic, on, len(stories), most.headline, most.language)
        return self.register.put(sheet, self.printer.page("day", it.page, it=it))

    def _month(self, topic: int, on: date) -> None:
        it = days.month_page(self.topics[topic], on, self.almanac)
        sheet = Sheet(it.page.path, "month", topic, on, sum(day.stories for day in it.days))
        if not it.days:
            return self.register.empty(sheet)
        return self.register.put(sheet, self.printer.page("month", it.page, it=it))

    def _topics(self, numbers: Iterable[int]) -> None:
        for number in sorted(numbers):
            if number in self.topics:
                self._try("topic", number, self._topic)
            self._leave_behind(number)

    def _topic(self, number: int) -> None:
        it = pages.topic_page(self.topics[number], self.almanac, self.now)
        self.register.put(Sheet(it.page.path, "topic", number), self.printer.page("topic", it.page, it=it))

    def _leave_behind(self, number: int) -> None:
        """Pages of a topic that was retired, or stands under another path now."""
        inside = paths.topic(self.topics[number].slug) if number in self.topics else None
        rows = Page.objects.filter(kind__in=OF_TOPIC, ref=number, gone=False)
        for path in rows.values_list("path", flat=True):
            if inside is None or not path.startswith(inside):
                self.register.gone(path)

    def _outlet(self, number: int) -> None:
        it = outlets.outlet_page(number)
        if it is None:
            slug = Outlet.objects.filter(pk=number).values_list("slug", flat=True).first()
            if slug:
                self.register.gone(paths.outlet(slug))
            return
        sheet = Sheet(it.page.path, "outlet", number, headline=it.name)
        self.register.put(sheet, self.printer.page("outlet", it.page, it=it))

    def _edition(self, number: int) -> None:
        it = archive.edition_page(number, self.almanac)
        if it is not None:
            self.register.put(Sheet(it.page.path, "edition", number), self.printer.page("edition", it.page, it=it))
            return
        stood = Page.objects.filter(kind="edition", ref=number, gone=False)
        for path in stood.values_list("path", flat=True):
            self.register.gone(path)

    def _editions(self, _ref: int) -> None:
        head = frames.Head(paths.EDITIONS, _("Past letters"), _("Every letter that went out, as it was sent."))
        self.register.put(Sheet(head.path, "editions"), self.printer.page("editions", head, it=archive.editions()))

    def _front(self, _ref: int) -> None:
        it = pages.front(self.frame, self.now)
        self.register.put(Sheet(it.page.path, "front"), self.printer.page("front", it.page, it=it))

    def _corrections(self, _ref: int) -> None:
        head = frames.Head(paths.CORRECTIONS, _("Corrections"), _("What outlets corrected or took back, newest first."))
        self.register.put(Sheet(head.path, "prose"), self.printer.page("corrections", head, it=archive.corrections()))

    def _index(self, _ref: int) -> None:
        head = frames.Head(paths.OUTLETS, _("Outlets"), _("Whom we listen to, and where they are."))
        lines = outlets.index()
        self.register.put(Sheet(head.path, "outlets"), self.printer.page("outlets", head, it=lines))
        self.register.put(Sheet(paths.OPML, "outlets"), self.printer.file("outlets.opml", outlets=lines))

    def _prose(self, _ref: int) -> None:
        for head in pages.prose(settings.CORANTE.title):
            name = head.path.strip("/").removesuffix(".html")
            self.register.put(Sheet(head.path, "prose"), self.printer.page(name, head))
        self.register.put(Sheet(paths.ROBOTS, "prose"), self.printer.file("robots.txt"))

    def _feeds(self, number: int) -> None:
        topic = self.topics[number]
        feed = feeds.topic_feed(topic, settings.CORANTE)
        for name, content in (
            ("atom.xml", self.printer.file("atom.xml", feed=feed)),
            ("rss.xml", self.printer.file("rss.xml", feed=feed)),
            ("feed.json", feeds.json_feed(feed, settings.CORANTE)),
        ):
            self.register.put(Sheet(paths.topic_feed(topic.slug, name), "feed", number), content)

    def _sitemaps(self, dirty: Iterable[date]) -> None:
        for on in sorted(dirty):
            begin, end = self.almanac.span(on)
            told = public_stories().filter(first_at__gte=begin, first_at__lt=end).order_by("-first_at", "-pk")
            found = [paths.story(number) for number in told.values_list("pk", flat=True)]
            sheet = Sheet(paths.sitemap(on), "sitemap", 0, on, len(found))
            if not found:
                self.register.empty(sheet)
                continue
            self.register.put(sheet, self.printer.file("sitemap.xml", paths_=found))
        self.register.keep()
        if dirty or not self.tree.has(paths.SITEMAP):
            rows = Page.objects.filter(kind="sitemap", ref=0, gone=False, on__isnull=False).order_by("-on")
            listed = list(rows.values_list("path", flat=True))
            self.register.put(Sheet(paths.SITEMAP, "index"), self.printer.file("sitemaps.xml", paths_=listed))

    def _try(self, kind: str, ref: int, one: Callable[..., None], *values: object) -> None:
        try:
            one(ref, *values)
        except OSError:
            raise
        except Exception as error:
            self.failed += 1
            log.exception("a page could not be rendered", kind=kind, ref=ref)
            reason = f"could not be rendered: {error}"[:80]
            Dirty.objects.create(kind=kind, ref=ref, reason=reason, at=self.now, due_at=self.now + AGAIN, later=True)
