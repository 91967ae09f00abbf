"""Letters at the desk: an editor makes one, changes it, retires it, and sees when the next edition freezes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from corante.models import Act, Digest
from tests.fakes import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(world.account("ada"))
    return client


def form(*topics: int, **changes: object) -> dict[str, object]:
    values = {
        "name": "Ports weekly",
        "cadence": "weekly",
        "weekday": "4",
        "slot": "08:30",
        "time_zone": "Europe/Lisbon",
    }
    return values | {"topic": list(topics)} | changes


def test_an_editor_makes_a_letter_and_sees_its_next_edition(editor: Client) -> None:
    ports = world.topic("Ports", "port*")
    empty = editor.get(reverse("desk:editions")).content.decode()
    assert "Add one" in empty
    answer = editor.post(reverse("desk:digest_new"), form(ports.pk, hold="on"), follow=True).content.decode()
    made = Digest.objects.get()
    assert (made.cadence, made.weekday, f"{made.slot:%H:%M}", made.hold) == ("weekly", 4, "08:30", True)
    assert list(made.topics.all()) == [ports]
    assert "Ports weekly is made." in answer
    assert "Friday" in answer
    assert "for 0 readers" in answer
    assert "each edition waits for you" in answer


def test_a_form_that_makes_no_sense_comes_back_as_typed_with_what_is_wrong(editor: Client) -> None:
    ports = world.topic("Ports", "port*")
    for changes, words in (
        ({"time_zone": "Atlantis"}, "is not a time zone"),
        ({"topic": []}, "at least one topic"),
        ({"topic": ["x", "999999999999999999999"]}, "at least one topic"),
        ({"cadence": "hourly"}, "a letter comes"),
        ({"weekday": "9"}, "day of the week"),
    ):
        answer = editor.post(reverse("desk:digest_new"), form(ports.pk) | changes)
        assert answer.status_code == 400
        assert words.lower() in answer.content.decode().lower()
        assert 'value="Ports weekly"' in answer.content.decode()
    assert not Digest.objects.exists()


def test_a_change_stands_in_the_log_in_words_and_is_undone(editor: Client) -> None:
    ports, rivers = world.topic("Ports", "port*"), world.topic("Rivers", "river*")
    letter = world.digest(ports, name="Ports weekly", time_zone="Europe/Lisbon")
    page = reverse("desk:digest", args=[letter.pk])
    editor.post(page, form(ports.pk, rivers.pk, version=letter.version, slot="07:00"))
    log = editor.get(page).content.decode()
    assert "changed the letter" in log
    assert "<ins><bdi>Ports, Rivers</bdi></ins>" in log
    assert "<ins><bdi>Friday</bdi></ins>" in log
    act = Act.objects.get(verb="change_digest")
    back = editor.post(reverse("desk:undo", args=[act.pk]), follow=True).content.decode()
    assert "Undone" in back
    letter.refresh_from_db()
    assert letter.cadence == "daily"
    assert list(letter.topics.all()) == [ports]


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(editor: Client) -> None:
    ports = world.topic("Ports", "port*")
    letter = world.digest(ports, version=2)
    answer = editor.post(reverse("desk:digest", args=[letter.pk]), form(ports.pk, version=1))
    assert answer.status_code == 409
    assert "Somebody changed this letter" in answer.content.decode()
    letter.refresh_from_db()
    assert letter.name == "Daily letter"


def test_a_letter_is_retired_and_its_readers_get_another(editor: Client) -> None:
    ports = world.topic("Ports", "port*")
    daily, weekly = world.digest(ports), world.digest(ports, name="Weekly letter")
    reader = world.subscriber(of=daily)
    address = reverse("desk:digest_retire", args=[daily.pk])
    assert "still comes" in editor.post(address, {"version": 1}, follow=True).content.decode()
    answer = editor.post(address, {"version": 1, "heir": weekly.pk}, follow=True).content.decode()
    assert "1 reader moved to Weekly letter." in answer
    assert reader.subscriptions.get(ended_at=None).digest == weekly
    assert editor.get(reverse("desk:digest", args=[daily.pk])).status_code == 404
