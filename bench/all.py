"""`make bench`: every race, one after the other, each in a process of its own; what is missing on this machine is said."""

from __future__ import annotations

import subprocess
import sys
import time

RACES = {
    "flow": "from feeds to published pages, articles a second",
    "websub": "from a hub's push to a page a reader can open",
    "gather": "an unchanged poll and a first import over TLS, beside reader and Miniflux",
    "cadence": "how late news is seen by the schedule, beside other readers' rules",
    "read": "text, metadata and excerpt of a page, beside trafilatura",
    "stories": "grouping and filing an article",
    "search": "a search as the archive grows",
    "publish": "one new story as the archive grows",
    "serve": "a page served, beside nginx with the same file",
    "compose": "an edition for ten thousand readers",
    "signing": "a letter signed, beside dkimpy",
    "signup": "whether the form's time tells who is on the list",
    "smtp": "a letter sent, beside Postfix's smtp-source",
}


def main(wanted: list[str]) -> int:
    """Run the named races, or all; 1 when one failed."""
    failed = []
    for name in wanted or RACES:
        print(f"\n== {name}: {RACES[name]}", flush=True)
        began = time.monotonic()
        if subprocess.call([sys.executable, "-m", f"bench.{name}"]) != 0:
            failed.append(name)
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
