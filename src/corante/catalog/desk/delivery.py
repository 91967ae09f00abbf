"""One edition's delivery as the desk reports it: the accounts, letters over time, and whom it did not reach yet, and why.

Rule: every number is read off the ledger; recipients at the freeze = open + settled, said with its numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Count, Q

from corante.core.lifecycles import DELIVERY_OPEN, DELIVERY_SETTLED
from corante.models import Delivery, Edition, Item

from .coverage import Bar, bars

HEIGHT, STEP = 60, 7
_BARS = 60
_WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)  # seconds of one bar
_LISTED = 200
_DOMAINS = 15


@dataclass(frozen=True)
class Rate:
    """Letters accepted over time, as bars of equal width."""

    bars: tuple[Bar, ...]
    seconds: int  # that one bar stands for
    since: datetime
    until: datetime
    peak: int  # letters in the highest bar

    @property
    def a_bar(self) -> str:
        """How long a bar stands for, in words."""
        for size, word in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
            if self.seconds >= size:
                count = self.seconds // size
                return word if count == 1 else f"{count} {word}s"
        return ""


@dataclass(frozen=True)
class Put:
    """A domain whose servers asked us to come again: how often, for how many, how many still wait, in which words."""

    domain: str
    times: int
    letters: int
    waiting: int
    words: str


@dataclass(frozen=True)
class Refusal:
    """One answer that refused letters, and how many."""

    words: str
    letters: int
    example: str


@dataclass(frozen=True)
class Report:
    """What became of an edition's letters."""

    edition: Edition
    stories: int
    open: tuple[tuple[str, int], ...]
    settled: tuple[tuple[str, int], ...]
    rate: Rate | None
    put_off: tuple[Put, ...]
    refusals: tuple[Refusal, ...]
    doubtful: tuple[Delivery, ...]
    repeated: tuple[Delivery, ...]

    @property
    def still_open(self) -> int:
        """Letters not settled yet."""
        return sum(count for _, count in self.open)

    @property
    def done(self) -> int:
        """Letters settled."""
        return sum(count for _, count in self.settled)

    @property
    def adds_up(self) -> bool:
        """Recipients at the freeze = open + settled."""
        return self.still_open + self.done == self.edition.recipients


def report(edition: Edition) -> Report:
    """The edition's accounts as they stand now."""
    rows = Delivery.objects.filter(edition=edition)
    counted: dict[str, int] = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    named = rows.select_related("subscriber").order_by("pk")
    return Report(
        edition=edition,
        stories=Item.objects.filter(edition=edition, kind="story").values("story").distinct().count(),
        open=tuple((state, counted.get(state, 0)) for state in DELIVERY_OPEN),
        settled=tuple((state, counted.get(state, 0)) for state in DELIVERY_SETTLED),
        rate=_rate(edition),
        put_off=_put_off(
            rows.filter(tries__gt=1).values_list("subscriber__address", "tries", "repeated", "state", "reply")
        ),
        refusals=_refusals(edition),
        doubtful=tuple(named.filter(state="in_doubt")[:_LISTED]),
        repeated=tuple(named.filter(Q(repeated__gt=0) & ~Q(state="in_doubt"))[:_LISTED]),
    )


def _rate(edition: Edition) -> Rate | None:
    """Counted by the database: a hundred thousand times are no matter for a page."""
    accepted = Delivery.objects.filter(edition=edition, state="accepted")
    first, last = (
        accepted.order_by(by).values_list("settled_at", flat=True).first() for by in ("settled_at", "-settled_at")
    )
    if first is None or last is None:
        return None
    width = next((w for w in _WIDTHS if (last - first).total_seconds() / w < _BARS), _WIDTHS[-1])
    begin, end = int(first.timestamp()) // width, int(last.timestamp()) // width
    counted = _by_time(edition.pk, width)
    slots = [(_hour(n * width), counted.get(n, 0)) for n in range(begin, max(end, begin + 7) + 1)]
    since = datetime.fromtimestamp(begin * width, UTC)
    until = since + timedelta(seconds=width * len(slots))
    return Rate(bars(slots, HEIGHT, STEP), width, since, until, max(count for _, count in slots))


def _hour(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S} UTC"


def _by_time(edition: int, width: int) -> dict[int, int]:
    seconds = {
        "sqlite": "CAST(strftime('%%s', settled_at) AS INTEGER)",
        "postgresql": "CAST(floor(extract(epoch FROM settled_at)) AS BIGINT)",
    }[connection.vendor]
    sql = (
        f"SELECT {seconds} / %s AS bar, count(*) FROM corante_delivery "  # noqa: S608 - our own words
        "WHERE edition_id = %s AND state = 'accepted' GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [width, edition])
        return {int(bar): int(count) for bar, count in cursor.fetchall()}


def _put_off(rows: Iterable[tuple[str, int, int, str, str]]) -> tuple[Put, ...]:
    """Domains that said "later", the most often first."""
    times: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    words: dict[str, str] = {}
    for address, tries, repeated, state, reply in rows:
        if (later := tries - 1 - repeated) < 1:
            continue
        domain = address.rpartition("@")[2].lower()
        times[domain] += later
        letters[domain] += 1
        waiting[domain] += state in DELIVERY_OPEN
        if state in DELIVERY_OPEN and reply:
            words[domain] = reply
    return tuple(Put(d, n, letters[d], waiting[d], words.get(d, "")) for d, n in times.most_common(_DOMAINS))


def _refusals(edition: Edition) -> tuple[Refusal, ...]:
    refused = Delivery.objects.filter(edition=edition, state="rejected").order_by("pk")
    told: Counter[str] = Counter()
    example: dict[str, str] = {}
    for code, reply, address in refused.values_list("code", "reply", "subscriber__address")[:5000]:
        words = f"{code or ''} {reply}".strip() or "no reason given"
        told[words] += 1
        example.setdefault(words, address)
    return tuple(Refusal(words, count, example[words]) for words, count in told.most_common(_DOMAINS))
