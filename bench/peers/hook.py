"""A peer's end of the pipe: one job a line in, one answer a line out, until the pipe closes.

    python -m bench.peers.hook PROGRAM NAME

The first line out is {} or {"missing": why}. What a peer prints goes to standard error. A job that takes longer than
`DEADLINE` seconds ends the process: the asker starts it anew.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DEADLINE = 120


def main(program: str, name: str) -> int:
    """Serve the peer `name` of `program`."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        peer = importlib.import_module(program).PEERS[name]()
    except Exception as error:  # whatever keeps a peer from loading, the evaluation goes on without it
        return _say(answers, {"missing": f"{type(error).__name__}: {error}"[:300]})
    _say(answers, {})
    for line in sys.stdin:
        signal.alarm(DEADLINE)
        _say(answers, _answer(peer, json.loads(line)))
        signal.alarm(0)
    return 0


def _answer(peer: Callable[[Any], Any], job: Any) -> dict[str, Any]:
    start = time.process_time()
    answer: dict[str, Any] = {}
    try:
        answer["value"] = peer(job)
    except Exception as error:  # a peer's failure is a figure of the evaluation
        answer["error"] = f"{type(error).__name__}: {error}"[:300]
    answer["cpu_s"] = time.process_time() - start
    answer["peak_mb"] = _peak_mb()
    return answer


def _peak_mb() -> float:
    """The most memory this program had; `ru_maxrss` would count what its parent had before the exec."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def _say(answers: Any, said: dict[str, Any]) -> int:
    answers.write(json.dumps(said) + "\n")
    answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
