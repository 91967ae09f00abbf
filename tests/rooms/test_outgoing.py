"""Letters that went out since a moment are counted without looking at those that went out before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from corante import subscribe
from corante.catalog import outgoing
from corante.models import Edition
from tests.fakes import letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def editions(now: datetime) -> list[Edition]:
    """One that ended two days ago, one that went on over yesterday's end, one of today; ten letters each."""
    made = []
    for n, (began, ended) in enumerate([(50, 48), (30, 10), (5, None)]):
        edition = letters.frozen(10, name=f"Letter {n}")
        hours = range(began, ended or 0, -((began - (ended or 0)) // 10 or 1))
        for row, ago in zip(edition.deliveries.order_by("pk"), [*hours, *[ended or 0] * 10], strict=False):
            row.state, row.settled_at = "accepted", now - timedelta(hours=ago)
            row.save()
        closed = now - timedelta(hours=ended) if ended else None
        state = "closed" if ended else "sending"
        Edition.objects.filter(pk=edition.pk).update(
            state=state, started_at=now - timedelta(hours=began), closed_at=closed
        )
        made.append(edition)
    return made


@pytest.mark.parametrize("hours", [0, 1, 5, 10, 11, 24, 29, 30, 31, 47, 49, 60])
def test_the_count_is_what_looking_at_each_letter_says(hours: int, editions: list[Edition], now: datetime) -> None:
    since = now - timedelta(hours=hours)
    each = [
        row for edition in editions for row in edition.deliveries.all() if row.settled_at and row.settled_at >= since
    ]
    assert outgoing.settled_since(since, ("accepted", "rejected")) == len(each)


def test_what_somebody_holds_to_send_it_counts_as_going_out(editions: list[Edition]) -> None:
    last = editions[-1].deliveries.order_by("pk")
    last.filter(pk__in=list(last.values_list("pk", flat=True)[:3])).update(state="leased", settled_at=None)
    assert outgoing.in_flight() == 3


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
def test_neither_the_warm_up_nor_complaints_look_at_every_letter_there_ever_was(
    editions: list[Edition], now: datetime
) -> None:
    with CaptureQueriesContext(connection) as seen:
        outgoing.settled_since(now - timedelta(hours=24), ("accepted", "rejected"))
        outgoing.in_flight()
        subscribe.complaints(now)
    plans = []
    with connection.cursor() as cursor:
        for query in seen.captured_queries:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
            plans += [row[3] for row in cursor.fetchall()]
    assert any("corante_delivery" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN corante_delivery")], plans
