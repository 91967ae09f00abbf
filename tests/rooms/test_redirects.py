"""Where a redirect leads is asked as the server wrote it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corante.core.config import Config
from corante.net.client import Client, Request
from tests.fakes.outlets import Outlets, Reply


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(Config(title="T", base_url="https://news.example", allow_network=("127.0.0.0/8",)))
    yield made
    made.close()


@pytest.mark.parametrize(
    "target",
    [
        "/feed.xml?utm_source=rss&utm_medium=feed",
        "/feed.xml?fbclid=1&ref=2",
        "/feed.xml?sig=a%2Fb%7Ec%2B%3D&expires=9&a=1&a=&b",
        "/a%2Fb/feed.xml?x=%C3%BC+y",
        "/feed.xml?&&z",
    ],
)
def test_the_target_of_a_redirect_is_asked_as_given(client: Client, target: str) -> None:
    with Outlets() as outlets:
        outlets["/old"] = Reply(status=302, headers={"Location": target})
        outlets[target] = b"here"
        answer = client.fetch_one(Request(outlets.url("/old")))
        assert (answer.outcome, answer.body) == ("ok", b"here")
        assert answer.hops[0].to == outlets.url(target)


def test_a_server_that_sends_us_round_with_a_parameter_lets_us_in(client: Client) -> None:
    with Outlets() as outlets:
        outlets["/feed"] = Reply(status=302, headers={"Location": "/feed?utm_campaign=seen"})
        outlets["/feed?utm_campaign=seen"] = b"here"
        assert client.fetch_one(Request(outlets.url("/feed"))).body == b"here"
