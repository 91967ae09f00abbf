"""Every race and every evaluation can still be started: what is never run rots."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from bench import all as races

BENCH = Path(races.__file__).parent


@pytest.mark.parametrize("name", races.RACES)
def test_every_race_that_is_named_is_there(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").main)


def test_every_evaluation_offers_the_one_function_make_eval_calls() -> None:
    files = sorted(BENCH.glob("eval_*.py"))
    assert files
    for file in files:
        assert callable(importlib.import_module(f"bench.{file.stem}").evaluate), file.name
