"""CPU per article from ready to filed: grouping, topics, search, on a database of its own.

    python -m bench.stories [articles] [topics]

Rule: CPU seconds of this process, printed for each tenth of the run so that growth shows. The texts are sentences
recombined at random from a seed, the worst case for grouping: nearly every article opens a story.
"""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corante.project.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - needs Django set up

from corante import stories, topics  # noqa: E402
from corante.models import Article, Body, Outlet, Story, Topic  # noqa: E402

START = datetime(2026, 3, 1, tzinfo=UTC)
PLACES = ["harbour", "valley", "coast", "island", "estuary", "capital", "border", "airport", "lagoon", "hills"]


def vocabulary(dice: random.Random, count: int) -> list[str]:
    """Words that never were, so that nothing is borrowed."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    return ["".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(count)]


def fill(count: int, dice: random.Random) -> None:
    """Articles of one day, forty words each, in groups of about three on one event."""
    outlets = Outlet.objects.bulk_create(
        Outlet(name=f"Outlet {n}", slug=f"outlet-{n}", created_at=START) for n in range(200)
    )
    words, event = vocabulary(dice, 20_000), list[str]()
    articles, bodies = [], []
    for n in range(count):
        if dice.random() < 0.4 or not event:
            event = dice.choices(words, k=25)
        told = dice.sample(event, 18) + dice.choices(words[:2000], k=25)
        at = START + timedelta(seconds=86_400 * n / max(count, 1))
        title = " ".join([*told[:6], dice.choice(PLACES)]).capitalize()
        articles.append(
            Article(
                outlet=dice.choice(outlets),
                url=f"https://o.example/{n}",
                key=f"bench-{n}",
                title=title,
                language="en",
                published_at=at,
                seen_at=at,
                reading="read",
                excerpt=" ".join(told).capitalize() + ".",
                words=len(told),
            )
        )
    Article.objects.bulk_create(articles, 1000)
    for article in Article.objects.order_by("id").iterator():
        bodies.append(Body(article=article, text=article.excerpt))
    Body.objects.bulk_create(bodies, 1000)


def main(count: int, rules: int) -> dict[str, float]:
    """Run it; returns milliseconds of CPU per article for each part."""
    call_command("migrate", verbosity=0)
    dice = random.Random(7)
    fill(count, dice)
    some = vocabulary(dice, 5000)
    Topic.objects.create(name="Everything", slug="everything", rule="*", created_at=START)
    for n in range(rules):
        rule = " OR ".join(f'"{dice.choice(some)} {dice.choice(some)}"' for _ in range(5))
        Topic.objects.create(name=f"Topic {n}", slug=f"topic-{n}", rule=rule, created_at=START)
    spent = {"stories": 0.0, "topics": 0.0}
    step = max(1, count // 10)
    for part in range(0, count, step):
        for name, room in (("stories", stories), ("topics", topics)):
            begin = time.process_time()
            ids = room.due(START, step)
            room.work(ids, lambda: START + timedelta(days=1))
            used = time.process_time() - begin
            spent[name] += used
            print(f"{part + step:7} {name:8} {1000 * used / step:6.2f} ms an article")
    print(f"{Story.objects.count()} stories of {count} articles")
    return {name: 1000 * used / count for name, used in spent.items()}


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    for key, value in main(*(numbers + [3000, 50][len(numbers) :])).items():
        print(f"{key:8} {value:.2f} ms CPU an article")
