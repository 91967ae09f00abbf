"""`corante deliveries doubt`: letters whose fate the mail server hid, by name, and what is to become of them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante import deliver
from corante.management.base import Command as Base


class Command(Base):
    """Lists and settles doubt."""

    help = "List the letters nobody can say the mail server took; settle them."
    example = (
        "corante deliveries doubt                    lists them by name\n"
        "  corante deliveries doubt --edition 12       those of one edition\n"
        "  corante deliveries doubt --arrived 501 502  the readers have them\n"
        "  corante deliveries doubt --again 503        send it once more, byte-identical"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to list, what to settle."""
        parser.add_argument("what", choices=("doubt",))
        parser.add_argument("--edition", type=int, help="only of the edition of this number")
        parser.add_argument("--arrived", type=int, nargs="+", default=[], metavar="N", help="these arrived")
        parser.add_argument("--again", type=int, nargs="+", default=[], metavar="N", help="send these again")

    def handle(self, *_: Any, edition: int | None, arrived: list[int], again: list[int], **__: Any) -> None:
        """Settle what is named, else list."""
        if both := set(arrived) & set(again):
            raise CommandError(f"{min(both)} can't both have arrived and be sent again")
        for number in arrived:
            self._say(number, deliver.it_arrived(number, self.clock()), "counts as arrived")
        for number in again:
            self._say(number, deliver.send_again(number, self.clock()), "is sent again")
        if not arrived and not again:
            self._list(edition)

    def _say(self, number: int, why_not: str, words: str) -> None:
        self.stdout.write(f"{number}: {why_not}" if why_not else f"{number} {words}")

    def _list(self, edition: int | None) -> None:
        rows = deliver.doubtful(edition)
        for row in rows:
            of = f"{row.edition.digest.name} of {row.edition.date} (edition {row.edition_id})"
            self.stdout.write(f"{row.pk}  {row.subscriber.address}  {of}: {row.reply}")
        if not rows:
            self.stdout.write("No letter is in doubt.")
