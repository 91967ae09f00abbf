"""From an outlet's feed to a reader's page, as a reader sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Newsroom

pytestmark = [pytest.mark.browser]


def open_story(page: Page, newsroom: Newsroom, words: str) -> None:
    """From the topic's page to the story told under a headline with these words."""
    page.goto(f"{newsroom.address}/topics/rivers-and-floods/")
    story = page.locator("main article").filter(has=page.locator("h3 a", has_text=words)).first
    story.locator('.by a[href^="/stories/"]').first.click()
    expect(page).to_have_url(re.compile(r"/stories/\d+$"))


def test_a_reader_finds_an_event_once_with_everyone_who_told_it(newsroom: Newsroom, page: Page) -> None:
    open_story(page, newsroom, "Low Marsh")
    main = page.locator("main")
    for outlet in ("Tidewire", "Harbour Post", "Valley Farmer", "Open Counter", "Ferry Times"):
        expect(main.locator("bdi", has_text=outlet).first).to_be_visible()


def test_a_headline_leads_to_the_outlets_own_page(newsroom: Newsroom, page: Page) -> None:
    open_story(page, newsroom, "Low Marsh")
    link = page.locator(f'main a[href^="{newsroom.world.address}/"]').first
    headline = link.inner_text()
    link.click()
    expect(page).to_have_url(re.compile(re.escape(newsroom.world.address)))
    expect(page.locator("h1")).to_have_text(headline)


def test_the_site_asks_nothing_of_a_reader(newsroom: Newsroom, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{newsroom.address}/")
    assert all(url.startswith(newsroom.address) for url in asked)
    assert page.context.cookies() == []
    assert page.locator("script:not([type='application/ld+json'])").count() == 0


def test_an_outlet_that_asks_for_no_excerpt_is_quoted_by_headline_only(newsroom: Newsroom, page: Page) -> None:
    page.goto(f"{newsroom.address}/search/?q=goose")
    page.locator('main a[href^="/stories/"]').first.click()
    expect(page.locator("main")).to_contain_text("a goose may be a nuisance")
    assert page.locator("main blockquote").count() == 0


def test_arabic_stands_right_to_left_on_an_english_page(newsroom: Newsroom, page: Page) -> None:
    page.goto(f"{newsroom.address}/topics/everything/")
    expect(page.locator('main [lang="ar"][dir="rtl"]').first).to_be_visible()


def test_the_page_of_a_topic_can_be_read_on_the_smallest_screen(newsroom: Newsroom, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{newsroom.address}/topics/rivers-and-floods/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
