"""Where stories begin and end, and how long a pin holds, worked in a real browser as an editor would."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, expect

from corante.models import Link, Pin, Proposal, Story
from tests.faces.test_desk_browser import RULES, Served, browser, served, signed_in, small_desk  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_ticked_account_is_split_off_and_the_split_is_undone(browser: Browser, served: Served) -> None:  # noqa: F811
    story = small_desk()[0]
    page = signed_in(browser, served).new_page()
    page.goto(f"/desk/stories/{story.pk}/", wait_until="domcontentloaded", timeout=60_000)  # cold
    page.locator(".accounts input[type=checkbox]").nth(1).check()
    page.get_by_role("button", name="Split ticked into a new story").click()
    expect(page.locator("#notes")).to_contain_text("Split: what you ticked is a story of its own now.")
    expect(page.locator(".accounts > li")).to_have_count(1)
    assert Link.objects.filter(must=False).exists()
    page.locator("#notes").get_by_role("button", name="Undo").click()
    expect(page.locator("#notes")).to_contain_text("Undone: split")
    expect(page.locator(".accounts > li")).to_have_count(2)


def test_proposed_merges_are_answered_by_key_and_undone(browser: Browser, served: Served) -> None:  # noqa: F811
    one, other = small_desk()[:2]
    page = signed_in(browser, served).new_page()
    page.goto("/desk/?view=merges", timeout=60_000)
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("j")
    page.keyboard.press("m")
    expect(page.locator("#notes")).to_contain_text(f"Merged #{other.pk} into #{one.pk}.")
    expect(page.locator(".empty")).to_contain_text("No merge is proposed")
    assert Story.objects.get(pk=other.pk).merged_into_id == one.pk
    page.keyboard.press("u")
    expect(page.locator("#notes")).to_contain_text("Undone: merged")
    assert Story.objects.get(pk=other.pk).merged_into_id is None
    assert Proposal.objects.get().answered_at is not None


def test_a_pin_says_until_when_it_holds_and_is_taken_out(browser: Browser, served: Served) -> None:  # noqa: F811
    story = small_desk()[0]
    page = signed_in(browser, served, viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"/desk/stories/{story.pk}/", wait_until="domcontentloaded", timeout=60_000)  # cold
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_label("Pin where").select_option(label="Sea")
    page.get_by_label("For how long").select_option(label="three days")
    page.get_by_role("button", name=re.compile("^Pin")).click()
    expect(page.locator("#notes")).to_contain_text("Pinned to Sea for three days.")
    expect(page.locator(".crumb").first).to_contain_text("pinned until")
    held = Pin.objects.get().expires_at - timezone.now()
    assert timedelta(days=2, hours=23) < held < timedelta(days=3, minutes=1)
    page.get_by_role("button", name="Unpin").click()
    expect(page.locator("#notes")).to_contain_text("No longer pinned.")
