"""The reference pages say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from corante.management import reference

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
WRITERS = {
    "settings.md": reference.settings_page,
    "lifecycles.md": reference.lifecycles_page,
    "commands.md": reference.commands_page,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_reference_page_is_what_the_code_would_write(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == WRITERS[name](), "run: corante docs"


def test_every_command_says_what_it_is_for_and_gives_an_example() -> None:
    page = reference.commands_page()
    for name in reference.command_names():
        part = page.split(f"## corante {name}\n")[1].split("\n## ")[0]
        assert len(part.split()) > 5, name
        assert f"corante {name}" in part, f"{name} has no example"


def test_the_check_names_the_page_that_lags_behind_and_writes_nothing(tmp_path: Path) -> None:
    call_command("docs", str(tmp_path))
    call_command("docs", str(tmp_path), "--check")
    (tmp_path / "lifecycles.md").write_text("of last year", "utf-8")
    with pytest.raises(CommandError, match="lifecycles"):
        call_command("docs", str(tmp_path), "--check")
    assert (tmp_path / "lifecycles.md").read_text("utf-8") == "of last year"
