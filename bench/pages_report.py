"""What the evaluation of pages came to, for people: tables for the terminal, and failures side by side as HTML.

The HTML stays on this machine: it holds the publishers' texts. It asks nothing of the network; a page as it was is shown
in a frame that may run and load nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from bench.intervals import difference
from bench.scoring import shingles
from bench.seen import Seen
from corante.sandbox.decoding import decode

GROUPS = {
    "English": "en",
    "Germanic": "de nl no sv da is af lb fo fy",
    "Romance": "fr es it pt ro ca gl",
    "Slavic, Baltic, Greek": "cs sk pl ru uk be bg mk hr sl lt lv el",
    "Finnic, Turkic, Hungarian": "fi et tr az kk uz hu",
    "Arabic, Hebrew, Persian": "ar he fa ur ps ku",
    "Indic": "hi bn mr ne ta te gu pa ml kn si",
    "East and South-East Asian": "zh ja ko th vi id ms my km lo tl",
    "African": "zu xh sw am so yo ha ig rw",
}
_GROUP = {language: group for group, languages in GROUPS.items() for language in languages.split()}
_CLOSED = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
_CALLING = re.compile(r"<(?:link|meta|base)\b[^>]*>|<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)
"""What would ask the network for something, or lead elsewhere, policy or not."""
_EVEN_SO = 0.9
"""Pages above this F1, with a good excerpt and right facts, are no failures."""


def group(seen: Seen) -> str:
    """The group of a page's language."""
    return _GROUP.get(seen.language, "other")


def tables(seen: Sequence[Seen], memory: dict[str, float]) -> list[str]:
    """Lines: each set's readers with intervals of ours − theirs; the points of excerpts and the facts; F1 by languages."""
    lines: list[str] = []
    for name in dict.fromkeys(one.gold.set for one in seen):
        some = [one for one in seen if one.gold.set == name]
        head = f"\n{name} ({len(some)} pages)"
        lines.append(
            f"{head:28}{'F1':>7}{'< .5':>6}{'lead':>7}{'good':>7}{'ms':>7}{'MB':>6}{'failed':>7}   F1: ours − theirs [95 %]"
        )
        lines += [_row(some, reader, memory) for reader in _readers(seen)]
    lines += [
        "",
        "excerpts (points: share of those shown; below, share of pages that may be quoted, and of all)",
        *_points(seen),
        "",
        "facts",
        *_facts(seen),
    ]
    lines += ["", f"{'F1 by language':28}" + "".join(f"{reader or 'corante':>22}" for reader in _readers(seen))]
    return lines + [_by_language(name, some, _readers(seen)) for name, some in _grouped(seen).items()]  # fmt: skip


def write(seen: Sequence[Seen], memory: dict[str, float], folder: Path) -> Path:
    """The HTML page of failures, worst first in each group of languages; its address."""
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    failed = sorted((one for one in seen if failures(one)), key=lambda one: one.f1)
    for one in failed:
        (folder / "pages" / f"{_slug(one)}.html").write_text(_CLOSED + _CALLING.sub("", decode(one.gold.body)))
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    groups = {name: [_card(one) for one in some] for name, some in _grouped(failed).items()}
    made = env.get_template("pages_report.html").render(
        groups=groups, total=len(seen), failed=len(failed), tables="\n".join(tables(seen, memory)).strip()
    )
    (folder / "pages.html").write_text(made)
    return folder / "pages.html"


def failures(seen: Seen) -> list[str]:
    """What is wrong about a page, in a word or two each."""
    mine = seen.figures[""]
    found = [f"excerpt: {point}" for point, right in seen.points.items() if not right]
    found += ["excerpt: none"] if mine.get("none") else []
    found += [f"excerpt: forbidden ({seen.forbidden})"] if seen.forbidden else []
    found += [name for name in ("lead", "title", "author", "date", "language") if mine.get(name) == 0.0]
    found += ["text"] if seen.f1 < _EVEN_SO else []
    return found + (["crashed"] if seen.error else [])


