"""The public site in a real browser, over the real handler: usable by everyone, on any screen, with nothing run."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from corante import publish
from corante.core.composing import Also, ItemContent
from corante.models import Change, Dirty, Edition, Item
from corante.site import tree
from tests.fakes import world
from tests.fakes.browser import open_browser
from tests.fakes.world import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = {
    "front": "/",
    "topic": "/topics/floods/",
    "day": "/topics/floods/2026/11/22/",
    "month": "/topics/floods/2026/11/",
    "months": "/topics/floods/months/",
    "story": "/stories/{story}",
    "outlet": "/outlets/harbour-post/",
    "outlets": "/outlets/",
    "editions": "/editions/",
    "edition": "/editions/daily-letter/2026-11-22/",
    "corrections": "/corrections/",
    "about": "/about/",
    "privacy": "/privacy/",
    "ordering": "/ordering/",
    "wishes": "/wishes/",
    "gone": "/stories/{gone}",
}


async def _nobody(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def serve(root: Path) -> tuple[socket.socket, str]:
    """The handler behind the smallest HTTP/1.1 server that will do: one request a connection."""
    app = tree.application(root, _nobody)
    door = socket.create_server(("127.0.0.1", 0))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        method, path, _version = head[0].decode().split(" ")
        headers = [tuple(p.strip() for p in line.split(b":", 1)) for line in head[1:] if b":" in line]
        scope = {
            "type": "http",
            "method": method,
            "path": path.split("?")[0],
            "headers": [(name.lower(), value) for name, value in headers],
        }

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                lines = [b"HTTP/1.1 %d OK" % message["status"], *(n + b": " + v for n, v in message["headers"])]
                writer.write(b"\r\n".join([*lines, b"connection: close", b"", b""]))
            else:
                writer.write(message["body"])

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        await app(scope, receive, send)
        await writer.drain()
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(answer, sock=door) as server:
            await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    return door, f"http://127.0.0.1:{door.getsockname()[1]}"


def fill() -> dict[str, int]:
    """A site with every kind of page and text in five scripts."""
    floods, ports = world.topic("Floods", "flood*", description="High water."), world.topic("Ports", "port")
    harbour, wire = world.outlet(), world.outlet("Estuary Wire")
    lead = world.article(harbour, "Council votes to raise the sea wall", words=900, author="A writer")
    copy = world.article(wire, "Sea wall to rise", copy_of=lead, copy_share=0.82, seen_at=NOW)
    arabic = world.article(
        world.outlet("صوت الميناء", slug="voice"), "المجلس يصوّت لرفع الجدار", language="ar", excerpt="صوّت المجلس."
    )
    cyrillic = world.article(world.outlet("Слово", slug="slovo"), "Рада підтримала дамбу", language="uk")
    told = world.story(lead, copy, arabic, cyrillic)
    japanese = world.story(
        world.article(
            world.outlet("港湾日報", slug="kowan"),
            "港湾局、クレーンを更新へ",
            language="ja",
            excerpt="港湾局は発表した。",
        )
    )
    hebrew = world.story(world.article(world.outlet("קול הנמל", slug="kol"), "המועצה הצביעה", language="he"))
    gone = world.story(world.article(harbour, "Not under any topic"))
    for story in (told, japanese, hebrew):
        world.filed(story, floods)
    world.filed(japanese, ports)
    Change.objects.create(article=copy, kind="headline", before="Sea wall to fall", after=copy.title, at=NOW)
    Change.objects.create(article=copy, kind="corrected", after="It rises.", at=NOW)
    letter = world.digest(floods)
    edition = Edition.objects.create(
        digest=letter, slot_at=NOW, date=date(2026, 11, 22), number=1, state="closed", frozen_at=NOW, deadline_at=NOW
    )
    also = (Also("Estuary Wire", copy.title, copy.url),)
    words = ItemContent(lead.title, lead.excerpt, harbour.name, lead.url, NOW.isoformat(), "en", 4, told.pk, also)
    Item.objects.create(edition=edition, digest=letter, story=told, topic=floods, position=0, content=words.to_json())
    Dirty.mark("edition", [edition.pk], "frozen", NOW)
    publish.rebuild(lambda: NOW)
    return {"story": told.pk, "gone": gone.pk}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def published(site: Path) -> Iterator[tuple[str, dict[str, int]]]:
    numbers = fill()
    door, base = serve(site / "public")
    yield base, numbers
    door.close()


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("light", 1200, "light"), ("dark", 1200, "dark"), ("narrow", 320, "light")]
)
def test_every_page_is_accessible_fits_the_screen_and_asks_for_nothing_more(
    browser: Browser, published: tuple[str, dict[str, int]], name: str, width: int, scheme: Any
) -> None:
    base, numbers = published
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("data:") else None)
    page.on("console", lambda message: said.append(message.text))
    for kind, path in PAGES.items():
        asked.clear()
        said.clear()
        answer = page.goto(base + path.format(**numbers))
        assert answer is not None
        assert answer.status == (410 if kind == "gone" else 200), kind
        assert asked == [base + path.format(**numbers)], kind
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui"), kind
        assert page.locator("h1").count() == 1, kind
        if kind != "gone":
            assert not said, (kind, said)
            assert page.locator("form[action='/subscribe/'] input[name=email]").count() == 1, kind
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{kind}, {name}: {found.generate_report()}"
    page.close()


def test_all_stories_and_the_way_to_each_original_are_there_without_scripts(
    browser: Browser, published: tuple[str, dict[str, int]]
) -> None:
    base, numbers = published
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "/topics/floods/")
    assert page.locator("article").count() == 3
    page.get_by_text("all 4 accounts").click()
    expect(page).to_have_url(base + f"/stories/{numbers['story']}")
    assert page.get_by_text("82% word for word from").count() == 1
    assert page.locator("del").inner_text() == "fall"
    context.close()


def test_a_foreign_text_says_its_language_and_runs_its_own_way(
    browser: Browser, published: tuple[str, dict[str, int]]
) -> None:
    base, numbers = published
    page = browser.new_page()
    page.goto(base + f"/stories/{numbers['story']}")
    headline = page.get_by_text("المجلس يصوّت لرفع الجدار")
    assert headline.evaluate("e => [e.lang, getComputedStyle(e).direction]") == ["ar", "rtl"]
    page.close()


def test_a_site_in_a_right_to_left_language_is_mirrored_whole(browser: Browser, site: Path, settings: Any) -> None:
    settings.CORANTE = replace(settings.CORANTE, language="ar", title="صحيفة المصبّ")
    fill()
    door, base = serve(site / "public")
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.goto(base + "/")
    main, rail = page.locator("main").bounding_box(), page.locator("aside").bounding_box()
    assert main
    assert rail
    assert rail["x"] < main["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200
    page.close()
    door.close()
