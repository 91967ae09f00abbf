"""What reading an article came to: its page, its feed and its own summary made into one set of fields.

Rule: each field comes from the most trusted witness and says which; the text comes from where it is whole and may be
used; and where nothing may or can be shown, the headline stands alone. Never boilerplate.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from . import languages, pages
from .bylines import people
from .excerpts import Excerpt, Limits, excerpt, summary
from .marks import Known
from .markup import clean, overlap, words
from .pages import Block, Page
from .refining import refine, text
from .tokens import words as tokens

USABLE_WORDS = 25
"""A page with less prose is a consent wall, a script's shell or a teaser."""


@dataclass(frozen=True)
class Told:
    """What we knew of an article before its page was read: what its feed said."""

    title: str
    summary: str = ""
    author: str = ""
    language: str = ""
    published: datetime | None = None  # only where the feed asserted it


@dataclass(frozen=True)
class Reading:
    """The article's fields as they shall be kept."""

    title: str
    headline: str = ""  # on the page itself, for noticing when it changes
    author: str = ""
    language: str = ""
    published: datetime | None = None
    section: str = ""
    image_url: str = ""
    canonical: str = ""
    excerpt: Excerpt = field(default_factory=Excerpt)
    source: str = "none"  # of the excerpt: body, feed, summary, none
    text: str = ""
    free: bool = True
    signals: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()  # as found on the page, for the memory of the site


def compose(
    told: Told, page: Page | None, carried: Page | None, limits: Limits, now: datetime, furniture: Collection[str] = ()
) -> Reading:
    """The reading of an article from its page (None: none could be had) and the content its feed carried."""
    seen = page or Page()
    named, author_by = _authors(told, seen)
    facts = _facts(told, seen, now)
    known = Known(facts.title, _value(seen, "description"), tuple(named), seen.witness, frozenset(furniture))
    blocks, source = _text(seen, carried, known)
    language, language_by = _language(told, seen, carried, blocks)
    shown, source = _excerpt(told, seen, blocks, source, known, limits, language)
    by = {"author": author_by, "language": language_by, "excerpt": source if shown.text else ""}
    return replace(
        facts,
        author=", ".join(named)[:300],
        language=language,
        excerpt=shown,
        source=source,
        text=text(blocks),
        provenance=facts.provenance | pages.provenance(by),
    )


def _facts(told: Told, seen: Page, now: datetime) -> Reading:
    """What needs no text: each from the most trusted witness, who is named."""
    headline = pages.title(seen)
    title, title_by = _title(told.title, headline)
    at, at_by = (told.published, "feed") if told.published else pages.published(seen, now) or (None, "")
    best = {name: claim.by for name in ("section", "image") if (claim := seen.best(name))}
    return Reading(
        title=title,
        headline=headline.value[:500] if headline and headline.by != "library" else "",
        published=at,
        section=_value(seen, "section")[:200],
        image_url=_value(seen, "image"),
        canonical=_value(seen, "url"),
        free=seen.wishes.free,
        signals=seen.wishes.to_json(),
        provenance=pages.provenance({"title": title_by, "published": at_by} | best),
        lines=tuple(block.text for block in seen.blocks),
    )


def usable(blocks: list[Block], known: Known) -> bool:
    """The text is an article's: enough prose, and no consent wall or script's shell in its place."""
    prose = " ".join(block.text for block in blocks if block.kind != "heading")
    if words(prose) < USABLE_WORDS:
        return False
    walled = len(_WALL.findall(prose[:1500].lower())) >= 2
    return not walled or overlap(tokens(known.title), tokens(prose)) >= 0.5


def _title(told: str, headline: pages.Claim | None) -> tuple[str, str]:
    """The feed's headline unless it is missing or cut off; then the page's."""
    told = clean(told)
    if headline is None or (told and not _cut_off(told, headline.value)):
        return told[:500], "feed"
    return headline.value[:500], headline.by


def _cut_off(told: str, headline: str) -> bool:
    if not told.endswith(("...", "…", "[…]")):
        return False
    start = tokens(told)
    return tokens(headline)[: len(start) - 1] == start[:-1] and len(tokens(headline)) >= len(start)


def _authors(told: Told, page: Page) -> tuple[list[str], str]:
    """The feed's authors, unless they are only the outlet's own name and the page knows better."""
    named = (people(told.author) or [told.author]) if told.author else []
    others = [name for name in named if not pages.is_outlet(name, page)]
    if others:
        return others, "feed"
    found, by = pages.authors(page)
    return (found, by) if found or not named else (named, "outlet")


def _value(page: Page, name: str) -> str:
    """What the most trusted witness says."""
    claim = page.best(name)
    return claim.value if claim else ""


def _text(page: Page, carried: Page | None, known: Known) -> tuple[list[Block], str]:
    """The feed's content where it is at least four fifths as long as the page's text, else the page's."""
    read = refine(page.blocks, known)
    read = read if usable(read, known) else []
    fed = refine(carried.blocks, replace(known, witness="")) if carried else []
    length, fed_length = (sum(words(block.text) for block in one) for one in (read, fed))
    if fed_length >= USABLE_WORDS and fed_length >= 0.8 * length:
        return fed, "feed"
    return read, "body"


def _language(told: Told, page: Page, carried: Page | None, blocks: list[Block]) -> tuple[str, str]:
    declared = [told.language] + [claim.value for claim in page.said("language")]
    detected = page.detected or (carried.detected if carried else "")
    return languages.choose(declared, detected, sum(len(block.text) for block in blocks))


def _excerpt(
    told: Told, page: Page, blocks: list[Block], source: str, known: Known, limits: Limits, language: str
) -> tuple[Excerpt, str]:
    """From the text where it may be quoted, else the outlet's own summary, else nothing."""
    limits = replace(limits, characters=page.wishes.snippet)
    if limits.words == 0 or page.wishes.snippet == 0:
        return Excerpt(), "none"
    quotable = page.wishes.excerpt if source == "body" else not page.wishes.reserved
    if quotable and (shown := excerpt(blocks, known, limits, language)).text:
        return shown, source
    own = told.summary or (known.description if page.wishes.excerpt else "")
    shown = summary(own, known, limits, language)
    return (shown, "summary") if shown.text else (Excerpt(), "none")


_WALL = re.compile(
    r"\bcookies?\b|\bconsent\b|\bpersonal data\b|\bprivacy policy\b|\benable javascript\b|\bjavascript is (?:disabled|required)\b"
    r"|\bad ?blocker\b|\bdatenschutz|\beinwilligung|\bzustimm|\bdonnées personnelles\b|\bconsentement\b|\bprivacidad\b"
    r"|\bare you a robot\b|\bverify you are human\b|\baccess denied\b|\bunusual traffic\b|файл[ыи] cookie|персональных данных",
)
