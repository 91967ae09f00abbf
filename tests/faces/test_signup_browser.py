"""The pages of joining, choosing and leaving: read by everybody, on any screen, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from tests.fakes import world
from tests.fakes.browser import open_browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STAMP = {"email": "reader@example.org", "stamp": "1.0000000000000000.00000000000000000000000000000000"}


def pages(client: Client) -> Iterator[tuple[str, str]]:
    """(what it is, its HTML) of every page a reader meets."""
    topics = [world.topic(), world.topic("Ports and piers", "port*")]
    daily = world.digest(*topics)
    world.digest(topics[1], name="Ports, once a week and not more often than that", cadence="weekly")
    asked = world.subscriber(state="pending", confirmed_at=None)
    reader, paused, goes = (world.subscriber(of=daily) for _ in range(3))
    letter = f"/letter/{reader.token}"
    yield "the form", shown(client.get("/subscribe/"))
    yield "no address", shown(client.post("/subscribe/", {"email": "nobody"}))
    yield "once more", shown(client.post("/subscribe/", STAMP))
    yield "asked", shown(client.post("/subscribe/", {"email": "reader@example.org"}))
    yield "was it you", shown(client.get(f"/confirm/{asked.token}"))
    yield "it was", shown(client.post(f"/confirm/{asked.token}"))
    yield "no such link", shown(client.get("/confirm/" + "0" * 32))
    yield "the reader's own", shown(client.get(letter))
    yield "what can't be had", shown(client.post(letter, {"act": "keep", "time_zone": "Mars/Olympus"}))
    yield "on a pause", shown(client.post(f"/letter/{paused.token}", {"act": "pause"}))
    yield "leave?", shown(client.get(f"/leave/{goes.token}"))
    yield "left", shown(client.post(f"/leave/{goes.token}"))
    yield "after leaving", shown(client.get(f"/letter/{goes.token}"))
    yield "deleted", shown(client.post(letter, {"act": "forget"}))


def shown(answer: Any) -> str:
    """The page of an answer."""
    return str(answer.content.decode())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_joining_or_leaving_has_an_accessibility_fault_or_needs_scrolling_sideways(
    client: Client, site: Path, scheme: Any
) -> None:
    made = list(pages(client))
    assert len({html for _, html in made}) == len(made)
    with open_browser() as browser:
        page = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme=scheme).new_page()
        for name, html in made:
            page.set_content(html)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
