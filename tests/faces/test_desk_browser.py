"""The desk in a real browser: for everyone, with and without script, by key and by pointer, and with hostile titles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from corante import topics
from corante.models import Digest, Proposal, Quarantine, Story, Topic
from tests.fakes import world
from tests.fakes.browser import PATIENCE_MS, open_browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg/onload=alert(3)>',
    "'-alert(4)-'",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "javascript:alert(5)//</title><script>alert(6)</script>",
    "</textarea><script>alert(7)</script>",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


class Served(LiveServerThread):
    """The whole application on loopback, with nothing of Django's between it and the browser."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self) -> None:
        for alias, connection in self.connections_override.items():
            connections[alias] = connection
        try:
            self.httpd = self._create_server(connections_override=self.connections_override)
            self.port = self.httpd.server_address[1]
            self.httpd.set_app(WSGIHandler())
            self.is_ready.set()
            self.httpd.serve_forever()
        finally:
            connections.close_all()


@pytest.fixture
def served(transactional_db: None) -> Iterator[Served]:
    server = Served("127.0.0.1", None, connections_override={})
    server.daemon = True
    server.start()
    assert server.is_ready.wait(60)
    yield server
    server.terminate()


def signed_in(browser: Browser, served: Served, role: str = "admin", **options: Any) -> BrowserContext:
    """A window in which somebody signed in."""
    client = Client()
    client.force_login(world.account(f"some-{role}", role))
    context = browser.new_context(base_url=served.url, **options)
    context.set_default_timeout(PATIENCE_MS)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": served.url}])
    return context


def small_desk() -> list[Story]:
    """A few stories, a rule, a letter, an outlet in trouble, something in every list."""
    now = timezone.now()
    harbour, valley = world.outlet(), world.outlet("جريدة المرفأ", language="ar")
    world.feed(harbour, failures=3, detail="the server answered 503", last_checked_at=now, last_ok_at=now)
    world.feed(valley, last_checked_at=now, last_ok_at=now, last_new_at=now)
    topic = world.topic("Sea", "title:sea")
    made = []
    for n in range(4):
        at = now - timedelta(hours=n)
        one = world.article(harbour, f"Sea wall story {n}", published_at=at, seen_at=at)
        two = world.article(
            valley, "سفينة شحن تغادر المرفأ", language="ar", published_at=at, seen_at=at, copy_share=0.7
        )
        made.append(world.story(one, two, first_at=at, last_at=at))
        world.filed(made[-1], topic)
    Story.objects.filter(pk=made[3].pk).update(held=True)
    Proposal.objects.create(story=made[0], other=made[1], score=0.5, at=now)
    Quarantine.objects.create(url="https://poison.example/", kind="feed", reason="too deep", body=b"x", at=now)
    world.digest(topic)
    topics.thin(now)  # which also fills the index that previews ask
    return made


