"""The database keeps what code might forget."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from corante.core.lifecycles import DELIVERY, DELIVERY_OPEN, DELIVERY_SETTLED, states
from tests.fakes import world

pytestmark = pytest.mark.django_db


def test_an_article_without_a_link_is_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        world.article(world.outlet(), url="")


def test_a_state_outside_its_table_is_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        world.feed(world.outlet(), state="asleep")


def test_every_delivery_state_is_open_or_settled() -> None:
    assert sorted(DELIVERY_OPEN + DELIVERY_SETTLED) == sorted(states(DELIVERY))
