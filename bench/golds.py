"""Labelled pages, as the evaluation and the races take them: every set of DATA/pages that is there, in a fixed order.

Two layouts are known: `expected.json` (publishers: title, authors, date, text by paragraphs, several versions) and
`ground-truth.json` (the benchmark: address and text).
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.scoring import words
from corante.sandbox.decoding import decode


@dataclass(frozen=True)
class Gold:
    """A page and what is right about it."""

    set: str
    name: str
    outlet: str
    url: str
    body: bytes
    paragraphs: tuple[str, ...]
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""

    @property
    def fold(self) -> int:
        """One of five, by outlet."""
        return hashlib.sha256(self.outlet.encode()).digest()[0] % 5

    @property
    def text(self) -> str:
        """The right text, a line a paragraph."""
        return "\n".join(self.paragraphs)


def golds(data: Path) -> Iterator[Gold]:
    """Every page of every set that is there."""
    folder = data / "pages"
    for file in sorted(folder.glob("*/expected.json")):
        for name, meta in sorted(json.loads(file.read_text()).items()):
            yield _publishers(file.parent, name, meta)
    for file in sorted(folder.glob("*/ground-truth.json")):
        for name, meta in sorted(json.loads(file.read_text()).items()):
            text = tuple(line for line in meta["articleBody"].split("\n") if line.strip())
            page = gzip.decompress((file.parent / f"{name}.html.gz").read_bytes())
            yield Gold(file.parent.name, name, urlsplit(meta["url"]).hostname or name, meta["url"], page, text)


def _publishers(folder: Path, name: str, meta: dict[str, Any]) -> Gold:
    body = gzip.decompress((folder / name).read_bytes())
    latest = _version_of(body, meta["expected"])
    return Gold(
        folder.name,
        name,
        str(meta["publisher"]),
        meta["meta"]["url"],
        body,
        tuple(line for line in _lines(latest) if line.strip()),
        latest.get("title") or "",
        tuple(latest.get("authors") or ()),
        latest.get("publishing_date") or "",
    )


def _version_of(body: bytes, versions: dict[str, Any]) -> dict[str, Any]:
    """A publisher's versions each have a page of their own: the one whose paragraphs stand in this page, else the latest."""
    latest_first = [versions[name] for name in sorted(versions, reverse=True)]
    if len(latest_first) == 1:
        return dict(latest_first[0])
    page = " ".join(words(html.unescape(decode(body))))

    def found(version: dict[str, Any]) -> float:
        lines = [" ".join(words(line)[:6]) for line in _lines(version)]
        return sum(line in page for line in lines) / max(1, len(lines))

    return max(latest_first, key=found)


def _lines(version: dict[str, Any]) -> list[str]:
    body = version.get("body") or {}
    lines = list(body.get("summary") or [])
    for section in body.get("sections") or []:
        lines += [*(section.get("headline") or []), *(section.get("paragraphs") or [])]
    return lines
