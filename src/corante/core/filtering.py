"""The line filter: how likely each line of the library's text is the article's own, from many small signs together.

No single sign decides: a short line may be a kicker or an answer, a line with a link a teaser or a source. So the signs
are weighed; the weights were learned by `bench.train_lines` from pages whose right text is known, and core.weights holds
them. Rule: a line without a place on the page is not judged; one the library had left out needs more for it than one it took.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log1p

from . import weights
from .marks import (
    Known,
    asks,
    credits,
    dated,
    leaked,
    line_key,
    names_author,
    points_elsewhere,
    repeats,
    shingles,
    standfirst,
)
from .markup import words
from .pages import Block, Place
from .sentences import finished
from .tokens import words as tokens

INSIDE = ("aside", "header", "figure", "form", "p")
KINDS = ("heading", "list", "quote", "table", "caption")
NAMES = 9
"""Kinds of names that `Place.near` and `Place.above` tell."""
REACH = 10
"""Lines: how far a distance is told."""
POINTER = 8
"""Words: a shorter line that asks points to the line after it."""
START = 120
"""Characters: enough of a line to count its digits and capitals in."""
SIGNED = 45
"""Words: in longer lines a word of asking, crediting or dating says nothing."""
TAKEN, LEFT_OUT = -0.3, 1.4
"""Log odds below which a line is dropped: two in five where the library took it, four in five where it did not."""


def unlikely(blocks: Sequence[Block], known: Known) -> Collection[int]:
    """Which of the blocks, by their number, are not the article's own."""
    if not any(block.place for block in blocks):
        return ()
    told = enumerate(zip(blocks, signs(blocks, known), strict=True))
    return {at for at, (block, line) in told if block.place and score(line) < _bar(block.place)}


def _bar(place: Place) -> float:
    return TAKEN if place.taken else LEFT_OUT


def score(line: dict[str, float]) -> float:
    """Log odds that a line with these signs is the article's own."""
    return weights.BASE + sum(over if line[sign] > limit else under for sign, limit, under, over in weights.RULES)


def signs(blocks: Sequence[Block], known: Known) -> list[dict[str, float]]:
    """The signs of each line, in order: its own, its place's, and its neighbours'."""
    sizes = [words(block.text) for block in blocks]
    ends = [finished(block.text) for block in blocks]
    lead = next((at for at, size in enumerate(sizes) if ends[at] and size >= 15), 0)
    witness = _Witness(blocks, known)
    said: set[str] = set()
    whole, so_far, table = max(1, sum(sizes)), 0, []
    for at, block in enumerate(blocks):
        line = _own(block, sizes[at], ends[at]) | _known(block, known) | witness.says(block) | _place(block.place)
        key = line_key(block.text)
        line |= {"again": float(key in said), "done": so_far / whole, "rest": 1 - (so_far + sizes[at]) / whole}
        line |= {"before": float(at < lead), "to_lead": float(max(-REACH, min(REACH, at - lead)))}
        line |= {"to_end": float(min(REACH, len(blocks) - 1 - at))}
        for name, other in (("last", at - 1), ("next", at + 1), ("second_last", at - 2), ("second_next", at + 2)):
            there = 0 <= other < len(blocks)
            line[f"{name}_size"] = log1p(sizes[other]) if there else 0.0
            line[f"{name}_ends"] = float(there and ends[other])
            line[f"{name}_links"] = blocks[other].links if there else 0.0
            line[f"{name}_asks"] = float(there and sizes[other] < POINTER and asks(blocks[other].text))
        table.append(line)
        said.add(key)
        so_far += sizes[at]
    return table


def _own(block: Block, size: int, ends: bool) -> dict[str, float]:
    text = block.text
    start = text[:START]
    length = max(1, len(start))
    return {
        "size": log1p(size),
        "ends": float(ends),
        "links": block.links,
        "digits": sum(map(str.isdigit, start)) / length,
        "capitals": sum(map(str.isupper, start)) / length,
        "small": float(text[:1].islower()),
        "dots": float(text.endswith(("...", "…"))),
        "colon": float(text.endswith((":", "："))),
        "dash": float(text[:1] in "-–—•*►▶>→·"),
        "asks": float(size < SIGNED and asks(text)),
        "credits": float(size < SIGNED and credits(text)),
        "dated": float(size < SIGNED and dated(text)),
        "leaked": float(leaked(text)),
        "points": float(points_elsewhere(text)),
    } | {kind: float(block.kind == kind) for kind in KINDS}


def _known(block: Block, known: Known) -> dict[str, float]:
    return {
        "title": float(repeats(block.text, known.title)),
        "standfirst": float(standfirst(block, known)),
        "byline": float(names_author(block.text, known.authors)),
    }


class _Witness:
    """What JSON-LD's body and the description have of a line; the body counts where it is whole."""

    def __init__(self, blocks: Sequence[Block], known: Known) -> None:
        body = tokens(known.witness)
        whole = sum(len(block.text) for block in blocks)
        self.whole = len(known.witness) >= 500 and len(known.witness) >= 0.6 * whole
        self.body = shingles(body) if self.whole else set()
        self.description = shingles(tokens(known.description))

    def says(self, block: Block) -> dict[str, float]:
        """Shares of the line's runs of words."""
        mine = shingles(tokens(block.text))
        held, told = (len(mine & there) / max(1, len(mine)) for there in (self.body, self.description))
        return {"held": held, "not_held": float(self.whole and held < 0.5), "described": told}


def _place(place: Place | None) -> dict[str, float]:
    at = place or Place()
    line = {f"in_{name}": float(name in at.inside) for name in INSIDE}
    line |= {f"near_{bit}": float(at.near >> bit & 1) for bit in range(NAMES)}
    line |= {f"above_{bit}": float(at.above >> bit & 1) for bit in range(NAMES)}
    line |= {"shared": at.shared, "pure": at.pure, "pure_above": at.pure_above, "alike": at.alike}
    line |= {"alike_pure": at.alike_pure, "main": float(at.main), "bold": at.bold, "gap": float(at.gap)}
    line["taken"] = float(at.taken)
    return line
