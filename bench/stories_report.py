"""What grouping got wrong, for people: wrong joins, wrong splits and wrong pairs side by side, with the reasons given.

The HTML stays on this machine: it holds the outlets' texts. It asks nothing of the network.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from bench.story_sets import Sample
from corante.core.clustering import Decision
from corante.core.vectors import Piece

COLUMNS = 5
LINES = 7
CARDS = 30
TEXT = 400  # characters of a text that stand in a pair

_NAMES = {
    "ecbplus": "Texts in look-alike pairs (ECB+)",
    "uci": "Headlines only (UCI)",
    "day": "Both, shuffled into one day",
}


@dataclass
class Report:
    """Failures as they are found, until they are written."""

    sets: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    pairs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def grouped(self, name: str, samples: Sequence[Sample], given: Sequence[tuple[int, Decision]]) -> None:
        """Keep what went wrong in one run over a set."""
        gold = Counter(one.story for one in samples)
        together: dict[int, list[int]] = defaultdict(list)
        for number, (story, _) in enumerate(given):
            together[story].append(number)
        joins = [_joined(some, samples, given, gold) for some in together.values()]
        apart: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(samples):
            apart[one.story].append(number)
        splits = [_split(some, samples, given, together) for some in apart.values()]
        self.sets[_NAMES.get(name, name)] = {"joins": _worst(joins), "splits": _worst(splits)}

    def paired(self, language: str, pairs: Sequence[tuple[Piece, Piece, bool]], said: Sequence[Decision]) -> None:
        """Keep the pairs that were judged wrongly, the surest errors first."""
        wrong = [
            {"one": one, "other": other, "same": same, "score": decision.score, "reason": decision.reason}
            for (one, other, same), decision in zip(pairs, said, strict=True)
            if same != (decision.story is not None)
        ]
        self.pairs[language] = sorted(wrong, key=lambda one: (one["same"], -one["score"]))

    def write(self, folder: Path, figures: dict[str, float]) -> Path:
        """The HTML page; its address."""
        folder.mkdir(exist_ok=True)
        env = Environment(
            loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        made = env.get_template("stories_report.html").render(
            sets=self.sets, pairs=self.pairs, table=_table(figures), text=TEXT
        )
        (folder / "stories.html").write_text(made)
        return folder / "stories.html"


def _joined(
    some: Sequence[int], samples: Sequence[Sample], given: Sequence[tuple[int, Decision]], gold: Counter[str]
) -> dict[str, Any]:
    """A story of ours that holds several events."""
    events: dict[str, list[int]] = defaultdict(list)
    for number in some:
        events[samples[number].story].append(number)
    parts = sorted(events.items(), key=lambda one: -len(one[1]))
    sizes = [len(part) for _, part in parts]
    kind = "two events" if sum(sizes[:2]) >= 0.95 * sum(sizes) else "events of one trade"
    return {
        "kind": "strays" if sizes[0] >= 0.9 * sum(sizes) else kind,
        "wrong": _pairs_between(sizes),
        "size": len(some),
        "parts": [
            _part(f"{len(part)} of the {gold[event]} on this event", part, samples, given) for event, part in parts
        ],
    }


def _split(
    some: Sequence[int],
    samples: Sequence[Sample],
    given: Sequence[tuple[int, Decision]],
    together: dict[int, list[int]],
) -> dict[str, Any]:
    """An event that stands in several stories of ours."""
    stories: dict[int, list[int]] = defaultdict(list)
    for number in some:
        stories[given[number][0]].append(number)
    parts = sorted(stories.items(), key=lambda one: -len(one[1]))
    sizes = [len(part) for _, part in parts]
    lost = all(size <= 2 for size in sizes[1:])
    return {
        "kind": "pieces that stayed alone" if lost else "told in halves",
        "wrong": _pairs_between(sizes),
        "size": len(some),
        "parts": [
            _part(f"{len(part)} in a story of {len(together[story])}", part, samples, given) for story, part in parts
        ],
    }


def _pairs_between(sizes: Sequence[int]) -> int:
    return (sum(sizes) ** 2 - sum(size * size for size in sizes)) // 2


def _part(
    head: str, numbers: Sequence[int], samples: Sequence[Sample], given: Sequence[tuple[int, Decision]]
) -> dict[str, Any]:
    rows = [(samples[n].outlet, samples[n].title, given[n][1]) for n in numbers[:LINES]]
    return {"head": head, "rows": rows, "more": max(0, len(numbers) - LINES)}


def _worst(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wrong = [card for card in cards if card["wrong"]]
    for card in wrong:
        card["rest"] = max(0, len(card["parts"]) - COLUMNS)
        card["parts"] = card["parts"][:COLUMNS]
    return sorted(wrong, key=lambda card: -int(card["wrong"]))[:CARDS]


def _table(figures: dict[str, float]) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Peers' names, and a row a figure: ours, then theirs."""
    peers = sorted({key.split("@")[1] for key in figures if "@" in key})
    mine = [key for key in figures if "@" not in key]
    rows = [(key, [figures.get(name) for name in (key, *(f"{key}@{peer}" for peer in peers))]) for key in mine]
    return peers, [(key, ["" if one is None else f"{one:.3f}" for one in row]) for key, row in rows]
