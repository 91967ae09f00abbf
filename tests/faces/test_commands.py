"""Every command of `corante`: listed with a line, helped with an example that holds, and clear about what it lacks."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import load_command_class

from corante import __version__
from corante.cli import COMMANDS, overview, unknown
from corante.management.base import Command
from corante.management.reference import command_names

OURS = [name for members in COMMANDS.values() for name in members]
EXAMPLE = re.compile(r"corante (?P<command>[a-z]+)(?P<rest>.*)")
NEED_A_SITE = {
    "account": ["list"],
    "add": ["https://news.example.org"],
    "backup": ["news.tar.gz"],
    "deliveries": ["doubt"],
    "digest": ["list"],
    "export": ["out"],
    "import": ["out"],
    "outlet": ["Harbour Post"],
    "subscribers": ["export", "-"],
    "topic": ["list"],
}


def command(name: str) -> Command:
    loaded = load_command_class("corante", name)
    assert isinstance(loaded, Command)
    return loaded


def said(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """The command as a person starts it, in an environment that names no site."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CORANTE", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, "-m", "corante.cli", *arguments],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=240,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_list_names_every_command_once_and_no_other() -> None:
    assert sorted(OURS) == command_names()


@pytest.mark.parametrize("name", command_names())
def test_help_says_what_a_command_is_for_and_hides_the_framework(name: str) -> None:
    text = command(name).create_parser("corante", name).format_help()
    assert text.startswith(f"usage: corante {name} ")
    assert command(name).help
    assert "--settings" not in text
    assert "--pythonpath" not in text


@pytest.mark.parametrize("name", command_names())
def test_every_example_in_the_help_parses(name: str) -> None:
    """The words before two or more spaces are the command; behind them stands what it does."""
    examples = [found for line in command(name).example.splitlines() if (found := EXAMPLE.search(line))]
    assert examples
    for found in examples:
        assert found["command"] == name
        words = shlex.split(re.split(r"\s{2,}|\s>\s", found["rest"])[0])
        if "--dir" in words:  # taken out before a command sees it
            del words[words.index("--dir") : words.index("--dir") + 2]
        command(name).create_parser("corante", name).parse_args(words)


@pytest.mark.parametrize("name", [name for name in command_names() if command(name).needs_site])
def test_without_a_site_a_command_says_so_and_the_way_out(name: str, tmp_path: Path) -> None:
    status, out, error = said(tmp_path, name, *NEED_A_SITE.get(name, []))
    assert status == 1
    assert not out
    assert error == (
        f"corante {name}: no site here: name its folder with --dir DIR, change into it, "
        "or make one with: corante init DIR\n"
    )
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_no_site_is_named_and_nothing_is_written_into_it(tmp_path: Path) -> None:
    status, _, error = said(tmp_path, "verify", f"--dir={tmp_path}")
    assert status == 1
    assert f"no site in {tmp_path}" in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["-h"]])
def test_the_list_shows_our_commands_only(words: list[str], tmp_path: Path) -> None:
    assert said(tmp_path, *words) == (0, overview() + "\n", "")
    assert "makemigrations" not in overview()


def test_the_version_is_ours(tmp_path: Path) -> None:
    assert said(tmp_path, "--version") == (0, f"Corante {__version__}\n", "")


def test_help_of_a_command_is_its_own_help(tmp_path: Path) -> None:
    assert said(tmp_path, "help", "verify")[1].startswith("usage: corante verify")


def test_an_unknown_command_is_met_with_the_likeliest(tmp_path: Path) -> None:
    assert said(tmp_path, "topics") == (1, "", unknown("topics") + "\n")
    assert "Did you mean: topic?" in unknown("topics")
    assert "Did you mean" not in unknown("nonsense")


def test_a_missing_argument_is_told_with_the_usage(tmp_path: Path) -> None:
    status, _, error = said(tmp_path, "topic")
    assert status == 2
    assert error.startswith("usage: corante topic")
    assert "Traceback" not in error


@pytest.mark.parametrize("words", [["demo"], ["run"], ["web"]])
def test_a_port_that_is_taken_is_a_sentence_and_nothing_starts(words: list[str], tmp_path: Path) -> None:
    if words != ["demo"]:
        (tmp_path / "corante.toml").write_text('title = "A"\nbase_url = "http://127.0.0.1:8000"\n')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, _, error = said(tmp_path, *words, "--port", port)
    assert status == 1
    assert error == (
        f"corante {words[0]}: port {port} of 127.0.0.1 is taken: name another, as in: corante {words[0]} --port 8080\n"
    )
    assert not (tmp_path / "corante.sqlite").exists()


def test_a_folder_that_can_not_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, _, error = said(tmp_path, "init", str(tmp_path / "file" / "news"), "--title", "A")
    assert status == 1
    assert error.startswith("corante init: ")
    assert "Not a directory" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("language", ["la", "pt-BR", "zh-Hans", "uk"])
def test_a_site_in_any_language_can_be_founded(language: str, tmp_path: Path) -> None:
    status, out, error = said(tmp_path, "init", "news", "--title", "A", "--language", language)
    assert (status, error) == (0, "")
    assert "log in at /desk/ as admin with the password:" in out


def test_a_site_is_not_founded_over_another(tmp_path: Path) -> None:
    (tmp_path / "corante.toml").write_text('title = "A"\nbase_url = "http://127.0.0.1:8000"\n')
    status, _, error = said(tmp_path, "init", ".", "--title", "B")
    assert status == 1
    assert error == f"corante init: {tmp_path} is a site already. Start it with: corante run --dir {tmp_path}\n"
