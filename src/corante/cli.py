"""`corante …`: find the site's folder, set Django up, hand over to the command; or say which commands there are.

Rule: what a person sees here is ours. Django's own commands still work by name, for those who build Corante.
"""

from __future__ import annotations

import difflib
import os
import sys
from typing import Final

from corante import __version__

COMMANDS: Final = {
    "See it": {
        "demo": "the whole product on this machine, with pretend outlets",
    },
    "Begin": {
        "init": "make a site in a new folder",
        "add": "add outlets, by address or from an OPML list",
        "topic": "add and list topics, try a rule",
        "account": "who may sign in to the desk, and passwords",
        "run": "run the site: web server and worker",
    },
    "Look and act": {
        "outlets": "whom we listen to and how they are; the list as OPML",
        "outlet": "one outlet's feeds: pause, resume, ask now, join doubles",
        "digest": "plan letters; see, send, hold and release them",
        "subscribers": "import and export the readers of the letter",
        "deliveries": "letters nobody can say arrived, and what to do",
        "bounces": "letters that came back, and complaints",
        "doctor": "what is wrong, and the way out",
        "verify": "check by counting: nobody twice, nobody missed",
    },
    "Keep and move": {
        "backup": "the whole site in one file, while it runs",
        "restore": "a site from a backup, silent until told to send",
        "export": "the whole site in open formats",
        "import": "take in what export wrote",
    },
    "In parts": {
        "web": "only the web server",
        "worker": "only the worker",
        "prepare": "bring the database up to date; run does it too",
        "docs": "write docs/reference from the code",
    },
}


def main() -> None:
    """Entry point of the `corante` command."""
    arguments = _without_folder(sys.argv[1:])
    if arguments[:1] == ["help"] and len(arguments) > 1:
        arguments = [arguments[1], "--help"]
    if not arguments or arguments[0] in ("help", "--help", "-h"):
        print(overview())
    elif arguments[0] in ("--version", "version"):
        print(f"Corante {__version__}")
    else:
        _hand_over(arguments)


def overview() -> str:
    """All our commands, grouped, a line each."""
    groups = (
        f"{group}:\n" + "\n".join(f"  {name:<13}{line}" for name, line in members.items())
        for group, members in COMMANDS.items()
    )
    return "\n\n".join(
        (
            "usage: corante COMMAND [--dir DIR] …",
            *groups,
            "Without --dir the current folder is the site. More of each, with examples: corante COMMAND --help",
        )
    )


def unknown(name: str) -> str:
    """What to say of a command that is none."""
    ours = [command for members in COMMANDS.values() for command in members]
    near = difflib.get_close_matches(name, ours, n=2, cutoff=0.65)
    meant = f"Did you mean: {' or '.join(near)}? " if near else ""
    return f"corante: there is no command {name!r}. {meant}All of them: corante help"


def _without_folder(arguments: list[str]) -> list[str]:
    """Take `--dir DIR` or `--dir=DIR` out, wherever it stands, into the environment."""
    for at, one in enumerate(arguments):
        if one == "--dir" and at + 1 < len(arguments):
            os.environ["CORANTE_DIR"] = arguments[at + 1]
            return arguments[:at] + arguments[at + 2 :]
        if one.startswith("--dir=") and one != "--dir=":
            os.environ["CORANTE_DIR"] = one.removeprefix("--dir=")
            return arguments[:at] + arguments[at + 1 :]
        if one in ("--dir", "--dir="):
            sys.exit("corante: --dir needs a folder, as in: corante run --dir ./news")
    return arguments


def _hand_over(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corante.project.settings")
    import django
    from django.core.management import execute_from_command_line, get_commands

    try:
        django.setup()
        if arguments[0] not in get_commands():
            sys.exit(unknown(arguments[0]))
        execute_from_command_line(["corante", *arguments])
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `corante outlets | head`: who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
