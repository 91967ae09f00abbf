"""Compiling a letter: one set of words, rendered as HTML and as plain text.

Rule: both parts are made from the same values in the same order, so their links are the same. The only thing that
differs from reader to reader is LETTER_TOKEN, pasted over at sending. What an outlet wrote is text, always escaped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from babel.dates import get_timezone_location
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corante.catalog.dates import Almanac, direction
from corante.catalog.letters import render_letter
from corante.catalog.remarks import sentences
from corante.catalog.teasers import link
from corante.catalog.templating import almanac
from corante.core import composing, paths
from corante.core.composing import LETTER_BYTES, LETTER_TOKEN, Contents, ItemContent, Section
from corante.core.plaintext import isolate

Arrange = Callable[[int], Contents]
"""Makes a letter's contents when told how many stories may be told in full."""


DOTS = 12
"""One dot for each outlet that tells a story, up to so many: the coverage line, in what every mail program shows."""


@dataclass(frozen=True)
class Letter:
    """A compiled letter: the same for everyone with this variant."""

    subject: str
    preheader: str
    html: str
    text: str
    stories: int
    told: int  # of them in full

    @property
    def bytes(self) -> int:
        """Of the HTML, which mail programs cut when it is too long."""
        return len(self.html.encode())


@dataclass(frozen=True)
class Envelope:
    """What a letter says of itself: which digest, which date, in whose language and zone."""

    name: str
    slug: str
    date: date
    language: str
    zone: str
    again: int = 0  # editions of this date before it


