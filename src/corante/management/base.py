"""What our commands share: an example in --help, a folder that must be a site, errors as one sentence."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, handle_default_options
from django.db import DatabaseError, OperationalError, ProgrammingError, connections

from corante.management.founding import Refused
from corante.management.soundness import WAY_OUT

HIDDEN = {
    "--version",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
    "--skip-checks",
    "-v",
    "--verbosity",
}


class Command(BaseCommand):
    """Base of every `corante` command."""

    example = ""
    needs_site = True
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Without Django's colours: on a terminal it prints all of stderr in red, and most of ours is no error."""
        super().__init__(*arguments, **options)
        self.stderr.style_func = None

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Django's parser, with our example and without Django's own switches in the help."""
        import argparse

        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        options["epilog"] = f"example:\n  {self.example}" if self.example else None
        parser = super().create_parser("corante", subcommand, **options)
        parser.prog = f"corante {subcommand}"
        for action in parser._actions:
            if HIDDEN & set(action.option_strings):
                action.help = argparse.SUPPRESS
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        """As Django's, but what went wrong is said in our name, not in that of a class."""
        self._called_from_command_line = True  # a missing argument is then told with the usage
        parser = self.create_parser(argv[0], argv[1])
        parsed = parser.parse_args(argv[2:])
        handle_default_options(parsed)
        options = vars(parsed)
        try:
            self.execute(*options.pop("args", ()), **options)
        except CommandError as error:
            if options["traceback"]:
                raise
            self.stderr.write(f"corante {argv[1]}: {error}")
            sys.exit(error.returncode)
        finally:
            connections.close_all()

    def execute(self, *arguments: Any, **options: Any) -> str | None:
        """Check that there is a site, then run; a database that isn't there yet is a sentence, not a traceback."""
        if self.needs_site:
            _require_site(settings.CORANTE_DIR)
        try:
            return super().execute(*arguments, **options)
        except Refused as error:
            raise CommandError(str(error)) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CommandError(_of_the_machine(error)) from error
        except (OperationalError, ProgrammingError) as error:
            if "no such table" in str(error) or "does not exist" in str(error):
                raise CommandError(
                    "the database is empty: run `corante prepare` once (`corante run` does it too)"
                ) from error
            raise CommandError(f"the database can't be used: {str(error).strip()}") from error
        except DatabaseError as error:
            if "malformed" in str(error) or "not a database" in str(error):
                raise CommandError(f"the database is damaged ({error}). {WAY_OUT}") from error
            raise

    @property
    def folder(self) -> Path:
        """The site's folder."""
        assert settings.CORANTE_DIR is not None
        return Path(settings.CORANTE_DIR)

    @staticmethod
    def clock() -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)


def _require_site(folder: Path | None) -> None:
    if folder is None or not (folder / "corante.toml").is_file():
        where = f"in {folder}" if folder else "here"
        raise CommandError(
            f"no site {where}: name its folder with --dir DIR, change into it, or make one with: corante init DIR"
        )


def _of_the_machine(error: OSError) -> str:
    """What the machine refused, and what one can do about it."""
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    if isinstance(error, PermissionError):
        return f"{what}. Run it as the account that owns the folder, or name another folder."
    return what
