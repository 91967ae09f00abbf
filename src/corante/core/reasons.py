"""Why an article stands where it stands, in words an editor and a reader can check.

Rule: a reason names what is shared (words that stand side by side in the headline together), the nearest article with
its outlet, and how long before or after it was told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from .members import Live, Member
from .tokens import raw_words
from .vectors import terms_of

TITLE_SHOWN: Final = 60  # characters of a headline in a reason
SAID: Final = 4  # words in a reason


def shared(member: Member, live: Live, surfaces: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """The four words that brought them together, with each word's share of the likeness."""
    parts = {t: w * live.centre[t] for t, w in member.vector.items() if t in live.centre}
    whole = sum(parts.values()) or 1.0
    top = sorted(parts.items(), key=lambda x: (-x[1], x[0]))[:SAID]
    return tuple((surfaces.get(term, term), round(part / whole, 2)) for term, part in top)


def in_common(one: Live, other: Live) -> str:
    """Why two stories may tell one event: the four words that most make them alike, as their headlines have them."""
    parts = {term: weight * other.centre[term] for term, weight in one.centre.items() if term in other.centre}
    told = {term: word for m in (*other.newest, *one.newest) for term, word in terms_of(m.title)}
    ranked = sorted(parts, key=lambda term: (-parts[term], term))
    said = [told[term] for term in ranked if term in told][:SAID] or ranked[:SAID]
    return "both tell of " + ", ".join(f"“{run}”" for run in runs(said, one.newest[-1].title))


def runs(of: Sequence[str], title: str) -> list[str]:
    """Words that stand side by side in the headline together: "Mt Gox", not "Gox" and "Mt"; the others after them."""
    found: list[list[str]] = [[]]
    for word in raw_words(title):
        if word in of:
            found[-1].append(word)
        elif found[-1]:
            found.append([])
    said = {word for run in found for word in run}
    return list(dict.fromkeys([" ".join(run) for run in found if run] + [word for word in of if word not in said]))


def named(member: Member, at: datetime) -> str:
    return f"“{_short(member.title)}” ({member.outlet_name}, {_gap(member.at, at)})"


def _short(title: str) -> str:
    """Enough of a headline to know it by, up to a whole word."""
    if len(title) <= TITLE_SHOWN:
        return title
    cut = title[:TITLE_SHOWN]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _gap(then: datetime, at: datetime) -> str:
    minutes = round((at - then).total_seconds() / 60)
    when = "earlier" if minutes >= 0 else "later"
    minutes = abs(minutes)
    if minutes < 1:
        return "at the same time"
    for unit_, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= size * (2 if size > 1 else 1):
            count = minutes // size
            return f"{count} {unit_}{'s' if count > 1 else ''} {when}"
    return when
