"""The reference pages of `docs/reference`, written from the code: settings, lifecycles, commands.

Rule: nothing is said here that the code does not say; a house test fails while a page differs from what this writes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

from django.core.management import load_command_class

from corante.core.config import Config
from corante.core.lifecycles import LIFECYCLES, Lifecycle

WRITTEN: Final = "<!-- Written by `corante docs` from the code; change it there. -->"


def pages() -> dict[str, str]:
    """Every reference page: its file's name and its text."""
    writers: Mapping[str, Callable[[], str]] = {
        "settings.md": settings_page,
        "lifecycles.md": lifecycles_page,
        "commands.md": commands_page,
    }
    return {name: write() for name, write in writers.items()}


def settings_page() -> str:
    """All settings of `corante.toml`, in the order of `core/config.py`."""
    rows = [
        f"| `{spec.name}` | {_kind(str(spec.type))} | {_default(spec.default)} | {spec.metadata['help'].replace('|', '&#124;')} |"
        for spec in fields(Config)
    ]
    return "\n".join(
        [
            WRITTEN,
            "# Settings",
            "",
            "All keys of `corante.toml`, the file in the site's folder. A key that is not listed here is an error that",
            "names the key. After a change, start the site again.",
            "",
            "| Key | Kind | Default | What it is |",
            "|---|---|---|---|",
            *rows,
            "",
            "Two settings come from the environment, for places where a file is no place for a secret:",
            "",
            "- `CORANTE_DIR`: the site's folder, as `--dir` gives it.",
            "- `CORANTE_DATABASE`: stands before `database`.",
            "",
        ]
    )


def lifecycles_page() -> str:
    """Every state machine, drawn from its table in `core/lifecycles.py`."""
    drawn = "\n\n".join(f"## {name.capitalize()}\n\n{_diagram(table)}" for name, table in LIFECYCLES.items())
    return f"{WRITTEN}\n# Lifecycles\n\nEach is one table in `core/lifecycles.py`; an arrow that is not drawn is refused.\n\n{drawn}\n"


def commands_page() -> str:
    """The help of every command."""
    parts = "\n\n".join(_help(name) for name in command_names())
    return (
        f"{WRITTEN}\n# Commands\n\nEvery command takes `--dir DIR`, the site's folder; without it, the current folder "
        f"is the site when it holds a `corante.toml`.\n\n{parts}\n"
    )


def command_names() -> list[str]:
    """Our own commands, in alphabetical order."""
    folder = Path(__file__).parent / "commands"
    return sorted(module.name for module in iter_modules([str(folder)]))


def _kind(annotation: str) -> str:
    return {"str": "text", "int": "number", "bool": "true or false"}.get(annotation, "list of texts")


def _default(value: object) -> str:
    if value is MISSING:
        return "must be set"
    if value == "":
        return "empty"
    if value == ():
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _diagram(table: Lifecycle) -> str:
    first = next(iter(table))
    arrows = (f"    {state} --> {after}: {event}" for state, events in table.items() for event, after in events.items())
    ends = (f"    {state} --> [*]" for state, events in table.items() if not events)
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *arrows, *ends, "```"])


def _help(name: str) -> str:
    """What a command is for, what it takes, and its verbs; laid out by us, since argparse's layout changes with Python."""
    parser = load_command_class("corante", name).create_parser("corante", name)
    parts = [f"## corante {name}", *_said(parser)]
    for verb, choice in _verbs(parser):
        parts += [f"### corante {name} {verb}", *_said(choice)]
    return "\n\n".join(parts)


def _said(parser: argparse.ArgumentParser) -> Iterator[str]:
    if parser.description:
        yield _prose(parser.description)
    if taken := [_argument(action) for action in parser._actions if _shown(action)]:
        yield "\n".join(taken)
    if parser.epilog:
        yield _prose(parser.epilog)


def _prose(text: str) -> str:
    """Words as words; from the first "example" on, as they stand."""
    text = text.strip()
    cut = min((at for word in ("example:", "examples:") if (at := text.find(word)) >= 0), default=len(text))
    words, examples = text[:cut].strip(), text[cut:].partition(":")[2].strip("\n").rstrip()
    return "\n\n".join(part for part in (words, examples and f"```text\n{examples}\n```") if part)


def _argument(action: argparse.Action) -> str:
    name = ", ".join(action.option_strings) or str(action.metavar or action.dest)
    if action.option_strings and action.nargs != 0:
        name += f" {action.metavar or action.dest.upper()}"
    return f"- `{name}`" + (f": {action.help}" if action.help else "")


def _shown(action: argparse.Action) -> bool:
    own = not (set(action.option_strings) & DJANGOS_OWN)
    return own and action.help != argparse.SUPPRESS and not isinstance(action, argparse._SubParsersAction)


def _verbs(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for listed in action._choices_actions:
                choice = action.choices[listed.dest]
                choice.description = choice.description or listed.help
                yield listed.dest, choice


DJANGOS_OWN: Final = {
    "-h", "--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
    "--force-color", "--skip-checks",
}  # fmt: skip
