"""What strangers send on purpose to the doors that anyone may knock at: answered in a sentence, and nothing breaks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from corante import subscribe
from corante.models import Ask, Subscriber
from corante.site.returned import signature
from tests.fakes import world

pytestmark = pytest.mark.django_db
TOKEN = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _site(site: Path) -> None:
    """Every test has a folder of its own."""


@pytest.mark.parametrize("pairs", range(1, 19))
def test_brackets_within_brackets_never_break_the_search(client: Client, pairs: int) -> None:
    query = "(a OR (b " * pairs + "z" + "))" * pairs
    answer = client.get("/search/", {"q": query}, REMOTE_ADDR=f"10.0.{pairs}.1")
    assert answer.status_code == 200
    assert ("brackets inside" in answer.content.decode()) is (pairs > 12)


@pytest.mark.parametrize("path", ["/search/", "/search/atom.xml"])
def test_a_search_with_unseen_characters_is_a_search(client: Client, path: str) -> None:
    for n, query in enumerate(("flood\x01", "flood\x0b", "flood\ufffe", "flood\u202e")):
        assert client.get(path, {"q": query}, REMOTE_ADDR=f"10.1.{n}.1").status_code == 200


def test_a_null_character_is_refused_at_every_door_before_the_database_hears_of_it(client: Client) -> None:
    denied = {"hub.mode": "denied", "hub.topic": "\x00"}
    joining = {"email": "reader@example.org", "page": "/\x00"}
    url = ("application/x-www-form-urlencoded", "email=reader%40example.org&page=%2F%00")
    answers = [
        client.get(f"/websub/{TOKEN}", denied),
        client.get("/search/", {"q": "flood\x00"}),
        client.get("/outbox/a%00b"),
        client.post("/subscribe/", joining),
        client.post("/subscribe/", url[1], url[0]),
        client.post("/desk/login/", {"name": "a\x00", "password": "b"}),
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(400, b"This request was refused.\n")] * 6
    assert not Ask.objects.exists()


@pytest.mark.parametrize(
    "wish",
    [
        {"digest": "9" * 30},
        {"digest": "9" * 5000},
        {"digest": "\x00"},
        {"hour": "9" * 30},
        {"hour": "²"},
        {"topic": "9" * 30, "which": "some"},
        {"topic": "-1", "which": "some"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "UTC\x00"},
        {"language": "de\x00"},
    ],
)
def test_a_wish_nobody_can_have_is_refused_or_kept_harmless(client: Client, wish: dict[str, str]) -> None:
    daily = world.digest(world.topic())
    reader = world.subscriber(of=daily)
    answer = client.post(f"/letter/{reader.token}", {"act": "keep", "digest": str(daily.pk)} | wish)
    assert answer.status_code in (200, 400, 422)
    assert client.get(f"/letter/{reader.token}").status_code == 200
    kept = Subscriber.objects.get()
    assert kept.hour is None
    assert (kept.time_zone, "\x00" in kept.language) == ("", False)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        json.dumps({"kind": "hard", "to": "a\x00b", "words": "\x00", "id": "\x00"}).encode(),
        json.dumps({"kind": ["hard"]}).encode(),
        b"\xff\xfe\x00",
    ],
)
def test_a_signed_report_that_is_nonsense_is_answered_and_changes_nothing(client: Client, body: bytes) -> None:
    signed = {"Corante-Signature": signature(subscribe.hook_secret(), int(datetime.now(UTC).timestamp()), body)}
    answer = client.post("/returns/hook", body, "application/json", headers=signed)
    assert answer.status_code in (204, 400)
    with connection.cursor() as cursor:  # the connection is well
        cursor.execute("SELECT 1")
