"""What one new story costs to publish in a small and in a large archive.

    python -m bench.publish                 10,000 and 100,000 archived stories
    python -m bench.publish --sizes 10000,100000,1000000

For each size it makes a site on SQLite with so many stories under two topics over the years, then publishes new
stories one at a time and counts the CPU time of this process. The ratio of the last size to the first is the figure
(promise: at most 1.2).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
ROUNDS = 15
A_DAY = 120
"""Archived stories a day: the archive grows in years, not in the number of stories on a page."""


def main() -> None:
    """Measure each size in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(f"{measure(asked.one):.1f}")
        return
    print("archived stories   CPU ms a new story   against the first")
    first = 0.0
    for size in (int(n) for n in asked.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="corante-bench-") as folder:
            (Path(folder) / "corante.toml").write_text('title = "Bench"\nbase_url = "http://127.0.0.1:8000"\n')
            command = [sys.executable, "-m", "bench.publish", "--one", str(size)]
            said = subprocess.run(command, env=os.environ | _site(folder), check=True, capture_output=True, text=True)
        cost = float(said.stdout.split()[-1])
        first = first or cost
        print(f"{size:>16,}   {cost:>18.1f}   {cost / first:>16.2f}", flush=True)


def measure(size: int) -> float:
    """Median CPU milliseconds to publish one new story beside `size` archived ones."""
    import django

    django.setup()
    from django.core.management import call_command

    from corante import publish
    from corante.models import Dirty

    call_command("migrate", verbosity=0)
    topics = archive(size)
    publish.work(_site_row(), lambda: NOW)
    spent = []
    for n in range(ROUNDS + 2):
        Dirty.objects.all().delete()
        story = new_story(n, topics)
        Dirty.mark("story", [story], "filed", NOW)
        ids = publish.due(NOW, 10)
        before = time.process_time()
        publish.work(ids, lambda: NOW)
        spent.append(1000 * (time.process_time() - before))
    return statistics.median(spent[2:])


def archive(size: int) -> list[int]:
    """So many stories of one article each, A_DAY a day into the past; returns the topics' numbers."""
    from corante.models import Article, Filing, Outlet, Story, Topic

    outlets = [Outlet.objects.create(name=f"Outlet {n}", slug=f"outlet-{n}", created_at=NOW) for n in range(40)]
    topics = [Topic.objects.create(name=n, slug=n.lower(), rule="*", created_at=NOW) for n in ("Floods", "Ports")]
    for start in range(0, size, 5000):
        numbers = range(start + 1, min(start + 5000, size) + 1)
        when = {n: NOW - timedelta(days=1) - timedelta(minutes=n * 1440 / A_DAY) for n in numbers}
        Article.objects.bulk_create(
            Article(
                pk=n, outlet=outlets[n % 40], url=f"https://outlet.example/{n}", key=f"k{n}", language="en",
                title=f"The council decides on matter number {n} after a long evening", excerpt=EXCERPT,
                published_at=when[n], seen_at=when[n], reading="read",
            )
            for n in numbers
        )  # fmt: skip
        Story.objects.bulk_create(
            Story(pk=n, lead_id=n, language="en", first_at=when[n], last_at=when[n], unfiled=False, public_at=when[n])
            for n in numbers
        )
        Article.objects.filter(pk__in=list(numbers)).update(story_id=_own_number())
        Filing.objects.bulk_create(
            Filing(story_id=n, topic=topic, told_at=when[n], at=when[n], clause="*")
            for n in numbers
            for topic in topics
        )
    return [topic.pk for topic in topics]


def new_story(n: int, topics: list[int]) -> int:
    """One more story, told now."""
    from corante.models import Article, Filing, Outlet, Story

    at = NOW + timedelta(seconds=n)
    lead = Article.objects.create(
        outlet=Outlet.objects.all()[n % 40], url=f"https://outlet.example/new/{n}", key=f"new{n}", language="en",
        title=f"Something new, number {n}", excerpt=EXCERPT, published_at=at, seen_at=at, reading="read",
    )  # fmt: skip
    story = Story.objects.create(lead=lead, language="en", first_at=at, last_at=at, unfiled=False, public_at=at)
    Article.objects.filter(pk=lead.pk).update(story=story)
    Filing.objects.bulk_create(Filing(story=story, topic_id=topic, told_at=at, at=at, clause="*") for topic in topics)
    return story.pk


EXCERPT = (
    "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its whole "
    "length. Work starts in March on the southern side, before a permit for the northern one has been granted. "
    "Those who live behind it say that they were told in the evening, by the newspaper."
)


def _own_number() -> object:
    from django.db.models import F

    return F("pk")


def _site_row() -> list[int]:
    from corante.models import Dirty

    Dirty.mark("site", [-1], "bench", NOW)
    return [Dirty.objects.values_list("pk", flat=True)[0]]


def _site(folder: str) -> dict[str, str]:
    return {"CORANTE_DIR": folder, "DJANGO_SETTINGS_MODULE": "corante.project.settings"}


if __name__ == "__main__":
    main()
