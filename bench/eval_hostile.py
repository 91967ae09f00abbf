"""Hostile input: every naughty string and payload through each door, and poison of our own making.

Rule: what is refused with a reason is fine. `hostile.uncaught` counts documents at which a parser or our own code raised
what nobody expected (also where the sandbox caught it), `hostile.over_deadline` those that used up their time. Each string
stands in title, author, text, address and guid of a feed (escaped, and raw as careless outlets have it), in the same
places of an article's page, and in the sign-up form; what comes out of a feed is written to a database of its own.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import traceback
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.hostile_documents import BASE, feed, page, poison

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOGETHER = 40
RAW_TOGETHER = 8


def evaluate(data: Path) -> dict[str, float]:
    """The hostile.* keys, found in a process with a site of its own; nothing when the sets are not in `data`."""
    if not list(data.glob("hostile/*.json")):
        return {}
    with tempfile.TemporaryDirectory(prefix="corante-hostile-") as folder:
        (Path(folder) / "corante.toml").write_text(
            'title = "Hostile"\nbase_url = "http://127.0.0.1:8000"\nallow_network = ["127.0.0.0/8"]\n'
        )
        env = os.environ | {"CORANTE_DIR": folder, "DJANGO_SETTINGS_MODULE": "corante.project.settings"}
        asked = [sys.executable, "-m", "bench.eval_hostile", str(data)]
        done = subprocess.run(asked, env=env, stdout=subprocess.PIPE, text=True, check=True)
    print(done.stdout[: done.stdout.rstrip().rfind("\n")])
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(data: Path) -> None:
    """In that process: prints what failed, then the figures as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    strings = [str(one) for file in sorted(data.glob("hostile/*.json")) for one in json.loads(file.read_text()) if one]
    tally = Counter[str]()
    with ThreadPoolExecutor(4) as threads:
        for name, kind, why in threads.map(_tried, _jobs(strings)):
            tally[kind] += 1
            if kind in ("uncaught", "over_deadline"):
                print(f"{kind}: {name}: {why}")
    for name, kind, why in (*_stored(strings), *_signed_up(strings), *_fetched()):
        tally[kind] += 1
        if kind in ("uncaught", "over_deadline"):
            print(f"{kind}: {name}: {why}")
    print(f"{sum(tally.values())} documents, {tally['refused']} refused, {len(strings)} strings")
    print(json.dumps({f"hostile.{kind}": float(tally[kind]) for kind in ("uncaught", "over_deadline")}))


_Job = tuple[str, Callable[[], Any]]
_Result = tuple[str, str, str]


def _jobs(strings: list[str]) -> Iterator[_Job]:
    """Everything that goes through the sandbox."""
    from corante.sandbox import doors

    for name, make, body in poison():
        door = getattr(doors, make)
        yield f"poison {name} ({make})", _call(door, body, make)
    for n, one in enumerate(strings):
        yield f"page {n} {one[:60]!r}", lambda one=one: _read(one)  # type: ignore[misc]
    for at in range(0, len(strings), RAW_TOGETHER):
        yield f"raw feed {at}", _call(doors.feed, feed(strings[at : at + RAW_TOGETHER], raw=True), "feed")


def _call(door: Callable[..., Any], body: bytes, make: str) -> Callable[[], Any]:
    if make == "outlines":
        return lambda: door(body)
    if make == "fragment":
        return lambda: door(body.decode("utf-8", "replace"), BASE)
    return lambda: door(body, BASE, "text/html") if make == "page" else door(body, "text/xml", BASE)


def _tried(job: _Job) -> _Result:
    from corante.sandbox.pool import Poisoned

    name, work = job
    try:
        work()
    except Poisoned as poisoned:
        kinds = {"refused": "refused", "deadline": "over_deadline"}
        return name, kinds.get(poisoned.kind, "uncaught"), f"{poisoned.kind}: {poisoned}"
    except Exception:
        return name, "uncaught", traceback.format_exc(limit=-3)
    return name, "read", ""


def _read(one: str) -> None:
    """A page with the string in every place, to the excerpt."""
    from corante.core.excerpts import Limits
    from corante.core.readings import Told, compose
    from corante.sandbox import doors

    read = doors.page(page(one), BASE, "text/html")
    compose(Told(one[:500], one, one, "", None), read, None, Limits(80), NOW)


def _stored(strings: list[str]) -> Iterator[_Result]:
    """Feeds of many strings, escaped as an honest outlet would, read and written to the database."""
    from corante.core.discovery import Candidate
    from corante.gather import add_feed
    from corante.gather.writing import write
    from corante.sandbox import doors

    row = add_feed(Candidate(f"{BASE}feed.xml", "Outlet", "rss", 0, "", BASE), NOW)
    row.imported_at = NOW
    for at in range(0, len(strings), TOGETHER):
        some = strings[at : at + TOGETHER]
        yield _tried(
            (f"stored feed {at}", lambda some=some: write(  # type: ignore[misc]
                row, doors.feed(feed(some), "text/xml", BASE), NOW, timedelta(hours=48)))
        )  # fmt: skip


def _signed_up(strings: list[str]) -> Iterator[_Result]:
    """The form, with the string as the whole address and as the part before the @."""
    from corante.core.mailboxes import NotAnAddress
    from corante.subscribe import ask

    def asked(address: str, page_of: str) -> None:
        try:
            ask(address, page_of, "network", NOW)
        except NotAnAddress:
            return

    for n, one in enumerate(strings):
        yield _tried((f"form {n} {one[:60]!r}", lambda one=one: asked(one, one)))  # type: ignore[misc]
        yield _tried((f"form {n} {one[:60]!r}@", lambda one=one: asked(f"{one}@reader.example", "/")))  # type: ignore[misc]


def _fetched() -> Iterator[_Result]:
    """Bombs on the wire: small as sent, huge as unpacked."""
    import brotli
    from django.conf import settings
    from tests.fakes.outlets import Outlets, Reply

    from corante.core.feeds import Outcome
    from corante.net.client import Request, close_all, fetch_one

    zeros = bytes(256 * 2**20)
    bombs = {
        "gzip": gzip.compress(zeros, 1),
        "deflate": zlib.compress(zeros, 1),
        "br": brotli.compress(zeros, quality=1),  # type: ignore[no-untyped-call]
    }
    with Outlets() as outlets:
        for encoding, body in bombs.items():
            outlets["/" + encoding] = Reply(body, headers={"Content-Encoding": encoding})
            answer = fetch_one(settings.CORANTE, Request(outlets.url("/" + encoding)))
            fine = answer.outcome is Outcome.TOO_LARGE
            yield f"bomb {encoding}", "refused" if fine else "uncaught", answer.detail
    close_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