def addresses(stories: list[Story]) -> list[str]:
    """Every page of the desk that GET shows."""
    one, two = stories[0], stories[1]
    parts = ["", "?view=held", "?view=hidden", "?view=merges", "?q=nothing+says+this", "topics/", "topics/new/"]
    parts += [f"stories/{one.pk}/", f"stories/{one.pk}/edit/", f"stories/{one.pk}/merge/?with={two.pk}"]
    parts += [
        f"topics/{Topic.objects.get().pk}/",
        "outlets/",
        f"outlets/{one.lead.outlet_id}/",
        "outlets/add/",
        "outlets/page/",
    ]  # type: ignore[union-attr]
    return [
        f"/desk/{part}"
        for part in [
            *parts,
            "editions/",
            "digests/new/",
            f"digests/{Digest.objects.get().pk}/",
            "activity/",
            "accounts/",
            "me/",
        ]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_desk_has_an_accessibility_fault_or_a_console_message(
    browser: Browser, served: Served, scheme: Any
) -> None:
    stories = small_desk()
    context = signed_in(browser, served, color_scheme=scheme)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for address in addresses(stories):
        page.goto(address)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{address}\n{found.generate_report()}"
    assert said == []
    context.close()


def test_every_page_fits_a_screen_of_320_pixels(browser: Browser, served: Served) -> None:
    stories = small_desk()
    context = signed_in(browser, served, viewport={"width": 320, "height": 640})
    page = context.new_page()
    for address in addresses(stories):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    context.close()


def test_an_editor_works_without_any_script(browser: Browser, served: Served) -> None:
    small_desk()
    world.account("ada", "admin")
    context = browser.new_context(base_url=served.url, java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/desk/")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    first = page.locator(".row", has_text="Sea wall story 0")
    first.get_by_role("button", name="Hide").click()
    expect(page.locator("#notes")).to_contain_text("Hidden.")
    expect(page.locator(".row", has_text="Sea wall story 0")).to_have_count(0)
    page.locator("#notes").get_by_role("button", name="Undo").click()
    expect(first).to_have_count(1)
    first.get_by_role("link", name="Edit").click()
    page.get_by_label("Headline").fill("The wall gets higher")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The wall gets higher")
    expect(page.locator(".was")).to_contain_text("Sea wall story 0")
    page.goto("/desk/topics/new/")
    page.get_by_label("Name").fill("Walls")
    page.get_by_label("The rule as text").fill("title:wall")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview mark").first).to_have_text("wall")
    expect(page.get_by_label("Name")).to_have_value("Walls")
    page.get_by_role("button", name="Add the topic").click()
    expect(page.locator("#notes")).to_contain_text("Walls is added")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the desk")
    context.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('[data-row]')?.querySelector('h2')?.textContent ?? ''"))


def test_the_queue_is_worked_by_single_keys_and_the_row_answers_in_place(browser: Browser, served: Served) -> None:
    stories = small_desk()
    context = signed_in(browser, served)
    page = context.new_page()
    page.goto("/desk/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "story 1" in focused(page)
    page.keyboard.press("h")
    row = page.locator(f"#s{stories[1].pk}")
    expect(row.locator(".said")).to_contain_text("Hidden.")
    assert page.url.endswith("/desk/")
    expect(row).to_be_focused()
    page.keyboard.press("u")
    expect(row.locator(".said")).to_contain_text("Undone")
    assert not stories[1].hidings.filter(ended_at=None).exists()
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator(f"#s{stories[2].pk}")).to_contain_text("pinned until")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit headline and excerpt")
    context.close()


def test_single_keys_can_be_switched_off(browser: Browser, served: Served) -> None:
    stories = small_desk()
    context = signed_in(browser, served)
    page = context.new_page()
    page.goto("/desk/me/")
    page.get_by_role("button", name="Switch them off").click()
    page.goto("/desk/")
    page.locator(f"#s{stories[0].pk}").focus()
    page.keyboard.press("h")
    page.wait_for_timeout(300)
    assert not stories[0].hidings.exists()
    expect(page.locator("kbd").first).to_be_hidden()
    context.close()


def test_the_preview_follows_the_rule_while_it_is_typed(browser: Browser, served: Served) -> None:
    small_desk()
    context = signed_in(browser, served, "editor")
    page = context.new_page()
    page.goto("/desk/topics/new/")
    page.get_by_label("The rule as text").press_sequentially("title:wall")
    expect(page.locator("#preview h2")).to_have_text("4 pieces in 14 days")
    expect(page.locator("#preview mark").first).to_have_text("wall")
    page.get_by_label("The rule as text").press_sequentially(" (")
    expect(page.locator("#preview")).to_contain_text("can’t be read")
    context.close()


def test_a_stale_row_tells_what_the_other_did_and_changes_nothing(browser: Browser, served: Served) -> None:
    stories = small_desk()
    context = signed_in(browser, served)
    page = context.new_page()
    page.goto("/desk/")
    Story.objects.filter(pk=stories[0].pk).update(version=7, headline="Somebody wrote this")
    row = page.locator(f"#s{stories[0].pk}")
    row.get_by_role("button", name="Hide").click()
    expect(row).to_contain_text("changed meanwhile")
    expect(row).to_contain_text("Somebody wrote this")
    assert not stories[0].hidings.exists()
    row.get_by_role("button", name="Hide").click()
    expect(row.locator(".said")).to_contain_text("Hidden.")
    context.close()


def test_hostile_titles_show_as_text_on_every_page_of_the_desk(browser: Browser, served: Served) -> None:
    now = timezone.now()
    outlet = world.outlet("<b onmouseover=alert(8)>Outlet</b>")
    world.feed(outlet, detail="<i>said</i><script>alert(9)</script>", failures=1, last_checked_at=now)
    topic = world.topic("Sea", "title:alert OR title:7")
    stories = [world.story(world.article(outlet, t, published_at=now, seen_at=now), first_at=now) for t in HOSTILE]
    for one in stories:
        world.filed(one, topic)
    world.digest(topic)
    context = signed_in(browser, served)
    page, alarms = context.new_page(), []
    page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: alarms.append(message.text) if message.type == "error" else None)
    page.goto("/desk/")
    for title in HOSTILE:
        expect(page.get_by_text(title, exact=True)).to_be_visible()
    for one in stories:
        page.goto(f"/desk/stories/{one.pk}/edit/")
        page.get_by_label("Headline").fill(f"edited {one.lead.title}" if one.lead else "")
        page.get_by_role("button", name="Save").click()
    for address in addresses(stories):
        page.goto(address)
        page.mouse.move(200, 200)
    assert alarms == []
    context.close()
