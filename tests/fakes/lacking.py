"""What a test can't do without and this machine has not: it is left out, with the reason; `.ci/run` takes that for a failure."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def leave_out(why: str) -> NoReturn:
    """End the test here: skipped, or failed where CORANTE_CI says that everything has to be there."""
    if os.environ.get("CORANTE_CI"):
        pytest.fail(why, pytrace=False)
    pytest.skip(why)
