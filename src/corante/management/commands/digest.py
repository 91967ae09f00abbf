"""`corante digest`: plan letters, see the next one, send it now, list editions, hold one, let one go."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import CommandError

from corante import digest as room
from corante.core.lifecycles import NotAllowed
from corante.core.work import Impossible
from corante.desk.frame import many
from corante.management.base import Command as Base
from corante.management.letterplans import described, fresh, plan_arguments, typed
from corante.models import Digest, Edition
from corante.models.deeds import Conflict

Made = TypeVar("Made")

EXAMPLES = """corante digest preview                      the next letter's text part, nothing sent or written
  corante digest preview --html letter.html   and its HTML, to open in a browser
  corante digest send                         freeze an edition now; the running worker delivers it
  corante digest list                         editions, newest first
  corante digest hold 12 --why "wrong lead"   keep edition 12 from starting
  corante digest release 12                   let it go, or go on if it was paused while it was sent
  corante digest letters                      the letters there are, and when each comes next
  corante digest add "Ports weekly" --cadence weekly --weekday friday --at 08:00 --topic ports --topic harbour
  corante digest set daily --at 06:30 --hold  change what you name; --no-hold, --topic all, --zone Europe/Lisbon …
  corante digest retire ports-weekly --readers-to daily
"""


class Command(Base):
    help = "Plan letters; see, send, hold and release their editions."
    example = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb, and what it acts on."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        preview = verbs.add_parser("preview", help="show the next letter; nothing is sent or written")
        preview.add_argument("--html", metavar="FILE", type=Path, help="write the HTML part there")
        send = verbs.add_parser("send", help="freeze an edition now; the running worker delivers it")
        listing = verbs.add_parser("list", help="list editions, newest first")
        for verb in (preview, send, listing):
            verb.add_argument(
                "--digest", metavar="SLUG", default="", help="which digest; needed when there are several"
            )
        hold = verbs.add_parser("hold", help="keep an edition from starting")
        hold.add_argument("edition", type=int)
        hold.add_argument("--why", default="held by command", help="shown on the desk")
        release = verbs.add_parser("release", help="let a held edition go, a paused one go on")
        release.add_argument("edition", type=int)
        verbs.add_parser("letters", help="the letters there are, and when each comes next")
        add = verbs.add_parser("add", help="a new letter: daily at seven with every topic, but for what you name")
        add.add_argument("name", help="as readers see it")
        plan_arguments(add)
        change = verbs.add_parser("set", help="change a letter: what you name; the rest stays")
        change.add_argument("digest", metavar="SLUG")
        change.add_argument("--name", help="as readers see it")
        plan_arguments(change)
        retire = verbs.add_parser("retire", help="let a letter come no more")
        retire.add_argument("digest", metavar="SLUG")
        retire.add_argument("--readers-to", metavar="SLUG", default="", help="the letter its readers get instead")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Hand over to the verb."""
        getattr(self, f"_{verb}")(self.clock(), options)

    def _preview(self, now: datetime, options: dict[str, Any]) -> None:
        letter = room.preview(_digest(options["digest"]), now)
        if not letter.subject:
            self.stdout.write("Nothing is new that no edition had: there would be no letter.")
            return
        if options["html"]:
            options["html"].write_text(letter.html, encoding="utf-8")
        self.stdout.write(f"Subject: {letter.subject}\nPreview: {letter.preheader}\n")
        self.stdout.write(letter.text)
        self.stderr.write(
            f"{many(letter.stories, 'story', 'stories')}, {letter.bytes:,} bytes of HTML; nothing was sent."
        )

    def _send(self, now: datetime, options: dict[str, Any]) -> None:
        edition = room.freeze_now(_digest(options["digest"]), now)
        if edition is None:
            self.stdout.write("Nothing is new that no edition had: no letter.")
            return
        stories = edition.items.filter(kind="story").values("story").distinct().count()
        self.stdout.write(
            f"Edition {edition.pk}, number {edition.number}: {many(stories, 'story', 'stories')} for"
            f" {many(edition.recipients, 'reader')},"
            f" {edition.state}.\nSubject: {edition.subject}"
        )
        if edition.state == "held":
            self.stdout.write(f"{edition.state_why}\nTo let it go: corante digest release {edition.pk}")
        elif edition.state == "frozen":
            self.stdout.write("The worker delivers it while `corante run` runs.")

    def _list(self, now: datetime, options: dict[str, Any]) -> None:
        rows = Edition.objects.select_related("digest").order_by("-slot_at", "-pk")
        if options["digest"]:
            rows = rows.filter(digest=_digest(options["digest"]))
        for edition in rows[:30]:
            self.stdout.write(
                f"{edition.pk:>6}  {edition.date}  {edition.digest.slug:<16} no. {edition.number:<5}"
                f" {edition.state:<8} {edition.recipients:>7} readers  {edition.subject}"
            )
            if edition.state_why:
                self.stdout.write(f"        {edition.state_why}")
        if not rows:
            self.stdout.write("No edition yet: the first is made at the digest's slot, or by `corante digest send`.")

    def _hold(self, now: datetime, options: dict[str, Any]) -> None:
        _act(lambda: room.hold(options["edition"], options["why"], now), options["edition"])
        self.stdout.write(
            f"Edition {options['edition']} is held. To let it go: corante digest release {options['edition']}"
        )

    def _release(self, now: datetime, options: dict[str, Any]) -> None:
        edition = _act(lambda: room.release(options["edition"], now), options["edition"])
        self.stdout.write(f"Edition {edition.pk} is released: {many(edition.recipients, 'reader')}.")

    def _letters(self, now: datetime, options: dict[str, Any]) -> None:
        for digest in Digest.objects.filter(retired_at__isnull=True).order_by("pk"):
            self.stdout.write("\n".join(described(digest, now)))

    def _add(self, now: datetime, options: dict[str, Any]) -> None:
        name = options.pop("name")
        made = _sensible(lambda: room.found(typed(fresh(name), options), now))
        self.stdout.write("\n".join(described(made, now)))

    def _set(self, now: datetime, options: dict[str, Any]) -> None:
        digest = _digest(options["digest"])
        _sensible(lambda: room.change(digest, typed(room.plan_of(digest), options), digest.version, now))
        digest.refresh_from_db()
        self.stdout.write("\n".join(described(digest, now)))

    def _retire(self, now: datetime, options: dict[str, Any]) -> None:
        digest = _digest(options["digest"])
        heir = _digest(options["readers_to"]) if options["readers_to"] else None
        moved = _sensible(lambda: room.retire(digest, heir, digest.version, now))
        self.stdout.write(
            f"{digest.name} comes no more."
            + (f" {heir.name} goes to {many(moved, 'reader')} from now on." if heir else "")
        )


def _sensible(do: Callable[[], Made]) -> Made:
    try:
        return do()
    except (Impossible, Conflict) as error:
        raise CommandError(f"{error}") from None


def _act(do: Any, number: int) -> Edition:
    try:
        edition: Edition = do()
    except Edition.DoesNotExist:
        raise CommandError(f"there is no edition {number}; `corante digest list` shows their numbers") from None
    except NotAllowed as error:
        raise CommandError(f"edition {number}: {error}") from None
    return edition


def _digest(slug: str) -> Digest:
    standing = Digest.objects.filter(retired_at__isnull=True)
    found = list(standing.filter(slug=slug) if slug else standing)
    if len(found) == 1:
        return found[0]
    slugs = ", ".join(standing.order_by("slug").values_list("slug", flat=True)) or "none yet; `corante init` makes one"
    raise CommandError(f"which letter? Name it by its slug (preview, send and list: --digest SLUG); there are: {slugs}")
