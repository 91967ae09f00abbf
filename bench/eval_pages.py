"""How well pages are read: text, lead, excerpts, facts; ours and peers in one run over the same decoded pages.

    python -m bench.eval_pages DATA [--failures out.html] [--fold K]

Nothing here was tuned on all of it: pages are split by outlet (its registrable host or publisher name, hashed) into five
folds; rules were looked at on folds 0 and 1 only. `--fold` restricts the run; without it every page counts.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import pathlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import trafilatura

from bench.scoring import f1, leads, points, words
from corante.core.excerpts import Limits
from corante.core.languages import base
from corante.core.pages import instant
from corante.core.readings import Reading, Told, compose
from corante.sandbox import pages

NOW = datetime(2026, 12, 1, tzinfo=UTC)
UNQUOTED = ("noindex", "reserved")
"""Outlets that wish not to be quoted from the page: obeyed, so their pages have no excerpt to score."""


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


@dataclass
class Sums:
    """Sums of one set's figures."""

    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, key: str, value: float) -> None:
        """One page's figure."""
        self.figures[key].append(value)


PEERS: dict[str, Callable[[str], str]] = {
    "trafilatura": lambda page: trafilatura.extract(page, include_comments=False) or "",
    "trafilatura_fast": lambda page: trafilatura.extract(page, include_comments=False, fast=True) or "",
    "trafilatura_precision": lambda page: trafilatura.extract(page, include_comments=False, favor_precision=True) or "",
}


def evaluate(
    data: pathlib.Path, folds: tuple[int, ...] = (0, 1, 2, 3, 4), failures: list[str] | None = None
) -> dict[str, float]:
    """The keys `pages.*`, `excerpt.*` and `meta.*` of eval.json; peers as `<key>@<peer>`. A set that is missing is left out."""
    sums = Sums()
    languages = _languages()
    warm = False
    for gold in golds(data):
        if gold.fold not in folds:
            continue
        if not warm:
            _ours(gold), [peer(gold.body.decode("utf-8", "replace")) for peer in _peers().values()]
            warm = True
        _one(gold, sums, languages, failures)
    return {key: sum(values) / len(values) for key, values in sorted(sums.figures.items())} | _medians(sums)


def golds(data: pathlib.Path) -> Iterator[Gold]:
    """Every page of every set that is there, in a fixed order."""
    folder = data / "pages"
    for file in sorted(folder.glob("*/expected.json")):
        for name, meta in sorted(json.loads(file.read_text()).items()):
            yield _publishers(file.parent, name, meta)
    for file in sorted(folder.glob("*/ground-truth.json")):
        for name, meta in sorted(json.loads(file.read_text()).items()):
            text = tuple(line for line in meta["articleBody"].split("\n") if line.strip())
            page = gzip.decompress((file.parent / f"{name}.html.gz").read_bytes())
            yield Gold(file.parent.name, name, urlsplit(meta["url"]).hostname or name, meta["url"], page, text)


def _publishers(folder: pathlib.Path, name: str, meta: dict[str, object]) -> Gold:
    versions = meta["expected"]
    said = meta["meta"]
    assert isinstance(versions, dict)
    assert isinstance(said, dict)
    body = gzip.decompress((folder / name).read_bytes())
    latest = _version_of(body, versions)
    lines = _lines(latest)
    return Gold(
        folder.name,
        name,
        str(meta["publisher"]),
        said["url"],
        body,
        tuple(line for line in lines if line.strip()),
        latest.get("title") or "",
        tuple(latest.get("authors") or ()),
        latest.get("publishing_date") or "",
    )


def _version_of(body: bytes, versions: dict[str, Any]) -> dict[str, Any]:
    """A publisher's versions each have a page of their own: the one whose paragraphs stand in this page, else the latest."""
    page = " ".join(words(html.unescape(pages.decode(body))))

    def found(version: dict[str, Any]) -> float:
        lines = [" ".join(words(line)[:6]) for line in _lines(version)]
        return sum(line in page for line in lines) / max(1, len(lines))

    latest_first = [versions[name] for name in sorted(versions, reverse=True)]
    return max(latest_first, key=found)


def _lines(version: dict[str, Any]) -> list[str]:
    body = version.get("body") or {}
    lines = list(body.get("summary") or [])
    for section in body.get("sections") or []:
        lines += [*(section.get("headline") or []), *(section.get("paragraphs") or [])]
    return lines


def _ours(gold: Gold) -> tuple[Reading, float]:
    start = time.process_time()
    page = pages.read(gold.body, gold.url)
    reading = compose(Told(""), page, None, Limits(), NOW)
    return reading, time.process_time() - start


