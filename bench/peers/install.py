"""Fills `.venv-eval` with the peers' pinned wheels: all at once, and where that fails, each by itself.

    python -m bench.peers.install PYTHON

One that can't be had (no wheel for this machine, a registry without it) is told; the evaluation then names the peers that
need it as missing and goes on.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.peers import ROOT


def main(python: str) -> int:
    """Install for the interpreter `python`. 0, whatever could be had."""
    pinned = (ROOT / "requirements-eval.txt").read_text()
    if not _install(python, pinned):
        for one in re.split(r"\n(?=[a-z])", pinned):
            if not _install(python, one):
                print(f"could not be had: {one.split()[0]}")
    return 0


def _install(python: str, requirements: str) -> bool:
    """Without dependencies: the file holds them all, and one wheel in it asks for far more than we use of it."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        Path(file.name).write_text(requirements)
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "-qq", "--disable-pip-version-check"]
        asked = [*pip, "--no-deps", "--require-hashes", "-r", file.name]
        return subprocess.run(asked, stderr=subprocess.DEVNULL).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
