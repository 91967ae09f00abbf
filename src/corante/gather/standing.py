"""Whose a site is: a piece on the site of an outlet we listen to is that outlet's to tell, not another's.

Rule: else a feed could list somebody's addresses under headlines of its own, and be there first. A site is an outlet's
by where its feeds stand and by its home address; links to sites of nobody here are anybody's, as in a feed of links.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q

from corante.core.feeds import Decision, Intent
from corante.models import Feed
from corante.net.politeness import registrable_of

FEW: Final = 20


def without_foreign(feed: Feed, decision: Decision) -> Decision:
    """The decision, with entries that lead to other outlets' sites remembered instead of told."""
    own = _sites(feed.outlet.home_url, feed.url)
    abroad = [one for one in decision.fresh if registrable_of(one.named.entry.url) not in own]
    if not abroad:
        return decision
    owners = _owners({registrable_of(one.named.entry.url) for one in abroad})
    foreign = {one.named.key for one in abroad if _is_foreign(one, feed.outlet_id, owners)}
    if not foreign:
        return decision
    words = f"{len(foreign)} lead to another outlet's site and are left to that"
    return replace(
        decision,
        fresh=tuple(one for one in decision.fresh if one.named.key not in foreign),
        remembered=(*decision.remembered, *(one.named for one in decision.fresh if one.named.key in foreign)),
        note="; ".join(filter(None, (decision.note, words))),
    )


def claimed_home(home_url: str, url: str) -> str:
    """The home address that a new feed at `url` gives itself, unless that is the site of an outlet we have, and the
    feed does not stand there: then the feed's own address."""
    if not home_url or registrable_of(home_url) == registrable_of(url):
        return home_url or url
    return url if registrable_of(home_url) in _owners({registrable_of(home_url)}) else home_url


def _is_foreign(one: Intent, outlet: int, owners: Mapping[str, set[int]]) -> bool:
    theirs = owners.get(registrable_of(one.named.entry.url), set())
    return bool(theirs) and outlet not in theirs


def _owners(asked: set[str]) -> dict[str, set[int]]:
    """Site -> the outlets whose feeds or home stand there; of these sites at least.

    The database looks for a few of them; to read all feeds for each feed that has news is a look squared.
    """
    found: dict[str, set[int]] = {}
    rows = Feed.objects.filter(outlet__removed_at__isnull=True).exclude(state="gone")
    if 0 < len(asked) <= FEW:
        rows = rows.filter(reduce(or_, (Q(url__icontains=s) | Q(outlet__home_url__icontains=s) for s in asked)))
    for outlet, url, home in rows.values_list("outlet_id", "url", "outlet__home_url"):
        for site in _sites(url, home):
            found.setdefault(site, set()).add(outlet)
    return found


def _sites(*addresses: str) -> set[str]:
    return {registrable_of(address) for address in addresses} - {""}
