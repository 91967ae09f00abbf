"""The publish room: dirty rows become pages of the public tree.

    1  read the dirty rows and push their next try forward        a kill here: they are due again in a minute
    2  work out the pages that show what changed                  nothing written yet
    3  print them in the order in which they link to each other   a kill here: old or new, each whole
    4  see that they are on disk
    5  delete the rows read in 1                                  a kill before: the same pages again, all equal

A change during 2-4 leaves a row of its own. A full disk stops at 3: the old site stays whole, the rows stay due.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import translation

from corante.catalog.templating import almanac
from corante.core.work import Clock, Tally
from corante.models import Dirty

from .plan import plan_for
from .press import Press
from .tree import Tree

log = structlog.get_logger(__name__)
PATIENCE = timedelta(minutes=1)
AT_ONCE = 20_000  # rows: SQLite takes no more than 32,766 values in a query


def due(now: datetime, limit: int) -> list[int]:
    """Rows that wait to be printed: news first, then rebuilds, each oldest first."""
    found: list[int] = []
    for later in (False, True):
        # "NOT later" would miss the index.
        waiting = Dirty.objects.filter(later__in=[later], due_at__lte=now).order_by("due_at", "id")
        found += waiting.values_list("pk", flat=True)[: limit - len(found)] if len(found) < limit else []
    return found


def work(ids: list[int], clock: Clock) -> Tally:
    """Print every page that shows what these rows name. Safe to repeat after a kill at any point."""
    now = clock()
    rows = _with_repeats(ids, now)
    if not rows:
        return Tally()
    Dirty.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now + PATIENCE)
    config = settings.CORANTE
    plan = plan_for(rows, almanac(config.language, config.time_zone))
    tree = Tree(settings.PUBLIC_TREE)
    with translation.override(config.language):
        press = Press(tree, almanac(config.language, config.time_zone), now)
        try:
            press.run(plan)
            tree.settle()
        except OSError as error:
            log.error("the public tree cannot be written; the old pages stay", error=str(error))
            return Tally(failed=len(rows), note=f"The public tree cannot be written: {error}. The old pages stay.")
    Dirty.mark("story", sorted(plan.later), "its outlet changed", now, later=True)
    if plan.next_slice is not None:
        Dirty.mark("site", [plan.next_slice], "a rebuild goes on", now, later=True)
    Dirty.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return Tally(done=len(rows), made=press.made, failed=press.failed)


def _with_repeats(ids: list[int], now: datetime) -> list[Dirty]:
    """These rows and all due ones that name the same again: what is printed once now answers them all."""
    rows = list(Dirty.objects.filter(pk__in=ids))
    named = {(row.kind, row.ref) for row in rows}
    same = Q()
    for kind in {kind for kind, _ in named}:
        same |= Q(kind=kind, ref__in=[ref for of, ref in named if of == kind])
    answered = Q(pk__in=ids) | (same & Q(due_at__lte=now))  # a pin's end stays due, whatever is printed before it
    return list(Dirty.objects.filter(answered).order_by("pk")[:AT_ONCE]) if rows else []


def rebuild(clock: Clock) -> Tally:
    """Print everything again, in slices; what is equal is left alone."""
    Dirty.mark("site", [0], "rebuild", clock())
    total = Tally()
    while ids := due(clock(), 200):
        one = work(ids, clock)
        total += one
        if one.failed and not one.done:
            break
    return total
