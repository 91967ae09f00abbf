"""Days, hours and languages in the site's own words: its language, its time zone.

Rule: rows hold instants in UTC; only here they become what a reader reads. No page says "today" or "3 hours
ago": it is a file and must stay true however long it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent


@lru_cache(maxsize=512)
def locale_of(language: str) -> Locale | None:
    """CLDR's locale for a BCP 47 tag, the nearest one that exists; None if the language is unknown."""
    tag = {"en": "en-GB"}.get(language, language)  # plain "en" is British here: the day before the month
    while tag:
        try:
            return Locale.parse(tag, sep="-", resolve_likely_subtags=True)
        except (ValueError, UnknownLocaleError, TypeError):
            tag = tag.rpartition("-")[0]
    return None


def direction(language: str) -> str:
    """rtl or ltr for a language; "auto" if we do not know the language."""
    found = locale_of(language)
    return found.text_direction if found else "auto"


@dataclass(frozen=True)
class Almanac:
    """How this site writes days, hours and names of languages."""

    language: str
    time_zone: str

    @cached_property
    def locale(self) -> Locale:
        """The site's locale; English if its language has none."""
        return locale_of(self.language) or Locale.parse("en_GB")

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where days begin."""
        return ZoneInfo(self.time_zone)

    def local(self, instant: datetime) -> datetime:
        """An instant in the site's zone."""
        return instant.astimezone(self.zone)

    def on(self, instant: datetime) -> date:
        """The local date of an instant."""
        return self.local(instant).date()

    def span(self, on: date) -> tuple[datetime, datetime]:
        """The instants at which a local date begins and ends (23 to 25 hours apart)."""
        return (
            datetime.combine(on, time(), self.zone),
            datetime.combine(on + timedelta(days=1), time(), self.zone),
        )

    def day(self, on: date) -> str:
        """Sunday 22 November 2026."""
        return _full(on, self.locale)

    def plain_day(self, on: date) -> str:
        """22 November 2026."""
        return str(format_date(on, "long", locale=self.locale))

    def month(self, on: date) -> str:
        """November 2026."""
        return str(format_skeleton("yMMMM", on, locale=self.locale))

    def weekday(self, on: date) -> str:
        """Sunday 22."""
        return str(format_skeleton("Ed", on, locale=self.locale))

    def clock(self, instant: datetime) -> str:
        """07:40."""
        return _clock(self.local(instant).time().replace(second=0, microsecond=0), self.locale)

    def moment(self, instant: datetime) -> str:
        """22 November 2026, 07:40."""
        pattern = str(get_datetime_format("medium", locale=self.locale)).replace("'", "")
        return pattern.replace("{1}", self.plain_day(self.on(instant))).replace("{0}", self.clock(instant))

    def short_day(self, on: date) -> str:
        """22 Nov."""
        return str(format_skeleton("MMMd", on, locale=self.locale))

    def spoken(self, instant: datetime, until: datetime) -> str:
        """The hour of an instant, with its day if that is not the day of `until`."""
        on = self.on(instant)
        hour = self.clock(instant)
        return hour if on == self.on(until) else f"{self.weekday(on)} {hour}"

    def listed(self, things: Iterable[str]) -> str:
        """One, two and three."""
        return str(format_list(list(things), locale=self.locale))

    def side_by_side(self, things: Iterable[str]) -> str:
        """One, two, three: where an "and" would join what does not belong together."""
        return self._mark("middle").join(things)

    def between(self, count: int) -> list[str]:
        """What stands between so many things in a list of them: ", " and " and "."""
        if count == 2:
            return [self._mark("2")]
        return ([self._mark("middle")] * (count - 2) + [self._mark("end")])[: max(count - 1, 0)]

    def _mark(self, place: str) -> str:
        return str(self.locale.list_patterns["standard"][place]).replace("{0}", "").replace("{1}", "")

    def number(self, count: float) -> str:
        """1,234.5 as the site's language writes it."""
        return str(format_decimal(count, locale=self.locale))

    def percent(self, share: float) -> str:
        """98 %, of a share between 0 and 1."""
        return str(format_percent(share, locale=self.locale))

    def tongue(self, language: str) -> str:
        """The name of a language in the site's: Ukrainian. The tag itself if it is unknown."""
        found = locale_of(language.split("-")[0])
        return (found.get_language_name(self.locale) if found else None) or language


@lru_cache(maxsize=4096)
def _full(on: date, locale: Locale) -> str:
    return str(format_date(on, "full", locale=locale)).replace(",", "", 1 if locale.language == "en" else 0)


@lru_cache(maxsize=4096)
def _clock(at: time, locale: Locale) -> str:
    return str(format_time(at, "short", locale=locale)).replace("\u202f", "\u00a0")
