"""Looking for a site's feeds ends, however many places there are and however slowly its host answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from corante import gather
from corante.core.config import Config
from corante.gather import finding
from corante.net.client import Client, Request
from tests.fakes.gathering import loopback, outlets
from tests.fakes.outlets import Asked, Outlets, item, rss

__all__ = ["loopback", "outlets"]
pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What a place that does not answer waits for."""
    event = threading.Event()
    yield event
    event.set()


def silent(event: threading.Event) -> Callable[[Asked], bytes]:
    def answer(_asked: Asked) -> bytes:
        event.wait(600)
        return b""

    return answer


def page(*feeds: str) -> bytes:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{one}">' for one in feeds)
    return f"<!doctype html><html><head><title>Site</title>{links}</head></html>".encode()


def test_a_host_whose_feeds_never_answer_is_left_at_the_deadline(
    outlets: Outlets, never: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "DEADLINE_S", 15.0)  # the page itself must come in it, however busy the machine
    outlets["/"] = page(*(f"/feed-{n}.xml" for n in range(12)))
    for n in range(12):
        outlets[f"/feed-{n}.xml"] = silent(never)
    with pytest.raises(gather.NotFound, match="so slowly that we stopped looking"):
        gather.find_feeds(outlets.url("/"))


def test_what_was_found_before_the_deadline_is_shown(
    outlets: Outlets, never: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "DEADLINE_S", 20.0)
    outlets["/"] = page("/slow.xml", "/good.xml")
    outlets["/slow.xml"] = silent(never)
    outlets["/good.xml"] = rss(item("One", "/1", "1"))
    assert [one.url for one in gather.find_feeds(outlets.url("/"))] == [outlets.url("/good.xml")]


def test_what_has_not_come_in_time_is_missing_and_the_rest_is_there(outlets: Outlets, never: threading.Event) -> None:
    outlets["/slow"], outlets["/good"] = silent(never), b"here"
    client = Client(Config(title="T", base_url="https://news.example", allow_network=("127.0.0.0/8",)))
    requests = [Request(outlets.url(path)) for path in ("/slow", "/good")]
    came = [answer.body for answer, _ in client.fetch_many(requests, within_s=10)]
    client.close()
    assert came == [b"here"]
