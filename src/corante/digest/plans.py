"""A digest as its editor plans it: founded, changed, retired; each an act in the log, against the version seen.

Rule: a new timetable begins now, so an hour that passed earlier today is not served at once. A topic that joins begins
at the last slot; what was public before is its archive (models.Scope). No reader loses the letter when it is retired.
"""

from __future__ import annotations

from calendar import day_name
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import available_timezones

from django.db import transaction

from corante.core.slugs import free, slug
from corante.core.work import Impossible
from corante.models import Account, Act, Digest, Dirty, Edition, Topic, deeds

from . import ledger
from .moving import move_readers

UNDOABLE: Final = frozenset({"change_digest"})
_TIMETABLE: Final = ("cadence", "slot", "weekday", "time_zone")


@dataclass(frozen=True)
class Plan:
    """What an editor says of a digest; `slot` is local time in `time_zone`, weekday 0 is Monday."""

    name: str
    topics: frozenset[int]
    cadence: str = "daily"
    slot: time = time(7)
    weekday: int = 0
    time_zone: str = "UTC"
    hold: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the log keeps it."""
        return asdict(self) | {"slot": f"{self.slot:%H:%M}", "topics": sorted(self.topics)}

    def amended(self, kept: Mapping[str, Any]) -> Plan:
        """With what the log kept put in its place."""
        values = {name: value for name, value in kept.items() if hasattr(self, name)}
        if "slot" in values:
            values["slot"] = time.fromisoformat(values["slot"])
        if "topics" in values:
            values["topics"] = frozenset(values["topics"])
        return replace(self, **values)


def plan_of(digest: Digest) -> Plan:
    """As it stands."""
    standing = frozenset(digest.topics.filter(retired_at__isnull=True).values_list("pk", flat=True))
    return Plan(
        digest.name, standing, digest.cadence, digest.slot, digest.weekday, digest.time_zone, digest.hold
    )  # fmt: skip


@transaction.atomic
def found(plan: Plan, now: datetime, by: Account | None = None) -> Digest:
    """A new digest; its first edition is of the next slot, with what is new from now on. Raises Impossible."""
    plan = _sound(plan)
    digest = Digest(slug=_free(slug(plan.name)), created_at=now, last_slot_at=now)
    _set(digest, plan)
    digest.save()
    if not digest.slug:  # a script with no plain transcription
        Digest.objects.filter(pk=digest.pk).update(slug=_free(f"letter-{digest.pk}"))
        digest.refresh_from_db()
    digest.topics.set(plan.topics)
    _tell("a letter is founded", now)
    Act.on(digest, "add_digest", by, "", now, after=plan.to_json())
    return digest


@transaction.atomic
def change(
    digest: Digest,
    plan: Plan,
    version: int,
    now: datetime,
    by: Account | None = None,
    why: str = "",
    undoes: Act | None = None,
) -> Act:
    """Plan it anew. Raises deeds.Conflict, Impossible."""
    fresh = _standing(digest, version)
    was, plan = plan_of(fresh), _sound(plan, fresh)
    before, after = _differing(was, plan)
    ledger.settle_scopes(fresh)
    if any(name in after for name in _TIMETABLE):
        fresh.last_slot_at = max(now, fresh.last_slot_at or now)
    _set(fresh, plan)
    fresh.version += 1
    fresh.save()
    fresh.topics.remove(*was.topics - plan.topics)
    fresh.topics.add(*plan.topics - was.topics)
    if "name" in after or "cadence" in after:
        _tell("a letter has another name or rhythm", now)
    return Act.on(fresh, "change_digest", by, why, now, before, after, undoes)


def undo(act: Act, now: datetime, by: Account) -> Act:
    """Put back what a change took. Raises Impossible where that was changed again since."""
    deeds.may_undo(act, UNDOABLE)
    digest = Digest.objects.get(pk=act.subject_id)
    standing = plan_of(digest)
    now_said = standing.to_json()
    if any(now_said[name] != value for name, value in act.after.items() if name in now_said):
        raise Impossible("this was changed again since: undo that first, or change it by hand")
    return change(digest, standing.amended(act.before), digest.version, now, by, undoes=act)


@transaction.atomic
def retire(digest: Digest, heir: Digest | None, version: int, now: datetime, by: Account | None = None) -> int:
    """Let it come no more; its readers get `heir` from now on. Returns how many. Raises deeds.Conflict, Impossible."""
    fresh = _standing(digest, version)
    if Edition.objects.filter(digest=fresh).exclude(state__in=("closed", "folded")).exists():
        raise Impossible("an edition of it waits or is on its way: wait until it is closed or folded")
    if not Digest.objects.filter(retired_at__isnull=True).exclude(pk=fresh.pk).exists():
        raise Impossible("it is the only letter: make another first")
    readers = fresh.subscriptions.filter(ended_at__isnull=True)
    if heir is None and (count := readers.count()):
        raise Impossible(f"{count} get it: name the letter they get instead")
    moved = move_readers(fresh, _heir(fresh, heir), now) if heir else 0
    fresh.retired_at = now
    fresh.version += 1
    fresh.save(update_fields=["retired_at", "version"])
    _tell("a letter is retired", now)
    Act.on(fresh, "retire_digest", by, "", now, after={"readers": moved, "to": heir.name if heir else ""})
    return moved


def _standing(digest: Digest, version: int) -> Digest:
    fresh = deeds.take(digest, version)
    if fresh.retired_at:
        raise Impossible(f"“{fresh.name}” is retired")
    return fresh


def _heir(digest: Digest, heir: Digest) -> Digest:
    if heir.pk == digest.pk or heir.retired_at:
        raise Impossible("its readers can only get another letter that stands")
    return heir


def _differing(was: Plan, to: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = was.to_json(), to.to_json()
    changed = [name for name, value in after.items() if before[name] != value]
    if not changed:
        raise Impossible("nothing was changed")
    return _logged(was, before, changed), _logged(to, after, changed)


def _logged(plan: Plan, kept: dict[str, Any], changed: list[str]) -> dict[str, Any]:
    """With names beside numbers: the log is read by people."""
    brings = Topic.objects.filter(pk__in=plan.topics).order_by("position", "pk").values_list("name", flat=True)
    named = {"topics": ("brings", ", ".join(brings) or "nothing"), "weekday": ("day", day_name[plan.weekday])}
    return {name: kept[name] for name in changed} | dict(named[name] for name in named if name in changed)


def _sound(plan: Plan, of: Digest | None = None) -> Plan:
    """The plan with its name's spaces folded. Raises Impossible with what is wrong and the way out."""
    plan = replace(plan, name=" ".join(plan.name.split()))
    if not 0 < len(plan.name) <= 120:
        raise Impossible("a letter's name has 1 to 120 characters")
    others = Digest.objects.filter(retired_at__isnull=True, name__iexact=plan.name)
    if others.exclude(pk=of.pk if of else 0).exists():
        raise Impossible(f"there is a letter “{plan.name}” already")
    if plan.cadence not in dict(Digest.CADENCES):
        raise Impossible(f"a letter comes {_listed(dict(Digest.CADENCES))}, not {plan.cadence!r}")
    if not 0 <= plan.weekday <= 6:
        raise Impossible("the day of the week is a number from 0, Monday, to 6, Sunday")
    if plan.time_zone not in available_timezones():
        raise Impossible(f"{plan.time_zone!r} is not a time zone such as Europe/Berlin")
    if not plan.topics:
        raise Impossible("a letter needs at least one topic")
    if Topic.objects.filter(pk__in=plan.topics, retired_at__isnull=True).count() != len(plan.topics):
        raise Impossible("one of its topics is not there any more: look again")
    return plan


def _listed(names: Iterable[str]) -> str:
    return " or ".join(names)


def _set(digest: Digest, plan: Plan) -> None:
    for name in ("name", "hold", *_TIMETABLE):
        setattr(digest, name, getattr(plan, name))


def _free(wanted: str) -> str:
    """Free of every digest there ever was: past editions keep their addresses."""
    return free(wanted, lambda slug: Digest.objects.filter(slug=slug).exists())


def _tell(why: str, now: datetime) -> None:
    """The form on every page says how often the first letter comes."""
    Dirty.mark("site", [0], why, now)
