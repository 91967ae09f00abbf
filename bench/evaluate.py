"""`make eval DATA=DIR`: quality on labelled data, as tables, as `eval.json` and as pages of failures under eval-report/.

DIR is any folder laid out like the sets bench/README.md names; files are found by pattern, and a set that isn't
there is left out by name. Keys are ours (`pages.publishers.f1`) or a peer's in the same run (`…@trafilatura`).
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path

REPORT = Path("eval-report")
ROOMS = ("feeds", "pages", "stories", "letter", "bounces", "hostile")


def main(arguments: list[str]) -> int:
    """Evaluate every room that has data in the folder; 1 when a room failed or nothing was found."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(
            "usage: make eval DATA=DIR (a folder with pages/, stories/, feeds/ …; bench/README.md says what is in it)"
        )
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corante.project.settings")
    figures: dict[str, float] = {}
    failed = [room for room in ROOMS if not _evaluate(room, Path(arguments[0]), figures)]
    Path("eval.json").write_text(json.dumps(dict(sorted(figures.items())), indent=1) + "\n")
    _print_table(figures)
    if pages := sorted(REPORT.glob("*.html")):
        print("\nto look at: " + ", ".join(str(page) for page in pages))
    if failed:
        print(f"failed: {', '.join(failed)} (see above)")
    return 1 if failed or not figures else 0


def _evaluate(room: str, data: Path, figures: dict[str, float]) -> bool:
    try:
        module = importlib.import_module(f"bench.eval_{room}")
    except ModuleNotFoundError as missing:
        if missing.name != f"bench.eval_{room}":
            raise
        print(f"{room}: no evaluation yet")
        return True
    began = time.monotonic()
    try:
        found: dict[str, float] = module.evaluate(data)
    except Exception:
        traceback.print_exc()
        return False
    print(f"{room}: {len(found)} figures in {time.monotonic() - began:.0f} s", flush=True)
    figures.update(found)
    return True


def _print_table(figures: dict[str, float]) -> None:
    """One row a figure: ours, then each peer that has one."""
    print()
    for key in sorted(figures):
        if "@" not in key:
            beside = (f"{one.split('@')[1]} {value:.4g}" for one, value in figures.items() if one.startswith(f"{key}@"))
            print(f"{key:36}{figures[key]:>10.4g}   {' · '.join(beside)}".rstrip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
