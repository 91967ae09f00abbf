"""Joining and leaving as browsers, mail programs and scanners do it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from corante import subscribe
from corante.digest import freeze_now
from corante.mail.outbox import OutboxServer, list_letters, read_letter
from corante.models import Consent, Subscriber, Subscription
from tests.fakes import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site: Path) -> None:
    """Every test has a folder of its own."""


def ask(client: Client, address: str, **more: str) -> object:
    answer = client.post("/subscribe/", {"email": address, "page": "/"} | more)
    clock = lambda: datetime.now(UTC)  # noqa: E731
    subscribe.take_asks(subscribe.asks_due(clock(), 10), clock)
    return answer


def test_joining_by_the_letter_that_asks_back(client: Client, now) -> None:  # type: ignore[no-untyped-def]
    daily = world.digest()
    assert ask(client, "Reader@Example.org").status_code == 200
    row = Subscriber.objects.get()
    outbox = OutboxServer(django_settings.OUTBOX)
    outbox.start()
    try:
        clock = lambda: datetime.now(UTC)  # noqa: E731
        tally = subscribe.work(subscribe.due(clock(), 10), clock)
        assert tally.done == 1
        assert subscribe.due(clock(), 10) == []
    finally:
        outbox.stop()
    letter = read_letter(django_settings.OUTBOX, list_letters(django_settings.OUTBOX)[0].name)
    assert letter
    assert f"/confirm/{row.token}" in letter.text
    assert f"/confirm/{row.token}" in letter.html
    assert b"Yes, send me the letter" in client.get(f"/confirm/{row.token}").content
    row.refresh_from_db()
    assert row.state == "pending"
    assert client.post(f"/confirm/{row.token}").status_code == 200
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert Subscription.objects.get(subscriber=row).digest == daily
    assert list(Consent.objects.order_by("pk").values_list("kind", flat=True)) == ["asked", "confirmed"]


def test_one_click_leaving_needs_no_cookie_and_no_page_and_is_the_same_twice() -> None:
    reader = world.subscriber(of=world.digest())
    stranger = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = stranger.post(
            f"/leave/{reader.token}",
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == 200
    reader.refresh_from_db()
    assert reader.state == "left"
    assert reader.consents.filter(kind="left").count() == 1


def test_looking_never_changes_anything(client: Client) -> None:
    pending = world.subscriber(state="pending", confirmed_at=None)
    reader = world.subscriber(of=world.digest())
    before = list(Subscriber.objects.order_by("pk").values())
    for _ in range(3):
        for row in (pending, reader):
            for address in ("confirm", "leave", "letter"):
                assert client.get(f"/{address}/{row.token}").status_code == 200
                assert client.head(f"/{address}/{row.token}").status_code == 200
        client.get("/subscribe/", {"email": "x@example.org"})
    assert list(Subscriber.objects.order_by("pk").values()) == before
    assert not Consent.objects.exists()


def test_every_address_gets_the_same_answer(client: Client) -> None:
    world.subscriber("known@example.org")
    gone = world.subscriber("gone@example.org", state="suppressed")
    assert gone
    answers = {ask(client, a).content for a in ("new@example.org", "known@example.org", "gone@example.org")}
    answers.add(ask(client, "robot@example.org", website="https://spam.example").content)
    assert len(answers) == 1
    assert not Subscriber.objects.filter(address="robot@example.org").exists()


def test_what_is_no_address_is_said_so_with_what_was_typed(client: Client) -> None:
    answer = ask(client, "<b>nobody")
    assert answer.status_code == 422
    assert b"&lt;b&gt;nobody" in answer.content


def test_an_unknown_link_is_not_found(client: Client) -> None:
    for address in ("confirm", "leave", "letter"):
        assert client.get(f"/{address}/{'0' * 32}").status_code == 404
        assert client.post(f"/{address}/{'0' * 32}").status_code == 404


def test_a_reader_chooses_pauses_takes_their_data_and_deletes_it(client: Client) -> None:
    sport, city = world.topic("Sport"), world.topic("City")
    daily = world.digest(sport, city)
    reader = world.subscriber(of=daily)
    page = f"/letter/{reader.token}"
    assert b"Sport" in client.get(page).content
    client.post(
        page,
        {
            "act": "keep",
            "digest": daily.pk,
            "which": "some",
            "topic": [sport.pk],
            "hour": "6",
            "time_zone": "Asia/Tokyo",
        },
    )
    subscription = reader.subscriptions.get()
    assert not subscription.all_topics
    assert [choice.topic for choice in subscription.choices.filter(until=None)] == [sport]
    client.post(page, {"act": "keep", "digest": daily.pk, "which": "some", "topic": [city.pk]})
    assert [choice.topic for choice in subscription.choices.filter(until=None)] == [city]
    assert subscription.choices.filter(topic=sport, until__isnull=False).count() == 1
    assert client.post(page, {"act": "keep", "digest": daily.pk, "time_zone": "Mars/Olympus"}).status_code == 422
    client.post(page, {"act": "pause"})
    reader.refresh_from_db()
    assert reader.state == "paused"
    data = client.post(page, {"act": "take"}).json()
    assert data["address"] == reader.address
    assert data["letters"][0]["topics"] == ["City"]
    client.post(page, {"act": "forget"})
    reader.refresh_from_db()
    assert (reader.address, reader.state) == ("", "left")
    assert client.get(page).status_code == 404


def test_the_outbox_is_for_editors_and_its_letters_can_do_nothing(client: Client) -> None:
    assert client.get("/outbox/").status_code == 302
    client.force_login(world.account())
    assert client.get("/outbox/").status_code == 200
    assert client.get("/outbox/..%2Fsecret.key").status_code == 404


def test_a_mistaken_leave_is_taken_back_by_a_button(client: Client) -> None:
    reader = world.subscriber(of=world.digest())
    client.post(f"/leave/{reader.token}")
    client.post(f"/confirm/{reader.token}")
    reader.refresh_from_db()
    assert reader.state == "confirmed"
    assert reader.subscriptions.get().ended_at is None


def test_a_reader_chooses_the_language_of_the_letter_among_those_there_are(client: Client) -> None:
    daily = world.digest()
    reader = world.subscriber(of=daily)
    page = client.get(f"/letter/{reader.token}").content.decode()
    for name in ("Deutsch", "українська", "العربية", "español"):
        assert name in page
    client.post(f"/letter/{reader.token}", {"act": "keep", "digest": daily.pk, "language": "uk"})
    reader.refresh_from_db()
    assert reader.language == "uk"


def test_opening_the_page_gives_no_data_away_as_a_file(client: Client) -> None:
    reader = world.subscriber(of=world.digest())
    assert client.get(f"/letter/{reader.token}/data.json").status_code == 404
    answer = client.post(f"/letter/{reader.token}", {"act": "take"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert set(answer.json()) >= {"address", "consents", "deliveries", "returns", "letters"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"digest": "abc"}, "That letter is not there any more"),
        ({"digest": ""}, "That letter is not there any more"),
        ({"digest": "9" * 40}, "That letter is not there any more"),
        ({"hour": "noon"}, "from 0 to 23"),
        ({"hour": "24"}, "from 0 to 23"),
        ({"hour": "-1"}, "from 0 to 23"),
        ({"hour": "٦"}, "from 0 to 23"),
        ({"time_zone": "Mars/Olympus"}, "“Mars/Olympus” is no time zone"),
        ({"language": "x" * 400}, "don’t know that language"),
        ({"language": "../../etc"}, "don’t know that language"),
        ({"which": "some"}, "Tick at least one topic"),
        ({"which": "some", "topic": ["abc", "9" * 40]}, "Tick at least one topic"),
        ({"which": "some", "topic": ["4711"]}, "has none of the topics you ticked"),
    ],
)
def test_what_a_reader_can_not_have_is_answered_in_our_words_and_changes_nothing(
    client: Client, typed: dict[str, Any], words: str
) -> None:
    daily = world.digest(world.topic())
    reader = world.subscriber(of=daily, hour=6, language="de")
    before = list(Subscriber.objects.values()), list(reader.subscriptions.values())
    answer = client.post(f"/letter/{reader.token}", {"act": "keep", "digest": str(daily.pk)} | typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "invalid literal" not in answer.content.decode()
    assert (list(Subscriber.objects.values()), list(reader.subscriptions.values())) == before


def test_who_takes_another_letter_gets_none_of_the_first_any_more_not_even_one_that_waits(client: Client) -> None:
    everything = world.topic()
    daily, weekly = world.digest(everything), world.digest(everything, name="Weekly letter")
    reader = world.subscriber(of=daily, hour=20)
    story = world.told(1, everything)[0]
    assert freeze_now(daily, world.NOW)
    client.post(f"/letter/{reader.token}", {"act": "keep", "digest": weekly.pk})
    assert [each.state for each in reader.deliveries.all()] == ["withdrawn"]
    edition = freeze_now(weekly, world.NOW)
    assert edition
    assert [each.variant.stories for each in edition.deliveries.select_related("variant") if each.variant] == [
        [story.pk]
    ]


@pytest.mark.parametrize(
    ("cadence", "words"),
    [("daily", "One letter a day"), ("weekdays", "One letter each working day"), ("weekly", "One letter a week")],
)
def test_the_form_says_how_often_the_letter_it_asks_for_comes(client: Client, cadence: str, words: str) -> None:
    world.digest(name="Gone", cadence="daily" if cadence != "daily" else "weekly", retired_at=world.NOW)
    world.digest(cadence=cadence)
    world.digest(name="Second", cadence="daily" if cadence != "daily" else "weekly")
    assert words in client.get("/subscribe/").content.decode()
    assert words in client.get("/search/").content.decode(), "and in the box of every page"


def test_a_letter_says_on_the_readers_page_when_it_comes_and_one_in_trouble_keeps_nobody_from_leaving(
    client: Client,
) -> None:
    world.digest(name="Weekly letter", cadence="weekly", weekday=4, slot=time(18, 30), time_zone="Europe/Lisbon")
    world.digest(name="Lost letter", time_zone="Atlantis/Capital")
    reader = world.subscriber(of=world.digest())
    page = client.get(f"/letter/{reader.token}").content.decode()
    assert "every day · 07:00" in page
    assert re.search(r"once a week · Fri \d+, 18:30", page)
    assert "Lost letter</bdi>, every day</label>" in page
