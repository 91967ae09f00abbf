"""`corante init`: make a site."""

from __future__ import annotations

import getpass
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante.core.config import ConfigError, read_config
from corante.management.base import Command as Base
from corante.management.founding import Refused, write_config
from corante.management.supervisor import corante

QUESTIONS = (
    ("title", "The site's name", ""),
    ("base_url", "Where readers will find it", "http://127.0.0.1:8000"),
    ("language", "Language of its own words (BCP 47)", "en"),
    ("time_zone", "Time zone (IANA)", "UTC"),
    ("sender", "From address of letters (empty for now: letters go to the outbox)", ""),
    ("contact", "Contact address, for readers and outlets", ""),
)


class Command(Base):
    help = "Make a site in a new folder: settings, database, the first account and the topic “Everything”."
    example = "corante init news --title 'The Estuary Sheet' --base-url https://news.example.org --time-zone Europe/Kyiv --contact desk@example.org"
    needs_site = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR")
        for key, question, default in QUESTIONS:
            parser.add_argument("--" + key.replace("_", "-"), help=f"{question}{f' [{default}]' if default else ''}")
        parser.add_argument("--smtp", default="", help="mail server, smtp://user:password@host:587; empty: the outbox")
        parser.add_argument("--database", default="", help="postgresql://…; empty: SQLite in DIR")
        parser.add_argument(
            "--allow-network", action="append", default=[], metavar="CIDR[:PORT]", help="private network to fetch from"
        )
        parser.add_argument("--account", help="name of the first account [admin]")

    def handle(self, *_: Any, **options: Any) -> None:
        folder = Path(options["folder"]).resolve()
        if (folder / "corante.toml").exists():  # said before anything is asked
            raise CommandError(f"{folder} is a site already. Start it with: corante run --dir {folder}")
        values = {key: self._answer(options[key], question, default, key) for key, question, default in QUESTIONS}
        for key in ("smtp", "database", "allow_network"):
            if options[key]:
                values[key] = options[key]
        account = self._answer(options["account"], "Name of the first account", "admin")
        password, made_up = _password()
        try:
            write_config(folder, {key: value for key, value in values.items() if value})
        except (ConfigError, Refused) as error:
            raise CommandError(str(error)) from None
        self._prepare(folder, account, password)
        self.stdout.write(f"\nThe site is in {folder}.")
        if made_up:
            self.stdout.write(f"Once it runs, log in at /desk/ as {account} with the password: {password}")
        self.stdout.write(
            f"Next:\n  corante add https://an-outlet.example --dir {folder}\n  corante run --dir {folder}"
        )

    def _prepare(self, folder: Path, account: str, password: str) -> None:
        """In a process of its own: settings are read once, and this one was started without a site."""
        command = corante("--dir", str(folder), "prepare", "--account", account)
        if subprocess.call(command, env=os.environ | {"CORANTE_PASSWORD": password}) != 0:
            (folder / "corante.toml").unlink()
            raise CommandError("the database could not be made; nothing was kept. See above, mend it, and try again.")

    def _answer(self, given: str | None, question: str, default: str, key: str = "") -> str:
        """As given, else asked for until it can be used, else the default."""
        if given is not None:
            return given
        if not sys.stdin.isatty():
            if default or question.startswith(("From", "Contact")):
                return default
            raise CommandError("--title is missing (there is no terminal to ask on)")
        while True:
            answer = _typed(f"{question}{f' [{default}]' if default else ''}: ") or default
            if not (wrong := _wrong(key, answer)):
                return answer
            self.stderr.write(wrong)


def _typed(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise CommandError("no answer: nothing was made") from None


def _wrong(key: str, answer: str) -> str:
    """What is wrong with this answer, by itself; empty when nothing is."""
    if not answer or not key:
        return "The site needs a name." if key == "title" else ""
    try:
        read_config({"title": "a", "base_url": "http://127.0.0.1:8000", key: answer})
    except ConfigError as error:
        return str(error)
    return ""


def _password() -> tuple[str, bool]:
    """From $CORANTE_PASSWORD, else asked for, else made up; and whether it was made up."""
    if given := os.environ.get("CORANTE_PASSWORD"):
        return given, False
    if sys.stdin.isatty():
        question = "Password (10 characters or more; empty: make one up): "
        while typed := getpass.getpass(question):
            if len(typed) >= 10:
                return typed, False
            question = "That is shorter than 10 characters. Another: "
    return secrets.token_urlsafe(12), True