def compile_letter(arrange: Arrange, envelope: Envelope) -> Letter:
    """The letter, with as many stories told in full as 90 kB of HTML hold; the others are listed by link."""
    told = composing.TOLD
    while True:
        letter = _render(arrange(told), envelope)
        if letter.bytes <= LETTER_BYTES or told == 0:
            return letter
        told = min(told - 1, told * LETTER_BYTES // letter.bytes)


def _render(contents: Contents, envelope: Envelope) -> Letter:
    with translation.override(envelope.language):
        values = _values(contents, envelope)
    html, text = render_letter("letter", envelope.language, values)
    return Letter(values["subject"], values["preheader"], html, text, contents.stories, len(contents.told))


def _values(contents: Contents, envelope: Envelope) -> dict[str, Any]:
    days = almanac(envelope.language, envelope.zone)
    site = settings.CORANTE
    host = urlsplit(site.base_url).hostname or site.title
    return {
        "subject": _subject(contents),
        "preheader": composing.preheader(contents) or _summary(contents, days),
        "title": site.title,
        "name": envelope.name,
        "date": days.day(envelope.date),
        "summary": _summary(contents, days),
        "topics": _topics(contents, envelope),
        "sections": [_section(part, contents, envelope, days) for part in contents.sections],
        "notes": _notes(contents, envelope, days),
        "browser": site.absolute(paths.edition(envelope.slug, envelope.date, envelope.again)),
        "leave": site.absolute(paths.leave(LETTER_TOKEN)),
        "preferences": site.absolute(paths.letter(LETTER_TOKEN)),
        "why": _("You get this letter because you asked for it at %(host)s and confirmed your address.")
        % {"host": host},
        "words": _("The headlines and excerpts are the outlets’ own words; each headline leads to them."),
        "times": _("Times are those of %(place)s.") % {"place": _place(envelope, days)},
        "postal": site.postal,
    }


def _subject(contents: Contents) -> str:
    """The lead's headline and how many more there are; of a letter without news the first correction."""
    head, more = composing.head(contents), contents.stories - 1
    if not contents.told:
        return _("Correction: %(headline)s") % {"headline": head} if head else ""
    said = ngettext("%(headline)s, and %(n)d more", "%(headline)s, and %(n)d more", more)
    return said % {"headline": head, "n": more} if more else head


def _summary(contents: Contents, days: Almanac) -> str:
    outlets = {content.outlet for content in contents.told}
    outlets |= {also.outlet for content in contents.told for also in content.also}
    stories = ngettext("%(n)d story", "%(n)d stories", contents.stories) % {"n": contents.stories}
    told_by = ngettext("from %(n)d outlet", "from %(n)d outlets", len(outlets)) % {"n": len(outlets)}
    parts = [f"{stories} {told_by}" if contents.stories else _("No new story")]
    if (n := len(contents.developments)) > 0:
        parts.append(ngettext("%(n)d development", "%(n)d developments", n) % {"n": n})
    if (n := len(contents.corrections)) > 0:
        parts.append(ngettext("%(n)d correction", "%(n)d corrections", n) % {"n": n})
    return days.side_by_side(parts)


def _topics(contents: Contents, envelope: Envelope) -> str:
    if len(contents.sections) < 2:
        return ""
    named = [isolate(_named(part, contents), direction(envelope.language)) for part in contents.sections]
    return "\u00a0· ".join(f"{name}\u00a0{part.count}" for name, part in zip(named, contents.sections, strict=True))


def _named(part: Section, contents: Contents) -> str:
    """A topic that takes everything holds, beside others, what stands under none of them."""
    rest = part.heading.whole and len(contents.sections) > 1
    return _("Other stories") if rest else part.heading.name


def _section(part: Section, contents: Contents, envelope: Envelope, days: Almanac) -> dict[str, Any]:
    lead = contents.told[0].story if contents.told else 0
    more = ngettext("and %(n)d more story in %(topic)s", "and %(n)d more stories in %(topic)s", part.more)
    return {
        "name": _named(part, contents),
        "told": [_story(content, envelope, days) | {"lead": content.story == lead} for content in part.told],
        "listed": [_story(content, envelope, days) for content in part.listed],
        "more": more % {"n": part.more, "topic": part.heading.name} if part.more else "",
        "page": settings.CORANTE.absolute(paths.topic(part.heading.slug)),
    }


def _notes(contents: Contents, envelope: Envelope, days: Almanac) -> list[tuple[str, list[dict[str, Any]]]]:
    parts = ((_("Developments"), contents.developments), (_("Corrections"), contents.corrections))
    return [(name, [_note(content, envelope, days) for content in found]) for name, found in parts if found]


def _note(content: ItemContent, envelope: Envelope, days: Almanac) -> dict[str, Any]:
    """One line on a story told before: its headline leads to all accounts of it."""
    return _story(content, envelope, days) | {"page": settings.CORANTE.absolute(paths.story(content.story))}


def _story(content: ItemContent, envelope: Envelope, days: Almanac) -> dict[str, Any]:
    foreign = bool(content.language) and _base(content.language) != _base(envelope.language)
    told = content.outlets > len(content.also) + 1
    page = settings.CORANTE.absolute(paths.story(content.story))
    dir_ = direction(content.language if foreign else envelope.language)
    return {
        "headline": content.headline,
        "excerpt": content.excerpt,
        "outlet": content.outlet,
        "url": link(content.url, page),
        "at": _when(datetime.fromisoformat(content.told_at), envelope, days),
        "tongue": days.tongue(content.language) if foreign else "",
        "attributes": {"lang": content.language, "dir": direction(content.language)} if foreign else {},
        "also": _also(content, page, days, more=told),
        "page": page if told else "",
        "accounts": ngettext("the account", "all %(n)d accounts", content.outlets) % {"n": content.outlets},
        "dir": dir_,
        "start": "right" if dir_ == "rtl" else "left",
        "dots": "●" * min(content.outlets, DOTS) if content.outlets > 1 else "",
        "note": sentences(content.remarks, direction(envelope.language)),
    }


def _also(content: ItemContent, page: str, days: Almanac, more: bool) -> list[dict[str, str]]:
    """Other outlets with what stands after each: commas, and "and" or a stop before the last."""
    count = len(content.also)
    after = [*days.between(count + 1)[:-1], " · "] if more else [*days.between(count), ""]
    return [
        {"outlet": a.outlet, "headline": a.headline, "url": link(a.url, page), "after": text}
        for a, text in zip(content.also, after, strict=False)
    ]


def _when(at: datetime, envelope: Envelope, days: Almanac) -> str:
    """The hour; with its day where that is not the letter's own."""
    on = days.on(at)
    return days.clock(at) if on == envelope.date else f"{days.weekday(on)}, {days.clock(at)}"


def _place(envelope: Envelope, days: Almanac) -> str:
    """A zone as people name it: "London"; UTC has no place."""
    if "/" not in envelope.zone:
        return envelope.zone
    return str(get_timezone_location(envelope.zone, locale=days.locale, return_city=True))


def _base(language: str) -> str:
    return language.split("-")[0].lower()
