"""`corante account`: who has a key to the desk."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from corante.management.base import Command as Base
from corante.models import Account

EXAMPLES = """corante account add ada --role admin      asks for a password
  corante account password ada              sets a new one, and signs ada out everywhere
  echo 'a long phrase' | corante account password ada
  corante account list"""


class Command(Base):
    help = "Add an account for the desk, set a password, or list who has one."
    example = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        """add NAME [--role], password NAME, list."""
        what = parser.add_subparsers(dest="what", required=True, metavar="add | password | list")
        add = what.add_parser("add", help="add an account")
        add.add_argument("name")
        add.add_argument("--role", choices=[name for name, _ in Account.ROLES], default="editor")
        what.add_parser("password", help="set someone's password").add_argument("name")
        what.add_parser("list", help="list accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three."""
        if options["what"] == "list":
            return self._list()
        if options["what"] == "add":
            return self._add(options["name"], options["role"])
        return self._password(options["name"])

    def _add(self, name: str, role: str) -> None:
        if Account.objects.filter(username=name).exists():
            raise CommandError(f"There is an account {name} already: corante account password {name} changes it.")
        made = Account(username=name, role=role)
        self._set(made)
        try:
            made.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        made.save()
        self.stdout.write(f"{name} can sign in at /desk/ as {role}.")

    def _password(self, name: str) -> None:
        account = Account.objects.filter(username=name).first()
        if account is None:
            raise CommandError(f"There is no account {name}: corante account list shows who there is.")
        self._set(account)
        account.save(update_fields=["password"])
        self.stdout.write(f"{name} has a new password and is signed out everywhere.")

    def _list(self) -> None:
        for account in Account.objects.order_by("username"):
            role = account.role if account.is_active else "no access"
            last = f"{account.last_login:%Y-%m-%d %H:%M} UTC" if account.last_login else "never signed in"
            self.stdout.write(f"{account.username:<24} {role:<10} {last}")

    def _set(self, account: Account) -> None:
        password = _asked()
        try:
            validate_password(password, account)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        account.set_password(password)


def _asked() -> str:
    """From a person twice, from a pipe once."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("New password (ten characters or more): ")
    if getpass.getpass("The same again: ") != first:
        raise CommandError("The two were not the same; nothing was changed.")
    return first
