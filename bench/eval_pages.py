"""How well pages are read: text, lead, excerpts, facts; ours and peers in one run over the same decoded pages.

    python -m bench.eval_pages DATA [--fold K] [--alone] [--report DIR]

Pages are split by outlet (its host or publisher name, hashed) into five folds; rules were made looking at some and are
quoted on the others (bench/README.md says which). `--fold` restricts the run, `--alone` leaves the peers out. Each reader
is a process of its own (`bench.peers`), asked page by page in turn, so that all of them meet the same machine.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench import pages_report
from bench.golds import Gold, golds
from bench.peers import Answer, Peer, company, ours
from bench.scoring import f1, leads, points, word_for_word, words
from bench.seen import Seen
from corante.core.excerpts import LEAST
from corante.core.languages import base
from corante.core.pages import instant
from corante.sandbox.decoding import decode
from corante.sandbox.plain import plain

UNQUOTED = ("noindex", "reserved")
"""Outlets that wish not to be quoted from the page: obeyed, so their pages have no excerpt to score."""
LONG = 400
"""Characters: a shorter `max-snippet` has no room for the length we aim at."""
WITH_FACTS = ("trafilatura", "newspaper4k", "readability", "resiliparse")
REPORT = Path("eval-report")


def evaluate(
    data: Path, folds: tuple[int, ...] = (0, 1, 2, 3, 4), report: Path | None = REPORT, alone: bool = False
) -> dict[str, float]:
    """The keys `pages.*`, `excerpt.*` and `meta.*` of eval.json, peers as `<key>@<peer>`; a missing set is left out.

    Prints the tables by set and by group of languages; writes the failures side by side into `report`.
    """
    chosen = [gold for gold in golds(data) if gold.fold in folds]
    if not chosen:
        return {}
    seen, memory = _read_all(chosen, alone)
    print("\n".join(pages_report.tables(seen, memory)))
    if report:
        print(f"failures side by side: {pages_report.write(seen, memory, report)}")
    return _keys(seen, memory)


def _read_all(chosen: list[Gold], alone: bool) -> tuple[list[Seen], dict[str, float]]:
    """Every page by every reader, and the most memory each reader had."""
    labels = _languages()
    us = ours("bench.peers.ours", "corante")
    memory: dict[str, float] = {}
    with company("bench.peers.readers") as everyone:
        peers = {} if alone else everyone
        _ask_ours(us, chosen[0]), [_ask(peer, chosen[0]) for peer in peers.values()]  # what is loaded once is not timed
        seen = [_one(gold, us, peers, labels, memory) for gold in chosen]
    us.close()
    return seen, memory


def _one(gold: Gold, us: Peer, peers: dict[str, Peer], labels: dict[str, str], memory: dict[str, float]) -> Seen:
    answer = _ask_ours(us, gold)
    mine = answer.value or {}
    seen = Seen(gold, labels.get(gold.name) or base(mine.get("language", "")), mine, answer.error)
    answers = {"": answer} | {name: _ask(peer, gold) for name, peer in peers.items()}
    for name, one in answers.items():
        memory[name] = max(memory.get(name, 0.0), one.peak_mb)
        _text_figures(seen, name, one)
    if mine:
        _excerpt_figures(seen, _ask_ours(us, gold).value or {})
        seen.figures[""] |= _facts(gold, mine)
    if gold.name in labels:
        seen.figures[""]["language"] = float(base(mine.get("language", "")) == labels[gold.name])
    for name in set(WITH_FACTS) & set(peers) if gold.title else ():
        seen.figures[name] |= _facts(gold, _ask(peers[name], gold, facts="yes").value or {})
    return seen


def _ask_ours(us: Peer, gold: Gold) -> Answer:
    return us.ask({"bytes": gold.body.decode("latin-1"), "url": gold.url})


def _ask(peer: Peer, gold: Gold, **more: str) -> Answer:
    return peer.ask({"html": decode(gold.body), "url": gold.url, **more})


def _text_figures(seen: Seen, name: str, answer: Answer) -> None:
    figures = seen.figures[name]
    figures |= {"ms": answer.cpu_s * 1000, "failed": float(bool(answer.error))}
    if seen.gold.text.strip():
        text = (answer.value or {}).get("text", "")
        score = f1(seen.gold.text, text)
        first = next((line for line in text.splitlines() if words(line)), "")
        good = all(points(first, seen.gold.paragraphs, seen.gold.title, first).values())
        figures |= {"f1": score, "disasters": float(score < 0.5), "lead": float(leads(text, seen.gold.paragraphs))}
        figures |= {"good": float(good)} if name else {}


def _excerpt_figures(seen: Seen, again: dict[str, Any]) -> None:
    """The eight points, of excerpts that are shown, on pages that may be quoted at the length we aim at.

    A page whose outlet forbids it is told apart (`forbidden`); one that may be quoted and has no excerpt is not good (`none`).
    Of a peer the first paragraph stands for an excerpt.
    """
    mine, gold, figures = seen.ours, seen.gold, seen.figures[""]
    if not gold.text.strip():
        return
    seen.forbidden = _forbidden(mine)
    shown = points(mine["excerpt"], gold.paragraphs, gold.title or mine["title"], again.get("excerpt", ""))
    shown["word_for_word"] = word_for_word(mine["sentences"], _page_text(gold, mine["source"]))
    good = bool(mine["excerpt"]) and all(shown.values())
    figures |= {"forbidden": float(bool(seen.forbidden)), "good_of_all": float(good)}
    if seen.forbidden:
        for reader in seen.figures.values():
            reader.pop("good", None)
        return
    seen.points = shown if mine["excerpt"] else {}
    figures |= {"good": float(good), "none": float(not mine["excerpt"])}


def _forbidden(mine: dict[str, Any]) -> str:
    """Why the outlet does not let its text be quoted at the length we aim at; empty where it does."""
    wished = [wish for wish in UNQUOTED if wish in mine["signals"]]
    wished += ["max-snippet"] if mine["signals"].get("snippet", LONG) < LONG else []
    wished += ["for subscribers"] if mine["paid"] and mine["quotable"] < LEAST else []
    return ", ".join(wished)


def _page_text(gold: Gold, source: str) -> str:
    """What stands on the page; for a summary also what stands in its head."""
    markup = decode(gold.body)
    return plain(markup) if source == "body" else html.unescape(html.unescape(markup))


def _facts(gold: Gold, said: dict[str, Any]) -> dict[str, float]:
    """Title, author and date against gold; a reader that names no author or date is not asked for it."""
    found: dict[str, float] = {}
    if gold.title:
        want, have = set(words(gold.title)), set(words(said.get("title") or ""))
        found["title"] = float(len(want & have) >= 0.8 * max(len(want), len(have)))
    if gold.authors and "authors" in said:
        named = {" ".join(words(name)) for name in said["authors"]}
        found["author"] = float(any(" ".join(words(name)) in named for name in gold.authors))
    if gold.published and said.get("date"):
        want_at, at = instant(gold.published), instant(said["date"])
        found["date"] = float(bool(want_at and at and want_at.date() == at.date()))
    if gold.published and "date" in said:
        found["date_asserted"] = float(bool(said["date"]))
    return found


def _keys(seen: Iterable[Seen], memory: dict[str, float]) -> dict[str, float]:
    """The flat figures of eval.json."""
    values: dict[str, list[float]] = defaultdict(list)
    for one in seen:
        for name, figures in one.figures.items():
            for key, value in figures.items():
                values[_key(key, one.gold.set, name)].append(value)
        for point, right in one.points.items():
            values[f"excerpt.{one.gold.set}.{point}"].append(float(right))
    means = {key: sum(found) / len(found) for key, found in sorted(values.items())}
    medians = {k: sorted(found)[len(found) // 2] for k, found in values.items() if k.split("@")[0].endswith(".ms")}
    peaks = {"pages.mb" + (f"@{name}" if name else ""): peak for name, peak in memory.items()}
    return means | medians | peaks  # a page of 2 MB says nothing about the others


def _key(figure: str, set_of: str, name: str) -> str:
    peer = f"@{name}" if name else ""
    if figure in ("good", "good_of_all", "none", "forbidden"):
        return f"excerpt.{set_of}.{figure}{peer}"
    if figure in ("title", "author", "date", "date_asserted", "language"):
        return f"meta.{figure}{peer}"
    return f"pages.{set_of}.{figure}{peer}"


def _languages() -> dict[str, str]:
    """Labelled by hand, beside this file."""
    file = Path(__file__).with_name("page_languages.json")
    labels: dict[str, str] = json.loads(file.read_text()) if file.is_file() else {}
    return labels


def main() -> int:
    """Print the tables; write the failures side by side where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--fold", type=int, action="append")
    parser.add_argument("--alone", action="store_true")
    asked = parser.parse_args()
    figures = evaluate(asked.data, tuple(asked.fold or range(5)), asked.report, asked.alone)
    for key, value in figures.items():
        if "@" not in key:
            print(f"{key:40} {value:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
