"""A letter's plan as an operator types it: `corante digest add` and `corante digest set`.

Rule: what is not named stays as it is. Everything that can be wrong is said with the way out.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandError

from corante.catalog.timetables import next_at
from corante.digest import Plan, plan_of
from corante.models import Digest, Topic

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALL: Final = "all"


def plan_arguments(verb: ArgumentParser) -> None:
    """What a plan is made of."""
    verb.add_argument("--cadence", choices=list(dict(Digest.CADENCES)), help="how often it comes")
    verb.add_argument("--at", type=_hour, metavar="HH:MM", help="the hour, where the letter lives")
    verb.add_argument("--weekday", choices=WEEKDAYS, help="of a weekly letter")
    verb.add_argument("--zone", metavar="ZONE", help="where the letter lives, such as Europe/Berlin")
    verb.add_argument(
        "--topic", metavar="SLUG", action="append", help="what it brings, again for each; `all` is every topic there is"
    )
    verb.add_argument("--hold", action=BooleanOptionalAction, help="each edition waits until it is released")


def typed(plan: Plan, options: dict[str, Any]) -> Plan:
    """The plan with what was named put in. Raises CommandError."""
    named = {
        "name": options.get("name"),
        "cadence": options["cadence"],
        "slot": options["at"],
        "weekday": WEEKDAYS.index(options["weekday"]) if options["weekday"] else None,
        "time_zone": options["zone"],
        "topics": _topics(options["topic"]) if options["topic"] else None,
        "hold": options["hold"],
    }
    return replace(plan, **{name: value for name, value in named.items() if value is not None})


def fresh(name: str) -> Plan:
    """A letter nobody said more of than its name: daily at seven, where the site is, with everything there is."""
    return Plan(name, _topics([ALL]), time_zone=settings.CORANTE.time_zone)


def described(digest: Digest, now: datetime) -> Iterable[str]:
    """A letter in three lines: what it is, when it comes next, what it brings."""
    plan = plan_of(digest)
    rhythm = f"weekly on {WEEKDAYS[plan.weekday].title()}" if plan.cadence == "weekly" else plan.cadence
    held = ", each edition waits for an editor" if plan.hold else ""
    readers = digest.subscriptions.filter(ended_at__isnull=True, subscriber__state="confirmed").count()
    yield f"{digest.slug:<16} “{plan.name}”, {rhythm} at {plan.slot:%H:%M} {plan.time_zone}{held}; {readers:,} readers"
    yield f"{'':<16} next {next_at(digest, now):%A %-d %B %Y at %H:%M}"
    slugs = digest.topics.filter(retired_at__isnull=True).order_by("position", "pk").values_list("slug", flat=True)
    yield f"{'':<16} topics: {', '.join(slugs) or 'none, so it never comes: name some with --topic'}"


def _hour(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - an hour of the clock has no zone
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no hour: write it as 07:00 or 18:30") from None


def _topics(slugs: list[str]) -> frozenset[int]:
    standing = dict(Topic.objects.filter(retired_at__isnull=True).values_list("slug", "pk"))
    if ALL in slugs:
        return frozenset(standing.values())
    if unknown := [slug for slug in slugs if slug not in standing]:
        raise CommandError(f"there is no topic {', '.join(unknown)}; there are: {', '.join(standing)}")
    return frozenset(standing[slug] for slug in slugs)
