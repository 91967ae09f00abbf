"""What it costs to freeze an edition: one variant and many, 10,000 readers, ledger rows and all.

    python -m bench.compose [--readers 10000] [--variants 1 20 100]

Prints CPU milliseconds of one preview, and CPU seconds of the freeze (SQLite in memory).
"""

from __future__ import annotations

import argparse
import os
import time
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from typing import Any

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
EXCERPT = "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre. " * 3


def main() -> None:
    """One row a number of variants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--variants", type=int, nargs="+", default=[1, 20, 100])
    parser.add_argument("--stories", type=int, default=24)
    options = parser.parse_args()
    _start()
    one = _compile_ms(options.stories)
    print(f"one preview, ledger and all, {options.stories} stories: {one:.1f} ms CPU")
    print(f"{'variants':>8} {'readers':>8} {'freeze, CPU s':>14}")
    for variants in options.variants:
        spent = _freeze(options.readers, variants, options.stories)
        print(f"{variants:>8} {options.readers:>8} {spent:>14.2f}")


def _start() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "corante.project.settings"
    os.environ.pop("CORANTE_DIR", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _compile_ms(stories: int) -> float:
    from corante import digest as room

    digest = _site(stories, 1)
    room.preview(digest, NOW)
    began, rounds = time.process_time(), 20
    for _ in range(rounds):
        room.preview(digest, NOW)
    return (time.process_time() - began) / rounds * 1000


def _freeze(readers: int, variants: int, stories: int) -> float:
    from corante import digest as room
    from corante.models import Edition

    digest = _site(stories, variants)
    _readers(digest, readers, variants)
    began = time.process_time()
    edition = room.freeze_now(digest, NOW)
    spent = time.process_time() - began
    assert edition is not None
    assert edition.recipients == readers
    assert Edition.objects.get(pk=edition.pk).variants.count() == variants
    return spent


def _site(stories: int, variants: int) -> Any:
    """A digest with topics enough for so many variants, and its stories, each under all of them."""
    from corante.models import Article, Digest, Filing, Outlet, Story, Topic

    n = Digest.objects.count()
    topics = max(6, variants.bit_length() + 1)
    under = [Topic.objects.create(name=f"Topic {t}", slug=f"t{n}-{t}", rule="x", created_at=NOW) for t in range(topics)]
    digest = Digest.objects.create(
        name="Daily", slug=f"daily-{n}", slot=day_time(7), time_zone="UTC", created_at=NOW - timedelta(days=1)
    )
    digest.topics.set(under)
    outlets = [Outlet.objects.create(name=f"Outlet {o}", slug=f"o{n}-{o}", created_at=NOW) for o in range(4)]
    for s in range(stories):
        story = Story.objects.create(
            first_at=NOW, last_at=NOW, outlets=4, articles_count=4, unfiled=False, public_at=NOW
        )
        for outlet in outlets:
            article = Article.objects.create(
                outlet=outlet,
                story=story,
                url=f"https://{outlet.slug}.example/{s}",
                key=f"{outlet.slug}-{s}",
                title=f"Headline number {s} of {outlet.name}, long enough for a line and a half",
                excerpt=EXCERPT,
                language="en",
                published_at=NOW - timedelta(minutes=s),
                seen_at=NOW,
                reading="read",
            )
            story.lead = story.lead or article
        story.save()
        for topic in {under[0], under[s % topics]}:
            Filing.objects.create(story=story, topic=topic, told_at=NOW, at=NOW)
    return digest


def _readers(digest: Any, count: int, variants: int) -> None:
    """Readers whose choices of topics come to so many distinct sets; each set holds the first topic."""
    from corante.models import Choice, Subscriber, Subscription

    topics = list(digest.topics.order_by("pk"))
    made = Subscriber.objects.bulk_create(
        Subscriber(
            address=f"r{n}@example.org",
            key=f"{digest.slug}-{n}",
            token=f"{digest.pk:04}{n:028}",
            state="confirmed",
            asked_at=NOW,
        )
        for n in range(count)
    )
    asked = Subscription.objects.bulk_create(
        Subscription(subscriber=s, digest=digest, since=NOW, all_topics=variants == 1) for s in made
    )
    Choice.objects.bulk_create(
        Choice(subscription=subscription, topic=topic, since=NOW)
        for n, subscription in enumerate(asked)
        if variants > 1
        for t, topic in enumerate(topics)
        if t == 0 or (n % variants) >> (t - 1) & 1
    )


if __name__ == "__main__":
    main()
