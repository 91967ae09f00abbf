"""From joining to leaving, and the letter in between, as a subscriber lives it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from .conftest import Newsroom

pytestmark = [pytest.mark.browser]


def link(text: str, part: str) -> str:
    """The first address in a letter's text whose path has this part."""
    found = re.search(rf"https?://\S*/{part}/[^\s>)\]]+", text)
    assert found, f"no {part} link in:\n{text}"
    return found[0]


def body(letter: EmailMessage) -> str:
    """A letter's text part."""
    part = letter.get_body(("plain",))
    assert part
    return str(part.get_content())


def join(page: Page, newsroom: Newsroom, address: str) -> None:
    """Ask for the letter on the front page, and confirm by the link that comes."""
    page.goto(f"{newsroom.address}/")
    page.fill('input[type="email"]', address)
    page.locator("form", has=page.locator('input[type="email"]')).locator("button").first.click()
    expect(page.locator("main")).to_contain_text(re.compile("mail|inbox|letter", re.I))
    page.goto(link(body(newsroom.wait_letter(address, 1)), "confirm"))
    page.locator("main form button").first.click()
    newsroom.wait(lambda: state(newsroom, address) == "confirmed", what="confirming")


def state(newsroom: Newsroom, address: str) -> str:
    return str(newsroom.rows("SELECT state FROM corante_subscriber WHERE address = ?", address)[0][0])


def test_whoever_joins_gets_the_letter_and_can_leave_by_its_page_or_by_their_mail_programs_button(
    newsroom: Newsroom, page: Page
) -> None:
    by_page, by_button = "marit@example.org", "one.click@example.org"
    for address in (by_page, by_button):
        join(page, newsroom, address)
    newsroom.corante("digest", "send")
    letter, other = newsroom.wait_letter(by_page, 2), newsroom.wait_letter(by_button, 2)
    for words in ("sea wall", "Tidewire", "Harbour Post"):
        assert words in body(letter)

    page.goto(link(body(letter), "leave"))
    assert state(newsroom, by_page) == "confirmed"  # looking changes nothing: mail scanners look too
    page.locator("main form button").first.click()
    newsroom.wait(lambda: state(newsroom, by_page) == "left", what="leaving")

    press_unsubscribe(other)
    newsroom.wait(lambda: state(newsroom, by_button) == "left", what="leaving")


def press_unsubscribe(letter: EmailMessage) -> None:
    """What a mail program does when its own button is pressed (RFC 8058): no page, no cookie."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    target = re.search(r"<(http[^>]+)>", str(letter["List-Unsubscribe"]))
    assert target
    request = Request(target[1], data=b"List-Unsubscribe=One-Click", method="POST")
    with urlopen(request, timeout=60) as answer:
        assert answer.status in (200, 202, 204)


def test_the_outbox_shows_the_letter_as_it_left(newsroom: Newsroom, page: Page) -> None:
    join(page, newsroom, "looker@example.org")
    page.goto(f"{newsroom.address}/outbox/")
    expect(page.locator("body")).to_contain_text("looker@example.org")
