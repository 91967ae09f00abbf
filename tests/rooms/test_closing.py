"""An edition that closes while an editor sends one of its letters again: one sees what the other did (PostgreSQL)."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime

import pytest
from django.db import connection, transaction

from corante import deliver
from corante.models import Delivery, Edition
from tests.fakes import letters

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.environ.get("CORANTE_DATABASE"), reason="SQLite has one writer at a time"),
]


def waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return cursor.fetchone() is not None


def test_a_letter_that_is_sent_again_while_its_edition_closes_is_not_left_behind(now: datetime) -> None:
    edition = letters.frozen(1)
    edition.start(now)
    edition.save()
    edition.deliveries.update(state="in_doubt", repeated=3, settled_at=now)

    def close() -> None:
        try:
            deliver._closed(Edition.objects.get(pk=edition.pk), now)
        finally:
            connection.close()

    worker = threading.Thread(target=close)
    with transaction.atomic():
        assert deliver.send_again(edition.deliveries.get().pk, now) == ""
        worker.start()
        until = time.monotonic() + 60
        while worker.is_alive() and not waits_for_a_row() and time.monotonic() < until:
            time.sleep(0.02)
    worker.join(60)
    edition.refresh_from_db()
    assert (edition.state, Delivery.objects.get().state) == ("sending", "pending")
