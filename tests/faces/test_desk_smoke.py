"""Every page of the desk shows, full and empty."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.fakes import world

pytestmark = pytest.mark.django_db

PAGES = (
    "incoming",
    "topics",
    "topic_new",
    "outlets",
    "outlet_add",
    "outlet_page",
    "editions",
    "digest_new",
    "activity",
    "accounts",
    "account_new",
    "me",
)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(world.account("ada", "admin"))
    return client


@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_on_an_empty_site_and_says_what_to_do_next(admin: Client, name: str) -> None:
    assert admin.get(reverse(f"desk:{name}")).status_code == 200


@pytest.mark.parametrize("view", ["new", "held", "hidden", "merges"])
def test_every_view_of_the_queue_shows(admin: Client, view: str) -> None:
    world.filed(world.story(world.article(world.outlet())), world.topic())
    assert admin.get(reverse("desk:incoming"), {"view": view}).status_code == 200


def test_a_full_desk_shows(admin: Client) -> None:
    harbour, valley = world.outlet(), world.outlet("Valley Farmer")
    world.feed(harbour)
    story = world.story(world.article(harbour), world.article(valley, "Sea wall goes up"))
    topic = world.topic("Sea", "sea")
    world.filed(story, topic)
    world.digest(topic)
    for name in PAGES:
        assert admin.get(reverse(f"desk:{name}")).status_code == 200, name
    for name, part in (("story", story), ("edit", story), ("merge", story), ("topic", topic), ("outlet", harbour)):
        assert admin.get(reverse(f"desk:{name}", args=[part.pk])).status_code == 200, name
