"""What the ledger asks costs PostgreSQL the same whether it knows its tables or not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from corante.deliver import ledger
from corante.models import Delivery
from tests.fakes import letters

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite joins in the order it is told"),
]


def test_who_left_is_asked_row_by_row_also_of_tables_without_statistics(site: Path, now: datetime) -> None:
    for _ in range(3):  # rows that are gone, and no statistics: as after an import that failed
        with transaction.atomic():
            letters.frozen(400)
            transaction.set_rollback(True)
    edition = letters.frozen(200)
    ids = list(Delivery.objects.filter(edition=edition).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + ledger._over(ledger._WITHDRAW, len(ids)), [now, *ids])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "SubPlan" in plan
    assert "Anti Join" not in plan