def _readers(seen: Sequence[Seen]) -> list[str]:
    return list(dict.fromkeys(name for one in seen for name in one.figures))


def _mean(seen: Sequence[Seen], reader: str, figure: str) -> float:
    values = [one.figures[reader][figure] for one in seen if figure in one.figures[reader]]
    return sum(values) / len(values) if values else float("nan")


def _row(some: Sequence[Seen], reader: str, memory: dict[str, float]) -> str:
    ms = sorted(one.figures[reader]["ms"] for one in some)
    f1, disasters, lead, good = (_mean(some, reader, name) for name in ("f1", "disasters", "lead", "good"))
    row = f"  {reader or 'corante':25}{f1:7.3f}{disasters:6.3f}{lead:7.3f}{good:7.3f}"
    row += f"{ms[len(ms) // 2]:7.1f}{memory[reader]:6.0f}{sum(one.figures[reader]['failed'] for one in some):7.0f}"
    scored = [one for one in some if "f1" in one.figures[""]]
    mean, low, high = difference([one.f1 for one in scored], [one.figures[reader]["f1"] for one in scored])
    return row + (f"   {mean:+.4f} [{low:+.4f}, {high:+.4f}]" if reader else "")


def _points(seen: Sequence[Seen]) -> list[str]:
    lines: list[str] = []
    for name in dict.fromkeys(one.gold.set for one in seen):
        some = [one for one in seen if one.gold.set == name and one.points]
        shares = {
            point: sum(one.points[point] for one in some) / len(some) for point in (some[0].points if some else ())
        }
        lines.append(
            f"  {name:14}{len(some):4}  " + "  ".join(f"{point} {share:.3f}" for point, share in shares.items())
        )
        lines.append(" " * 20 + _apart([one for one in seen if one.gold.set == name]))
    return lines


def _apart(some: Sequence[Seen]) -> str:
    """Pages without an excerpt to judge: forbidden by their outlets, or with none though it is allowed."""
    names = ("good", "none", "forbidden", "good_of_all")
    return "  ".join(f"{name} {_mean(some, '', name):.3f}" for name in names)


def _facts(seen: Sequence[Seen]) -> list[str]:
    names = ("title", "author", "date", "date_asserted", "language")
    rows = ((reader, {n: v for n in names if (v := _mean(seen, reader, n)) == v}) for reader in _readers(seen))
    return [
        f"  {reader or 'corante':24}" + "  ".join(f"{n} {v:.3f}" for n, v in row.items()) for reader, row in rows if row
    ]


def _grouped(seen: Sequence[Seen]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        found[group(one)].append(one)
    return {name: found[name] for name in (*GROUPS, "other") if name in found}


def _by_language(name: str, some: Sequence[Seen], readers: Sequence[str]) -> str:
    return f"  {name[:20]:20}{len(some):5} " + "".join(f"{_mean(some, reader, 'f1'):22.3f}" for reader in readers)


def _card(one: Seen) -> dict[str, Any]:
    text = one.ours.get("text", "")
    peers = {name: figures["f1"] for name, figures in one.figures.items() if name and "f1" in figures}
    best = max(peers, key=lambda name: peers[name], default="")
    return {
        "seen": one,
        "file": f"pages/{_slug(one)}.html",
        "wrong": failures(one),
        "gold": _marked(one.gold.paragraphs, text),
        "ours": _marked([line for line in text.split("\n") if line.strip()], one.gold.text),
        "best": f"{best} {peers[best]:.3f}" if best else "",
    }


def _marked(lines: Sequence[str], other: str) -> list[tuple[bool, str]]:
    """Lines, and whether the other text has them: at least half of their runs of words."""
    there = shingles(other)

    def held(line: str) -> bool:
        mine = shingles(line)
        return 2 * sum((mine & there).values()) >= sum(mine.values())

    return [(held(line), line) for line in lines]


def _slug(one: Seen) -> str:
    return re.sub(r"[^\w-]+", "-", f"{one.gold.set}-{one.gold.name}")[:100]
