"""The demo's outlets and articles, as values read from `outlets/*.toml`.

Rule: every time in the files is relative to the moment the world began, so that its news is always
today's; with the same beginning, the world is the same, word for word. The files are written as if it began
on a Sunday; days of the week are turned to fit.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "outlets"
WEEKDAYS = (
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ("понеділок", "вівторок", "середу", "четвер", "п’ятницю", "суботу", "неділю"),
    ("понеділка", "вівторка", "середи", "четверга", "п’ятниці", "суботи", "неділі"),
    ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
)
_DAY = re.compile(rf"\b({'|'.join(name for week in WEEKDAYS for name in week)})\b")
_OFFSET = re.compile(r"([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


@dataclass(frozen=True)
class Correction:
    """What an outlet changes in a piece after it appeared."""

    at: datetime
    title: str
    note: str
    replace: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Piece:
    """One article of one pretend outlet."""

    slug: str
    title: str
    author: str
    at: datetime
    paragraphs: tuple[str, ...]
    event: str  # what it tells of, as a reader would group it; "dyke/holds" is a turn of "dyke"
    section: str = ""
    credit: str = ""
    correction: Correction | None = None

    @property
    def summary(self) -> str:
        """The opening paragraph, as most feeds carry it."""
        return self.paragraphs[0]

    def as_of(self, now: datetime) -> Piece:
        """The piece as its outlet shows it at `now`: corrected, once the correction is due."""
        if self.correction is None or now < self.correction.at:
            return self
        return Piece(
            slug=self.slug,
            title=self.correction.title,
            author=self.author,
            at=self.at,
            paragraphs=tuple(_replaced(p, self.correction.replace) for p in self.paragraphs),
            event=self.event,
            section=self.section,
            credit=self.credit,
            correction=self.correction,
        )


@dataclass(frozen=True)
class PretendOutlet:
    """A publisher of the demo world, its manners and its pieces, oldest first."""

    slug: str
    name: str
    motto: str
    language: str
    group: str
    feed: str  # rss2, atom, rss1 or json
    layout: str  # broadsheet, wire, journal or trade
    ink: str
    face: str
    manner: str  # plain, dead, slow, headlines, broken, paywall or full
    robots: str
    pieces: tuple[Piece, ...]

    @property
    def direction(self) -> str:
        """The writing direction, for `dir`."""
        return "rtl" if self.language in ("ar", "fa", "he") else "ltr"

    @property
    def feed_name(self) -> str:
        """The last part of the feed's address."""
        return {"rss2": "feed.xml", "atom": "atom.xml", "rss1": "index.rdf", "json": "feed.json"}[self.feed]

    @cached_property
    def by_slug(self) -> dict[str, Piece]:
        """Pieces by the last part of their address."""
        return {piece.slug: piece for piece in self.pieces}

    def out(self, now: datetime) -> list[Piece]:
        """What has appeared by `now`, newest first, as it reads then."""
        return [piece.as_of(now) for piece in reversed(self.pieces) if piece.at <= now]


def read_world(began: datetime, folder: Path = FOLDER) -> tuple[PretendOutlet, ...]:
    """All outlets, in order of their files' names. `began` is the moment all times are counted from."""
    tables = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    texts = {
        f"{slug}/{article['slug']}": article
        for slug, table in tables.items()
        for article in table.get("article", ())
        if "text" in article
    }
    return tuple(_outlet(slug, table, texts, began) for slug, table in tables.items())


def turn_days(text: str, began: datetime) -> str:
    """The text with its days of the week as they fall when the Sunday it was written on is the day of `began`."""
    shift = (began.weekday() + 1) % 7
    return _DAY.sub(lambda found: _later(found[0], shift), text)


def moment(offset: str, began: datetime) -> datetime:
    """`began` moved by an offset such as "-1d4h", "-35m" or "+2m". Raises ValueError for anything else."""
    found = _OFFSET.fullmatch(offset)
    if found is None:
        raise ValueError(f"{offset!r} is no offset such as -1d4h or +2m")
    sign, days, hours, minutes = found.groups()
    distance = timedelta(days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0))
    return began + distance if sign == "+" else began - distance


def _outlet(slug: str, table: dict[str, Any], texts: dict[str, dict[str, Any]], began: datetime) -> PretendOutlet:
    pieces = [_piece(article, texts, began) for article in table.get("article", ())]
    return PretendOutlet(
        slug=slug,
        name=table["name"],
        motto=table["motto"],
        language=table["language"],
        group=table["group"],
        feed=table["feed"],
        layout=table["layout"],
        ink=table["ink"],
        face=table["face"],
        manner=table.get("manner", "plain"),
        robots=table.get("robots", ""),
        pieces=tuple(sorted(pieces, key=lambda piece: piece.at)),
    )


def _piece(article: dict[str, Any], texts: dict[str, dict[str, Any]], began: datetime) -> Piece:
    """A piece of its own, or a copy: the other's words, shortened or under another headline if so asked."""
    original = texts[article["copy_of"]] if "copy_of" in article else article
    paragraphs = [turn_days(" ".join(part.split()), began) for part in original["text"].strip().split("\n\n")]
    at = moment(article["at"], began)
    return Piece(
        slug=article["slug"],
        title=turn_days(article.get("title", original["title"]), began),
        author=article.get("author", original.get("author", "")),
        at=at,
        paragraphs=tuple(paragraphs[: article.get("paragraphs", len(paragraphs))]),
        event=article.get("event", article["slug"]),
        section=article.get("section", original.get("section", "")),
        credit=article.get("credit", ""),
        correction=_correction(article, began),
    )


def _correction(article: dict[str, Any], began: datetime) -> Correction | None:
    table = article.get("correction")
    if table is None:
        return None
    pairs = tuple((old, new) for old, new in table.get("replace", ()))
    return Correction(moment(table["at"], began), table["title"], table["note"], pairs)


def _later(name: str, shift: int) -> str:
    week = next(week for week in WEEKDAYS if name in week)
    return week[(week.index(name) + shift) % 7]


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text
