"""What a search costs beside a large archive, newest first and best match, in CPU of this process.

    python -m bench.search            20,000 stories
    python -m bench.search 100000

Titles and texts are made from a seed, words as unevenly frequent as in a language, so that common words hit thousands.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.publish import archive

if TYPE_CHECKING:
    from corante.models import Article

QUERIES = 60
MADE_ANEW = 5000


def main(size: int) -> None:
    """Measure in a process of its own, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "corante.toml").write_text('title = "Bench"\nbase_url = "http://127.0.0.1:8000"\n')
        env = os.environ | {"CORANTE_DIR": folder, "DJANGO_SETTINGS_MODULE": "corante.project.settings"}
        subprocess.run([sys.executable, "-m", "bench.search", "--here", str(size)], env=env, check=True)


def measure(size: int) -> None:
    """Fill, index, search; print the table."""
    import django

    django.setup()
    from django.core.management import call_command

    from corante.catalog import search

    call_command("migrate", verbosity=0)
    archive(size)
    dice, words = random.Random(7), _words()
    _retell(dice, words)
    begin = time.process_time()
    search.rebuild()
    print(f"{size} stories, indexed at {1000 * (time.process_time() - begin) / size:.2f} ms CPU a story")
    print("order     p50 ms   p95 ms   p99 ms   (CPU of this process)")
    asked = [" ".join(_pick(dice, words, n % 3 + 1)) for n in range(QUERIES)]
    for order, best in (("newest", False), ("best", True)):
        spent = sorted(_cost(query, best) for query in asked for _ in range(3))
        print(f"{order:7}" + "".join(f"{spent[int(len(spent) * share)]:9.1f}" for share in (0.5, 0.95, 0.99)))


def _cost(query: str, best: bool) -> float:
    from corante.catalog import search

    begin = time.process_time()
    search.find(query, best=best)
    return 1000 * (time.process_time() - begin)


def _retell(dice: random.Random, words: list[str]) -> None:
    """Give every article words of its own."""
    from corante.models import Article

    rows: list[Article] = []
    for row in Article.objects.only("pk").iterator(MADE_ANEW):
        row.title, row.excerpt = " ".join(_pick(dice, words, 8)), " ".join(_pick(dice, words, 40))
        rows.append(row)
    for start in range(0, len(rows), MADE_ANEW):
        Article.objects.bulk_update(rows[start : start + MADE_ANEW], ["title", "excerpt"], batch_size=200)


def _words() -> list[str]:
    """Words that never were."""
    dice, syllables = random.Random(3), [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    return ["".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(20_000)]


def _pick(dice: random.Random, words: list[str], count: int) -> list[str]:
    return [words[int(len(words) * dice.random() ** 3)] for _ in range(count)]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        measure(int(sys.argv[2]))
    else:
        main(int((sys.argv[1:] or ["20000"])[0]))