def _one(gold: Gold, sums: Sums, languages: dict[str, str], failures: list[str] | None) -> None:
    reading, seconds = _ours(gold)
    text = "\n".join(gold.paragraphs)
    decoded = pages.decode(gold.body)
    if text.strip():
        _text_figures(gold, "", text, reading.text, seconds, sums)
        for name, peer in _peers().items():
            start = time.process_time()
            theirs = peer(decoded)
            _text_figures(gold, f"@{name}", text, theirs, time.process_time() - start, sums)
        if reading.signals.keys().isdisjoint(UNQUOTED) and reading.signals.get("snippet", 400) >= 400:
            _excerpt_figures(gold, reading, sums)
    _meta_figures(gold, reading, sums, languages)
    if failures is not None:
        failures.append(_failure(gold, reading, f1(text, reading.text)))


def _text_figures(gold: Gold, peer: str, text: str, ours: str, seconds: float, sums: Sums) -> None:
    score = f1(text, ours)
    sums.add(f"pages.{gold.set}.f1{peer}", score)
    sums.add(f"pages.{gold.set}.disasters{peer}", float(score < 0.5))
    sums.add(f"pages.{gold.set}.lead{peer}", float(leads(ours, gold.paragraphs)))
    sums.add(f"pages.{gold.set}.ms{peer}", seconds * 1000)


def _excerpt_figures(gold: Gold, reading: Reading, sums: Sums) -> None:
    again = compose(Told(""), pages.read(gold.body, gold.url), None, Limits(), NOW).excerpt.text
    shown = points(reading.excerpt.text, gold.paragraphs, gold.title or reading.title, again)
    for name, right in shown.items():
        sums.add(f"excerpt.{gold.set}.{name}", float(right and bool(reading.excerpt.text)))
    sums.add(f"excerpt.{gold.set}.good", float(all(shown.values()) and bool(reading.excerpt.text)))


def _meta_figures(gold: Gold, reading: Reading, sums: Sums, languages: dict[str, str]) -> None:
    if gold.title:
        want, have = set(words(gold.title)), set(words(reading.title))
        sums.add("meta.title", float(len(want & have) >= 0.8 * max(len(want), len(have))))
    if gold.published and reading.published:
        want_at = instant(gold.published)
        sums.add("meta.date", float(want_at is not None and want_at.date() == reading.published.date()))
        sums.add("meta.date_asserted", 1.0)
    elif gold.published:
        sums.add("meta.date_asserted", 0.0)
    if gold.authors:
        said = {" ".join(words(name)) for name in reading.author.split(", ")}
        sums.add("meta.author", float(any(" ".join(words(name)) in said for name in gold.authors)))
    if gold.name in languages:
        sums.add("meta.language", float(base(reading.language) == languages[gold.name]))


def _medians(sums: Sums) -> dict[str, float]:
    """Milliseconds are told as medians: a page of 2 MB says nothing about the others."""
    return {k: sorted(v)[len(v) // 2] for k, v in sums.figures.items() if k.split("@")[0].endswith(".ms")}


def _peers() -> dict[str, Callable[[str], str]]:
    return PEERS


def _languages() -> dict[str, str]:
    """Labelled by hand, beside this file."""
    file = pathlib.Path(__file__).with_name("page_languages.json")
    labels: dict[str, str] = json.loads(file.read_text()) if file.is_file() else {}
    return labels


def _failure(gold: Gold, reading: Reading, score: float) -> str:
    shown = points(reading.excerpt.text, gold.paragraphs, gold.title, reading.excerpt.text)
    wrong = ", ".join(name for name, right in shown.items() if not right)
    if not wrong and score > 0.8:
        return ""
    cells = [f"{html.escape(gold.name)}<br>F1 {score:.3f}<br>{wrong}<br>{reading.source}"]
    cells += [html.escape("\n\n".join(gold.paragraphs)[:1800]), html.escape(reading.text[:1800])]
    cells.append(html.escape(reading.excerpt.text))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def main() -> int:
    """Print the table; write the failures side by side where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--failures", type=pathlib.Path)
    parser.add_argument("--fold", type=int, action="append")
    asked = parser.parse_args()
    rows: list[str] = []
    figures = evaluate(asked.data, tuple(asked.fold or range(5)), rows if asked.failures else None)
    for key, value in figures.items():
        print(f"{key:48} {value:.4f}")
    if asked.failures:
        style = "<meta charset=utf-8><style>td{vertical-align:top;white-space:pre-wrap;border-top:1px solid;max-width:28em}</style>"
        asked.failures.write_text(f"{style}<table>{''.join(rows)}</table>")
    return 0


if __name__ == "__main__":
    sys.exit(main())
