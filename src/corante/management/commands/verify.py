"""`corante verify`: the accounts of every edition, and a sentence for each identity that does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante.core.lifecycles import DELIVERY, states
from corante.deliver import accounts
from corante.digest import accounts as stories
from corante.management.base import Command as Base
from corante.models import Edition

CHECKS: tuple[Callable[[Edition], Iterable[str]], ...] = (accounts.check, stories.check)


class Command(Base):
    """Checks the promise "never twice, never missed" by counting."""

    help = "Count every edition's deliveries and stories and check that nothing is missed or double."
    example = "corante verify --dir ./news"

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--names", action="store_true", help="list letters in doubt or sent again, by address")

    def handle(self, *_: Any, names: bool, **__: Any) -> None:
        """Print the table; exit non-zero when an identity fails."""
        editions = Edition.objects.select_related("digest").order_by("slot_at", "pk")
        if not editions:
            self.stdout.write("No edition yet: nothing to count.")
            return
        failing = 0
        self.stdout.write("edition               recipients  " + "  ".join(states(DELIVERY)))
        for edition in editions:
            failing += self._told(edition, names)
        if failing:
            raise CommandError(f"{failing} identities do not hold; keep the database as it is and report this")
        self.stdout.write("Every identity holds.")

    def _told(self, edition: Edition, names: bool) -> int:
        counts = accounts.counts(edition)
        row = "  ".join(f"{counts[state]:>{len(state)}}" for state in states(DELIVERY))
        self.stdout.write(f"{edition.digest.slug[:16]:<16} {edition.number:>4}  {edition.recipients:>10}  {row}")
        failing = [line for check in CHECKS for line in check(edition)]
        for line in failing:
            self.stdout.write(f"    DOES NOT HOLD: {line}")
        if names:
            self._names(edition)
        return len(failing)

    def _names(self, edition: Edition) -> None:
        doubtful = edition.deliveries.filter(state="in_doubt") | edition.deliveries.filter(repeated__gt=0)
        for each in doubtful.select_related("subscriber"):
            self.stdout.write(
                f"    {each.subscriber.address}: {each.state}, sent again {each.repeated} times; {each.reply}"
            )
