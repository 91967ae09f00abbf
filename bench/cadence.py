"""The schedule on simulated outlets: how late news is seen, what fell out of a feed unseen, how often hosts are asked.

    python -m bench.cadence [DAYS]

Rule: no network and no clock, only `core.cadence` and the feed's own window; seeded, so a run repeats. Pieces come by
a Poisson process with the hours of a newsroom (four fifths between 7 and 21), some outlets in bursts of five. Peers by
their documented rule: one hour fixed, fifteen minutes fixed, and half the mean gap.
"""

from __future__ import annotations

import random
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median, quantiles

from corante.core import cadence
from corante.core.feeds import Outcome

DAY = 86_400
WINDOW = 20
"""Entries a feed carries."""
Next = Callable[[int, int, int, int, float], int]
"""(interval, known, total, gap, silent) -> seconds until the next look."""


@dataclass(frozen=True)
class Kind:
    """Outlets of one habit."""

    name: str
    a_day: float
    burst: int = 1


KINDS = (
    Kind("agency, 300 a day", 300),
    Kind("daily, 60 a day", 60),
    Kind("daily in bursts of five", 60, burst=5),
    Kind("12 a day", 12),
    Kind("weekly's site, 3 a day", 3),
    Kind("blog, 3 a week", 3 / 7),
    Kind("blog, 1 a month", 1 / 30),
)


def ours(interval: int, known: int, total: int, gap: int, silent: float) -> int:
    """What `core.cadence` says after a good look."""
    return cadence.after(Outcome.KNOWN, interval, 0, known, total, gap, silent)[1]


def half_gap(interval: int, known: int, total: int, gap: int, silent: float) -> int:
    """Half the mean gap, ten minutes to a day: CommaFeed's empirical interval, roughly."""
    return min(max(gap // 2, 600), DAY) if gap else 3600


RULES: dict[str, Next] = {
    "ours": ours,
    "1 h fixed": lambda *_: 3600,
    "15 min fixed": lambda *_: 900,
    "half the gap": half_gap,
}


@dataclass
class Seen:
    """What came of one outlet under one rule."""

    lags: list[float]
    missed: int
    looks: int


def pieces(kind: Kind, days: int, chance: random.Random) -> list[float]:
    """When each piece appears, in seconds."""
    at, found = 0.0, list[float]()
    while at < days * DAY:
        at += chance.expovariate(kind.a_day / kind.burst / DAY * 24 / 17.5)
        awake = 7 <= at % DAY / 3600 < 21
        if awake or chance.random() < 0.35:  # so of 24 hours 17.5 count
            found += [at + n * 20 for n in range(kind.burst)]
    return [moment for moment in found if moment < days * DAY]


def follow(made: Sequence[float], rule: Next, days: int, chance: random.Random) -> Seen:
    """Look again and again, from a day after the beginning."""
    now, interval, seen = float(DAY), 1800, bisect_right(made, DAY)
    result, last_new = Seen([], 0, 0), float(DAY)
    while now < days * DAY:
        there = bisect_right(made, now)
        shown = made[max(0, there - WINDOW) : there]
        fresh = [moment for moment in made[seen:there] if moment in shown[-WINDOW:]]
        result.missed += there - seen - len(fresh)
        result.lags += [now - moment for moment in fresh]
        result.looks += 1
        last_new, seen = (now if fresh else last_new), there
        gaps = [b - a for a, b in pairwise(shown)]
        gap = int(median(gaps)) if len(gaps) >= 3 else 0
        interval = rule(interval, len(shown) - len(fresh), len(shown), gap, now - last_new)
        now += interval * (1 + 0.1 * chance.random())
    return result


def measure(kind: Kind, rule: Next, days: int, outlets: int = 8) -> dict[str, float]:
    """One line: lag, share missed, looks a day."""
    runs = []
    for n in range(outlets):
        chance = random.Random(f"{kind.name}{n}")
        runs.append(follow(pieces(kind, days, chance), rule, days, chance))
    lags = sorted(lag for run in runs for lag in run.lags) or [0.0]
    missed = sum(run.missed for run in runs)
    return {
        "median_min": median(lags) / 60,
        "p90_min": (quantiles(lags, n=10)[-1] if len(lags) > 1 else lags[0]) / 60,
        "missed_share": missed / max(1, missed + sum(len(run.lags) for run in runs)),
        "looks_a_day": mean(run.looks for run in runs) / (days - 1),
    }


def main(days: int = 40) -> None:
    """The table."""
    print(f"{'':26}{'rule':14}{'median lag':>12}{'p90 lag':>10}{'missed':>9}{'looks a day':>13}")
    for kind in KINDS:
        for name, rule in RULES.items():
            m = measure(kind, rule, days)
            label = kind.name if name == "ours" else ""
            lag, late = f"{m['median_min']:.0f} min", f"{m['p90_min']:.0f} min"
            print(f"{label:26}{name:14}{lag:>12}{late:>10}{m['missed_share']:>9.1%}{m['looks_a_day']:>13.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
