"""Topics at the desk in a real browser: a rule as form and text, its preview, suggestions, and how far refiling is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, expect

from corante import topics
from corante.models import Filing, Suggestion, Topic
from tests.faces.test_desk_browser import RULES, Served, browser, served, signed_in  # noqa: F401 - fixtures
from tests.fakes import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def some_stories() -> Topic:
    """Three pieces of today, a topic one of them stands under, one suggested to it, its history half filed again."""
    now = timezone.now()
    sea = world.topic("Sea", "wall", refile_from=40, refile_top=100, refile_changed=7)
    made = []
    for title in ("The sea wall grows", "A dyke holds in Low Marsh", "Cup final tonight"):
        piece = world.article(world.Outlet.objects.first() or world.outlet(), title, published_at=now, seen_at=now)
        made.append(world.story(piece, first_at=now - timedelta(hours=1)))
    world.filed(made[0], sea)
    Suggestion.objects.create(topic=sea, story=made[1], score=0.4, terms=["dyke", "marsh"], at=now)
    topics.thin(now)
    return sea


def test_the_form_writes_the_rule_and_the_rule_the_form_while_the_preview_follows(
    browser: Browser,  # noqa: F811 - the fixture
    served: Served,  # noqa: F811
) -> None:
    some_stories()
    page = signed_in(browser, served).new_page()
    page.goto("/desk/topics/new/")
    page.get_by_label("Any of").press_sequentially("dyke, wall")
    expect(page.get_by_label("The rule as text")).to_have_value("dyke OR wall")
    expect(page.locator("#preview h2")).to_have_text("3 pieces in 14 days")
    page.get_by_label("None of").press_sequentially("cup")
    expect(page.get_by_label("The rule as text")).to_have_value("(dyke OR wall) -cup")
    expect(page.locator("#preview h2")).to_have_text("2 pieces in 14 days")
    expect(page.locator("#preview mark")).to_have_count(4)
    page.get_by_label("The rule as text").fill("title:dyke")
    expect(page.locator("#rule-form")).to_contain_text("says more than a form can")
    page.get_by_label("The rule as text").fill("marsh lang:en")
    expect(page.get_by_label("All of")).to_have_value("marsh")
    expect(page.get_by_label("In the language")).to_have_value("en")
    page.get_by_label("Name").fill("Marsh")
    page.get_by_role("button", name="Add the topic").click()
    expect(page.locator("#notes")).to_contain_text("Marsh is added")
    assert Topic.objects.get(name="Marsh").rule == "marsh lang:en"


def test_the_form_works_without_script(browser: Browser, served: Served) -> None:  # noqa: F811
    some_stories()
    page = signed_in(browser, served, java_script_enabled=False).new_page()
    page.goto(f"/desk/topics/{Topic.objects.get().pk}/")
    expect(page.get_by_label("All of")).to_have_value("wall")
    page.get_by_label("Any of").fill("dyke, sea")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_label("The rule as text")).to_have_value("wall (dyke OR sea)")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#notes")).to_contain_text("Sea is saved")
    assert Topic.objects.get().rule == "wall (dyke OR sea)"


def test_a_suggestion_is_answered_by_key_and_filed_by_that_editor(browser: Browser, served: Served) -> None:  # noqa: F811
    sea = some_stories()
    page = signed_in(browser, served).new_page()
    page.goto(f"/desk/topics/{sea.pk}/")
    expect(page.locator(".suggested")).to_contain_text("because it shares dyke, marsh with this topic’s stories")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#notes")).to_contain_text("Filed under Sea.")
    expect(page.locator(".suggested")).to_have_count(0)
    assert Filing.objects.get(story__lead__title="A dyke holds in Low Marsh").by is not None
    page.locator("#notes").get_by_role("button", name="Undo").click()
    expect(page.locator("#notes")).to_contain_text(re.compile(r"Undone: filed #\d+ under Sea\."))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_topic_shows_how_far_its_refiling_is_and_has_no_accessibility_fault(
    browser: Browser,  # noqa: F811
    served: Served,  # noqa: F811
    scheme: Any,
) -> None:
    sea = some_stories()
    page = signed_in(browser, served, color_scheme=scheme, viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"/desk/topics/{sea.pk}/")
    expect(page.locator("progress")).to_have_attribute("value", "60")
    expect(page.locator(".sheet")).to_contain_text("60 % looked at, 7 stories changed so far")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.goto("/desk/topics/")
    expect(page.locator("main")).to_contain_text("refiling history: 60 %")
    expect(page.locator("main")).to_contain_text("1 suggested")
