"""What came back stands on the desk, for admins, and their word on it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from corante.models import Act, Bounce, Standstill, Subscriber
from tests.fakes import letters, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, site: object) -> Client:
    client.force_login(world.account("ada", role="admin"))
    return client


def test_returns_are_listed_with_reader_reason_and_letter_and_text_of_strangers_stays_text(admin: Client) -> None:
    row = letters.frozen(1).deliveries.get()
    at = datetime.now(UTC)
    Bounce.objects.create(
        delivery=row, kind="policy", status="5.7.1", at=at, detail="<script>alert(1)</script>", source="mailbox"
    )
    Standstill.objects.create(domain="example.org", at=at, until=at + timedelta(hours=2), why="550 5.7.1 blocked")
    page = admin.get("/desk/returns/").content.decode()
    for part in (row.subscriber.address, "5.7.1", "Daily letter", "Domains that refuse us", "0 complaints out of"):
        assert part in page
    assert "<script>alert" not in page


def test_an_admin_lifts_a_standstill_and_a_suppression_and_both_stand_in_the_log(admin: Client) -> None:
    at = datetime.now(UTC)
    row = letters.frozen(1).deliveries.get()
    reader = row.subscriber
    Subscriber.objects.filter(pk=reader.pk).update(state="suppressed", ended_at=at)
    Bounce.objects.create(delivery=row, subscriber=reader, kind="hard", at=at)
    still = Standstill.objects.create(domain="example.org", at=at, until=at + timedelta(hours=2))
    assert b"Let it ask again" in admin.get("/desk/returns/").content
    admin.post(f"/desk/returns/readers/{reader.pk}/lift/", {"back": "/desk/returns/"})
    admin.post(f"/desk/returns/domains/{still.pk}/lift/", {"back": "/desk/returns/"})
    reader.refresh_from_db()
    assert reader.state == "pending"
    assert not Standstill.objects.exists()
    assert Act.objects.filter(verb="lifted").count() == 2
    assert admin.get("/desk/activity/").status_code == 200


def test_an_editor_sees_no_readers(client: Client, site: object) -> None:
    client.force_login(world.account("ed"))
    assert client.get("/desk/returns/").status_code == 403
    assert b">Returns<" not in client.get("/desk/").content
