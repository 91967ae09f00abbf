"""One running site for all journeys: the demo's outlets on loopback, `corante run` beside them, a browser in front.

Rule: a journey does what a person does, in a browser or a terminal; it looks into the database only to wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from corante.demo import server
from corante.demo.server import World
from tests.fakes.browser import PATIENCE_MS, open_browser
from tests.fakes.running import RunningSite


class Newsroom(RunningSite):
    """A running site, the pretend outlets it reads, and its letters."""

    def __init__(self, folder: Path, world: World) -> None:
        super().__init__(folder)
        self.world = world

    def letters(self, to: str) -> list[EmailMessage]:
        """What this address was sent, oldest first, as it lies in the outbox."""
        files = sorted((self.folder / "outbox").glob("**/*.eml"), key=lambda file: file.stat().st_mtime_ns)
        read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [letter for letter in read if isinstance(letter, EmailMessage) and to in str(letter["To"])]

    def wait_letter(self, to: str, count: int) -> EmailMessage:
        """The letter number `count` to this address, once it is there."""
        self.wait(lambda: len(self.letters(to)) >= count, what=f"letter {count} to {to}")
        return self.letters(to)[count - 1]


@pytest.fixture(scope="package")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """A site that has read, grouped and published what its outlets say."""
    world = server.start(began=datetime.now(UTC) - timedelta(minutes=30))  # nothing is still to come
    room = Newsroom(tmp_path_factory.mktemp("journeys") / "site", world)
    try:
        room.init("--allow-network", f"127.0.0.1/32:{world.port}")
        with open(room.folder / "corante.toml", "a", encoding="utf-8") as settings:
            settings.write("outbox_public = true\nnews_hours = 96\n")
        opml = room.folder / "outlets.opml"
        opml.write_text(world.opml, encoding="utf-8")
        room.corante("add", "--opml", str(opml))
        room.corante("topic", "add", "Rivers and floods", '"sea wall" OR flood* OR dam OR dyke')
        room.start("run", "--port", str(room.port))
        room.wait(lambda: (room.folder / "corante.sqlite").exists() and room.settled(), what="settling")
        yield room
    finally:
        room.end()
        world.stop()


@pytest.fixture(scope="package")  # not session: another file's browser can't open while this one is
def browser() -> Iterator[Browser]:
    """One browser for all journeys."""
    with open_browser() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new window that has been nowhere yet."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()
