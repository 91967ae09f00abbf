"""The parsing pool: a bad document costs itself, nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from corante.sandbox.pool import Poisoned, Pool

POISON = "tests.fakes.poison:"


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    one = Pool(workers=2)
    yield one
    one.close()


def test_a_value_comes_back_from_another_process(pool: Pool) -> None:
    assert pool.parse(POISON + "where", cpu_s=20) != os.getpid()


def test_the_child_knows_no_django(pool: Pool) -> None:
    assert pool.parse(POISON + "loaded", "django", cpu_s=20) is False


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (POISON + "hang", "deadline"),
        (POISON + "burn", "deadline"),
        (POISON + "hoard", "memory"),
        (POISON + "crash", "crash"),
        (POISON + "vanish", "crash"),
        (POISON + "kill", "memory"),
        (POISON + "fail", "error"),
        (POISON + "refuse", "refused"),
        (POISON + "unpicklable", "error"),
    ],
)
def test_a_poisonous_document_is_charged_to_itself_and_the_next_one_is_read(
    pool: Pool, function: str, kind: str
) -> None:
    with pytest.raises(Poisoned) as caught:
        pool.parse(function, cpu_s=1, wall_s=3 if function.endswith("hang") else 60)
    assert caught.value.kind == kind
    assert pool.parse(POISON + "where", cpu_s=20) > 0


def test_what_uses_little_time_may_take_long(pool: Pool) -> None:
    assert pool.parse(POISON + "dawdle", cpu_s=0.5) > 0


def test_a_parent_that_names_a_parser_does_not_load_it() -> None:
    script = "import sys\nfrom corante.sandbox import doors\nprint({'lxml', 'trafilatura', 'feedparser', 'nh3'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=True)
    assert done.stdout.strip() == "set()"


def test_a_death_marks_only_the_document_it_held(pool: Pool) -> None:
    with ThreadPoolExecutor(12) as threads:
        deaths = [threads.submit(pool.parse, POISON + "crash", cpu_s=5) for _ in range(4)]
        lives = [threads.submit(pool.parse, POISON + "where", cpu_s=30) for _ in range(60)]
        assert all(life.result() > 0 for life in lives)
        for death in deaths:
            with pytest.raises(Poisoned):
                death.result()


def test_children_are_recycled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corante.sandbox.pool.TASKS_PER_CHILD", 5)
    one = Pool(workers=1)
    try:
        assert len({one.parse(POISON + "where", cpu_s=20) for _ in range(12)}) >= 2
    finally:
        one.close()


def test_a_process_that_parsed_ends_by_itself() -> None:
    script = "from corante.sandbox.pool import parse\nif __name__ == '__main__':\n    print(parse('tests.fakes.poison:where', cpu_s=20) > 0)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr
