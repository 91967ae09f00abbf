"""What tests of gathering share: loopback allowed, a server of outlets, and one look at a feed.

from tests.fakes.gathering import look, loopback, outlets
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from corante import gather
from corante.models import Feed
from corante.net import client as net
from tests.fakes.outlets import Outlets

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)


@pytest.fixture
def loopback(settings: Any) -> Iterator[None]:
    """Outlets on loopback may be asked; the client ends with the test."""
    settings.CORANTE = replace(
        settings.CORANTE,
        base_url="https://news.example",
        contact="desk@news.example",
        allow_network=("127.0.0.0/8",),
    )
    yield
    net.close_all()


@pytest.fixture
def outlets() -> Iterator[Outlets]:
    """A server of outlets, one path each."""
    with Outlets() as server:
        yield server


def look(feed: Feed, at: datetime = NOW) -> Feed:
    """Ask a feed at a time, whether due or not."""
    Feed.objects.filter(pk=feed.pk).update(next_check_at=at)
    gather.work([feed.pk], lambda: at)
    feed.refresh_from_db()
    return feed
