"""An edition's report at the desk: its numbers, its plot, whom it has not reached, and an editor's word on doubt."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from corante.models import Act, Delivery, Edition
from tests.fakes import letters, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(world.account("ada"))
    return client


@pytest.fixture
def edition() -> Edition:
    """Ten letters under way: six arrived over a minute, one is refused, one put off twice, two are in doubt."""
    edition = letters.frozen(10)
    Edition.objects.filter(pk=edition.pk).update(state="sending", started_at=world.NOW)
    rows = list(edition.deliveries.order_by("pk"))
    for n, row in enumerate(rows[:6]):
        _become(row, "accepted", settled_at=world.NOW + timedelta(seconds=10 * n))
    _become(rows[6], "rejected", code=550, reply="5.1.1 no such person", settled_at=world.NOW)
    _become(rows[7], "deferred", tries=3, code=451, reply="4.7.1 come again")
    for row in rows[8:]:
        _become(row, "in_doubt", settled_at=world.NOW, reply="the connection was lost")
    return edition


def _become(row: Delivery, state: str, **values: object) -> None:
    Delivery.objects.filter(pk=row.pk).update(state=state, **values)


def page(client: Client, edition: Edition) -> str:
    text = client.get(reverse("desk:edition", args=[edition.pk])).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_accounts_stand_with_their_numbers(editor: Client, edition: Edition) -> None:
    assert "10 = 1 open + 9 settled: it adds up." in page(editor, edition)
    assert "6 accepted + 1 rejected + 0 withdrawn + 0 expired + 2 in doubt" in page(editor, edition)


def test_accounts_that_do_not_add_up_say_so(editor: Client, edition: Edition) -> None:
    Edition.objects.update(recipients=11)
    assert "11 is not 1 + 9" in page(editor, edition)


def test_letters_over_time_are_a_plot_one_can_also_hear(editor: Client, edition: Edition) -> None:
    html = editor.get(reverse("desk:edition", args=[edition.pk])).content.decode()
    assert html.count("<rect ") == 6
    assert 'aria-label="Letters accepted, a bar for every second, at most 1"' in html


def test_who_was_put_off_and_refused_stands_with_the_servers_words(editor: Client, edition: Edition) -> None:
    told = page(editor, edition)
    assert "example.org 4.7.1 come again 2 1 1" in told
    assert "550 5.1.1 no such person" in told


def lately(edition: Edition, **changes: object) -> None:
    """It began just now by the desk's own clock."""
    now = datetime.now(UTC)
    Edition.objects.filter(pk=edition.pk).update(started_at=now, **changes)
    edition.deliveries.update(due_at=now)


def test_doubt_is_listed_by_name_and_settled_by_an_editors_word(editor: Client, edition: Edition) -> None:
    lately(edition)
    first, second = edition.deliveries.filter(state="in_doubt").select_related("subscriber").order_by("pk")
    assert first.subscriber.address in page(editor, edition)
    editor.post(reverse("desk:delivery_arrived", args=[first.pk]))
    editor.post(reverse("desk:delivery_again", args=[second.pk]))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.repeated) == ("accepted", "pending", 1)
    assert set(Act.objects.values_list("verb", flat=True)) == {"arrived", "again"}
    editor.post(reverse("desk:delivery_again", args=[first.pk]))
    first.refresh_from_db()
    assert first.state == "accepted"


def test_after_48_hours_a_letter_in_doubt_can_be_said_to_have_arrived_but_not_be_sent_again(
    editor: Client, edition: Edition
) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=49)
    Edition.objects.update(state="closed", started_at=long_ago)
    edition.deliveries.update(due_at=long_ago)
    assert "Send again" not in page(editor, edition)
    first, second = edition.deliveries.filter(state="in_doubt").order_by("pk")
    refused = editor.post(reverse("desk:delivery_again", args=[first.pk]), follow=True)
    assert "too late to send it again: 48 hours" in refused.content.decode()
    editor.post(reverse("desk:delivery_arrived", args=[second.pk]))
    first.refresh_from_db()
    second.refresh_from_db()
    edition.refresh_from_db()
    assert (first.state, second.state, edition.state) == ("in_doubt", "accepted", "closed")


def test_a_closed_edition_opens_for_a_letter_that_is_sent_again(editor: Client, edition: Edition) -> None:
    lately(edition, state="closed", closed_at=world.NOW)
    assert "Send again" in page(editor, edition)
    doubtful = edition.deliveries.filter(state="in_doubt").order_by("pk")[0]
    editor.post(reverse("desk:delivery_again", args=[doubtful.pk]))
    doubtful.refresh_from_db()
    edition.refresh_from_db()
    assert (doubtful.state, doubtful.repeated, edition.state, edition.closed_at) == ("pending", 1, "sending", None)


def test_a_paused_edition_goes_on_from_its_page(editor: Client, edition: Edition) -> None:
    Edition.objects.update(state="paused", state_why="11 of the first 200 letters were refused", paused_at=world.NOW)
    assert "Go on" in page(editor, edition)
    editor.post(reverse("desk:edition_release", args=[edition.pk]))
    edition.refresh_from_db()
    assert edition.state == "sending"
    assert edition.paused_s > 0
