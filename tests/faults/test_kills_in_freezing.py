"""kill -9 between any two steps of freezing an edition and of asking a new reader back: each statement is a step.

A sample here; CORANTE_KILLS=200 (`make faults`) kills at that many.
"""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from tests.fakes.smtp import SmtpServer

from .killing import Site
from .stepper import READERS, STORIES

KILLS = int(os.environ.get("CORANTE_KILLS", "20"))
SEED = int(os.environ.get("CORANTE_SEED", "7"))
pytestmark = pytest.mark.timeout(900 + KILLS * 10)

WHOLE = {"editions": 1, "recipients": [READERS], "deliveries": READERS, "stories": [STORIES], "failing": []}


def killed_at(site: Site, verb: str, step: int, when: str) -> bool:
    """Whether the process was killed there; it ends by itself when it has fewer steps."""
    process = site.start(verb, str(step), when)
    process.wait(240)
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode != 0


def test_an_edition_is_frozen_whole_or_not_at_all_at_whatever_step_it_is_killed(
    tmp_path: Path, own_database: None
) -> None:
    dice, site = random.Random(SEED), Site(tmp_path, "", "stepper")
    site.run("make")
    nothing = {"editions": 0, "recipients": [], "deliveries": 0, "stories": [], "failing": []}
    steps, met = 1, 0
    while killed_at(site, "freeze", steps, dice.choice(("before", "after"))):  # all of it is repeated each time
        met += 1
        steps += dice.randint(1, max(1, 400 // KILLS))
        if met % 4 == 0:
            assert site.report() in (nothing, WHOLE)
    site.run("freeze")
    assert met >= 3
    assert site.report() == WHOLE


def test_two_workers_freeze_one_edition_though_one_is_killed(tmp_path: Path, own_database: None) -> None:
    dice = random.Random(SEED)
    for round_ in range(max(2, KILLS // 20)):
        site = Site(tmp_path / str(round_), "", "stepper")
        if os.environ.get("CORANTE_DATABASE") and round_:
            return  # one database a test
        site.run("make")
        doomed = site.start("freeze", str(dice.randint(5, 40)), dice.choice(("before", "after")))
        other = site.start("freeze")
        assert other.wait(240) == 0
        assert doomed.wait(240) in (0, -signal.SIGKILL)
        site.run("freeze")
        assert site.report() == WHOLE


def test_nobody_is_asked_twice_though_the_asking_is_killed(tmp_path: Path, own_database: None) -> None:
    dice = random.Random(SEED)
    new = {f"new{n}@example.org" for n in range(3)}
    with SmtpServer() as server:
        site = Site(tmp_path, server.address, "stepper")
        site.run("make")
        step = 1
        while killed_at(site, "confirm", step, dice.choice(("before", "after"))):
            step += 1
        assert len(server.recipients) == len(set(server.recipients)), "somebody was asked twice"
        asked = set(server.recipients)
        site.run("next_day")  # a letter that a kill cost can be asked for again
        assert new <= asked | set(server.recipients)
        assert max(server.recipients.count(address) for address in new) <= 2
