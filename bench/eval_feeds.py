"""Feeds against feedparser, the reference: do we read the same entries, with the same title, link and date?

Rule: feedparser runs as it comes (its own decoding and link resolution), apart from its sanitiser, which is slow and no
matter here. Titles are compared as text, links after the same cleaning, dates to the second. Where the two differ and a
look shows that ours is right, the file stands in feeds_right.toml with the reason. One fold of five is never looked at.
"""

from __future__ import annotations

import calendar
import hashlib
import io
import pathlib
import tarfile
import time
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from corante.core.entries import Entry
from corante.core.feeds import ParsedFeed
from corante.core.urls import clean
from corante.sandbox import feeds
from corante.sandbox.plain import title
from corante.sandbox.prescan import Refused

from . import feed_encodings

BASE = "http://feed.example/feed.xml"
FOLDS, HELD_OUT = 5, 4
_LIST = pathlib.Path(__file__).with_name("feeds_right.toml")
RIGHT = {entry["file"]: entry["why"] for entry in tomllib.loads(_LIST.read_text())["right"]}
_feedparser: Any = feedparser
_Row = tuple[str, str, datetime | None]


def evaluate(data: pathlib.Path) -> dict[str, float]:
    """The feeds.* keys of eval.json for the sets found below `data`."""
    results: dict[str, float] = {}
    if corpus := list(_files(data, "feedparser_*.tar.gz")):
        results |= _agreement("corpus", corpus)
    if others := list(_files(data, "feedvalidator_*.tar.gz")):
        results |= _agreement("validator", others)
    if real := list(_files(data, "real_*.tar.gz")):
        results |= _real(real)
    odd = [*_files(data, "feedjira_*.tar.gz"), *_files(data, "miniflux_*.tar.gz")]
    if odd:
        results["feeds.odd.lost"] = float(sum(bool(_theirs(body)) and not _ours(body) for _, body in odd))
    every = [*corpus, *others, *real, *odd]
    results |= feed_encodings.evaluate([*corpus, *others, *odd], real)
    if every:
        results["feeds.slowest_s"] = max(_cpu(body) for _, body in every)
    return results


def differences(data: pathlib.Path, pattern: str) -> Iterator[str]:
    """For a person to look at: each file where ours and the reference differ, and in what; never the held-out fold."""
    for name, body in _files(data, pattern):
        ours, theirs = _ours(body), _theirs(body)
        if _fold(name) == HELD_OUT:
            continue
        if len(ours) != len(theirs):
            yield f"{name}: {len(ours)} entries, feedparser {len(theirs)}"
            continue
        for a, b in zip(ours, theirs, strict=True):
            if not _equal(a, b):
                yield f"{name}: {a}\n    feedparser: {b}"


def _agreement(which: str, files: list[tuple[str, bytes]]) -> dict[str, float]:
    """As many entries, and all fields of all of them: as they come, in the fold nobody looked at, and after a look."""
    compared = {name: _compare(body) for name, body in files}
    held_out = [same for name, (_, same) in compared.items() if _fold(name) == HELD_OUT]
    return {
        f"feeds.{which}.same_count": _share(count for count, _ in compared.values()),
        f"feeds.{which}.all_fields": _share(same for _, same in compared.values()),
        f"feeds.{which}.all_fields_held_out": _share(held_out),
        f"feeds.{which}.all_fields_looked_at": _share(same or _looked(name) for name, (_, same) in compared.items()),
    }


def _real(files: list[tuple[str, bytes]]) -> dict[str, float]:
    lost = lost_theirs = right = looked = total = 0
    spent = [0.0, 0.0]
    for name, body in files:
        began = time.process_time()
        ours = _ours(body)
        between = time.process_time()
        theirs = _theirs(body)
        spent[0] += between - began
        spent[1] += time.process_time() - between
        lost += bool(theirs and not ours)
        lost_theirs += bool(ours and not theirs)
        reference = theirs or ours
        equal = [_equal(a, b) for a, b in zip(ours, reference, strict=False)]
        total += max(len(reference), len(ours))
        right += sum(equal)
        looked += sum(not one for one in equal) if _looked(name) else 0
    return {
        "feeds.real.lost": float(lost),
        "feeds.real.lost@feedparser": float(lost_theirs),
        "feeds.real.entries_right": (right + looked) / max(1, total),
        "feeds.real.entries_same": right / max(1, total),
        "feeds.real.ms": spent[0] * 1000 / len(files),
        "feeds.real.ms@feedparser": spent[1] * 1000 / len(files),
    }


def _looked(name: str) -> bool:
    return name.rsplit("/", 1)[-1] in RIGHT


def _fold(name: str) -> int:
    """Which of five folds a file is in, by its name alone."""
    return int(hashlib.sha256(name.rsplit("/", 1)[-1].encode()).hexdigest(), 16) % FOLDS


def _cpu(body: bytes) -> float:
    began = time.process_time()
    _ours(body)
    return time.process_time() - began


def _compare(body: bytes) -> tuple[bool, bool]:
    ours, theirs = _ours(body), _theirs(body)
    same = len(ours) == len(theirs)
    return same, same and all(_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def _ours(body: bytes) -> list[_Row]:
    try:
        parsed = feeds.read(body, "", BASE)
    except Refused:
        parsed = ParsedFeed()
    return [_row(entry) for entry in parsed.entries]


def _row(entry: Entry) -> _Row:
    return entry.title, entry.url, entry.published or entry.updated


def _theirs(body: bytes) -> list[_Row]:
    parsed = _feedparser.parse(io.BytesIO(body), sanitize_html=False, response_headers={"content-location": BASE})
    rows = []
    for entry in parsed.entries:
        at = entry.get("published_parsed") or entry.get("updated_parsed")
        guid = str(entry.get("id") or "")
        link = clean(str(entry.get("link") or ""), BASE) or (clean(guid) if guid.startswith("http") else "")
        when = datetime.fromtimestamp(calendar.timegm(at), UTC) if at else None
        rows.append((title(str(entry.get("title") or "")), link, when))
    return rows[:2000]


def _equal(ours: _Row, theirs: _Row) -> bool:
    return ours[0] == theirs[0] and ours[1] == theirs[1] and _same_time(ours[2], theirs[2])


def _same_time(ours: datetime | None, theirs: datetime | None) -> bool:
    if ours is None or theirs is None:
        return theirs is None  # a date feedparser does not read is no mistake of ours
    return abs(ours - theirs) < timedelta(seconds=1)


def _files(data: pathlib.Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    for archive in sorted((data / "feeds").glob(pattern)):
        with tarfile.open(archive) as tar:
            for member in tar:
                stored = tar.extractfile(member) if member.isfile() else None
                if stored is not None:
                    yield member.name, stored.read()


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / max(1, len(listed))


if __name__ == "__main__":
    import json
    import sys

    folder = pathlib.Path(sys.argv[1])
    if len(sys.argv) > 2:
        print(*differences(folder, sys.argv[2]), sep="\n")
    else:
        print(json.dumps(evaluate(folder), indent=1))
