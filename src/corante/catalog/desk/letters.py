"""Editions as the desk shows them: each with what became of its deliveries, by state, adding up to its recipients."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.db.models import Count

from corante.core.lifecycles import DELIVERY, states
from corante.models import Delivery, Digest, Edition, Item, Topic

STATES = states(DELIVERY)


@dataclass(frozen=True)
class Sent:
    """One edition and its accounts."""

    edition: Edition
    items: int
    states: tuple[tuple[str, int], ...]

    @property
    def adds_up(self) -> bool:
        """Recipients at freeze = the sum of the nine states."""
        return sum(count for _, count in self.states) == self.edition.recipients


def digests() -> list[Digest]:
    """Those that stand."""
    return list(Digest.objects.filter(retired_at__isnull=True).prefetch_related("topics").order_by("id"))


def readers(digest: Digest) -> int:
    """How many get its next edition."""
    return digest.subscriptions.filter(ended_at__isnull=True, subscriber__state="confirmed").count()


def topics() -> list[Topic]:
    """What a letter can bring, in the site's order."""
    return list(Topic.objects.filter(retired_at__isnull=True).order_by("position", "pk"))


def all_topics() -> frozenset[int]:
    """Their numbers."""
    return frozenset(topic.pk for topic in topics())


def zones() -> list[str]:
    """Where a letter can live."""
    return sorted(available_timezones())


def recent(limit: int = 20) -> list[Sent]:
    """The newest editions of all digests."""
    editions = list(Edition.objects.select_related("digest").order_by("-slot_at", "-id")[:limit])
    ids = [edition.pk for edition in editions]
    by_state: dict[tuple[int, str], int] = {
        (edition, state): n
        for edition, state, n in Delivery.objects.filter(edition__in=ids)
        .values_list("edition_id", "state")
        .annotate(n=Count("pk"))
        .order_by()
    }
    items = dict(
        Item.objects.filter(edition__in=ids)
        .values_list("edition_id")
        .annotate(n=Count("story", distinct=True))
        .order_by()
    )
    return [
        Sent(edition, items.get(edition.pk, 0), tuple((s, by_state.get((edition.pk, s), 0)) for s in STATES))
        for edition in editions
    ]
