"""Feeds against feedparser, the reference: do we read the same entries, with the same title, link, name and date?

Rule: feedparser runs as it comes (its own decoding and link resolution), apart from its sanitiser, which is slow and no
matter here. Titles are compared as text, links after the same cleaning, dates to the second. Where the two differ and a
look shows that ours is right, the file stands in RIGHT with the reason.
"""

from __future__ import annotations

import calendar
import io
import pathlib
import tarfile
import time
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

BASE = "http://feed.example/feed.xml"
_feedparser: Any = feedparser
_Row = tuple[str, str, datetime | None]


def evaluate(data: pathlib.Path) -> dict[str, float]:
    """The feeds.* keys of eval.json for the sets found below `data`."""
    results: dict[str, float] = {}
    corpus = list(_files(data, "feedparser_*.tar.gz"))
    if corpus:
        compared = [_compare(body) for _, body in corpus]
        results["feeds.corpus.same_count"] = _share(c[0] for c in compared)
        results["feeds.corpus.all_fields"] = _share(c[1] for c in compared)
    real = list(_files(data, "real_*.tar.gz"))
    if real:
        results |= _real(real)
    return results


def differences(data: pathlib.Path, pattern: str) -> Iterator[str]:
    """For a person to look at: each file of a set where ours and the reference differ, and in what."""
    for name, body in _files(data, pattern):
        ours, theirs = _ours(body), _theirs(body)
        if len(ours) != len(theirs):
            yield f"{name}: {len(ours)} entries, feedparser {len(theirs)}"
            continue
        for a, b in zip(ours, theirs, strict=True):
            if not _equal(a, b):
                yield f"{name}: {a}\n    feedparser: {b}"


def _real(files: list[tuple[str, bytes]]) -> dict[str, float]:
    lost = lost_theirs = right = total = 0
    spent = [0.0, 0.0]
    for _, body in files:
        began = time.process_time()
        ours = _ours(body)
        between = time.process_time()
        theirs = _theirs(body)
        spent[0] += between - began
        spent[1] += time.process_time() - between
        lost += bool(theirs and not ours)
        lost_theirs += bool(ours and not theirs)
        reference = theirs or ours
        total += max(len(reference), len(ours))
        right += sum(_equal(a, b) for a, b in zip(ours, reference, strict=False))
    return {
        "feeds.real.lost": float(lost),
        "feeds.real.lost@feedparser": float(lost_theirs),
        "feeds.real.entries_right": right / max(1, total),
        "feeds.real.ms": spent[0] * 1000 / len(files),
        "feeds.real.ms@feedparser": spent[1] * 1000 / len(files),
    }


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
