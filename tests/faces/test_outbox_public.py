"""The outbox without a login exists on loopback only: its letters hold the links by which readers are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from corante.core.config import Config, ConfigError, is_loopback


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_on_loopback_the_outbox_may_be_shown_to_all(base: str) -> None:
    assert Config(title="T", base_url=base, outbox_public=True).outbox_public


@pytest.mark.parametrize(
    "base", ["https://news.example.org", "http://192.168.1.9", "http://127.0.0.1.example.org", "http://0.0.0.0"]
)
def test_a_site_that_others_reach_may_not_show_its_outbox_to_all(base: str) -> None:
    with pytest.raises(ConfigError, match="outbox_public would show everybody"):
        Config(title="T", base_url=base, outbox_public=True)
    assert not Config(title="T", base_url=base).outbox_public


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "news.example.org"])
def test_nor_may_it_listen_where_others_can_ask(host: str, site: Any, settings: Any) -> None:
    (site / "corante.toml").write_text("")
    settings.CORANTE = replace(settings.CORANTE, outbox_public=True)
    with pytest.raises(CommandError, match="listen on 127"):
        call_command("web", host=host, port=1)
    assert not is_loopback(host)
