"""The desk's feed pages in a real browser: the preview follows typing, and every state of them is for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from corante.core.feeds import WORDS, Outcome
from corante.models import Fetch
from corante.net import client as net
from tests.faces.test_desk_browser import RULES, Served, browser, served, signed_in
from tests.fakes import world
from tests.fakes.outlets import Outlets

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["browser", "served"]
PAGE = b"<title>Council</title>" + b"".join(
    f"<article><h2><a href='/{n}'>The council votes on part {n}</a></h2><p><a href='/tag/{n}'>Tag</a></p></article>".encode()
    for n in range(15)
)


@pytest.fixture
def outlets(settings: Any) -> Iterator[Outlets]:
    settings.CORANTE = replace(settings.CORANTE, allow_network=("127.0.0.0/8",))
    with Outlets() as server:
        server["/"] = PAGE
        yield server
    net.close_all()


def is_for_everyone(page: Page) -> None:
    """No fault that axe knows, and nothing wider than the window."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (320, "dark")])
def test_a_selector_is_suggested_previewed_while_it_is_written_and_added(
    browser: Browser, served: Served, outlets: Outlets, width: int, scheme: Any
) -> None:
    context = signed_in(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{served.url}/desk/outlets/page/?address={outlets.url()}")
    page.get_by_role("button", name="Look at the page").click()
    expect(page.locator("#picked")).to_contain_text("15 headlines")
    is_for_everyone(page)
    page.get_by_label("Selector").fill("h2 >>")
    expect(page.locator("#picked")).to_contain_text("is no CSS selector")
    page.get_by_label("Selector").fill("article:last-child")
    expect(page.locator("#picked")).to_contain_text("1 headline")
    is_for_everyone(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("#notes")).to_contain_text("Council is added")
    assert len(outlets.asked("/")) == 1
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1200, "dark"), (320, "light")])
def test_an_outlet_in_every_kind_of_trouble_and_its_double_are_for_everyone(
    browser: Browser, served: Served, width: int, scheme: Any
) -> None:
    now, sketch = timezone.now(), " ".join(f"{n:08x}" for n in range(8))
    one, two = (world.feed(world.outlet(name), sketch=sketch, gap_s=7200) for name in ("Harbour Post", "Harbour Home"))
    world.feed(
        one.outlet, state="paused", same_as=two, kind="page", selector="h2 a", url=f"https://h.example/{'a' * 90}"
    )
    for n, outcome in enumerate(list(Outcome)[:8]):
        detail = f"{WORDS[outcome]}: {'x' * 80}"
        Fetch.objects.create(feed=one, at=now, outcome=outcome, detail=detail, status=200 + n, took_ms=123456)
    context = signed_in(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{served.url}/desk/outlets/{one.outlet_id}/")
    page.locator("summary").first.click()
    expect(page.get_by_text("usually every 2 h").first).to_be_visible()
    is_for_everyone(page)
    page.goto(f"{served.url}/desk/outlets/")
    is_for_everyone(page)
    page.get_by_role("button", name=f"Keep {one.url} alone").click()
    expect(page.locator("#notes")).to_contain_text("is not asked any more")
    context.close()
