"""The desk's few files, and accounts by command."""

from __future__ import annotations

import io
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from corante.desk import statics
from corante.models import Account
from tests.fakes import world


@pytest.mark.parametrize("name", ["desk/desk.css", "desk/keys.js", "htmx.js"])
def test_a_file_stands_under_the_hash_of_its_content_and_may_be_kept_for_good(name: str) -> None:
    answer = Client().get(statics.address(name))
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/")
    assert Client().get(f"/static/0000/{name}")["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["../models/acts.py", "..%2f..%2fpyproject.toml", "/etc/passwd", "%2e%2e/project/settings.py", "desk", "desk/"],
)
def test_nothing_but_the_listed_files_can_be_had(path: str) -> None:
    assert Client().get(f"/static/abc/{path}").status_code in (301, 404)


@pytest.fixture(autouse=True)
def _site(site: Path) -> None:
    """Commands want a site."""
    (site / "corante.toml").touch()


def run(monkeypatch: pytest.MonkeyPatch, typed: str, *words: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = StringIO()
    call_command("account", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_accounts_are_added_listed_and_given_a_new_password(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, "a long phrase\n", "add", "ada", "--role", "admin")
    assert Account.objects.get().is_admin
    run(monkeypatch, "another long phrase\n", "password", "ada")
    assert Account.objects.get().check_password("another long phrase")
    assert "ada" in run(monkeypatch, "", "list")


@pytest.mark.django_db
def test_what_can_not_be_done_says_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    world.account("ada")
    with pytest.raises(CommandError, match="account password ada"):
        run(monkeypatch, "a long phrase\n", "add", "ada")
    with pytest.raises(CommandError, match="account list"):
        run(monkeypatch, "a long phrase\n", "password", "nobody")
    with pytest.raises(CommandError, match="too short"):
        run(monkeypatch, "short\n", "password", "ada")
