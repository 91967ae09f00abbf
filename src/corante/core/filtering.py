"""The line filter: how likely each line of the library's text is the article's own, from many small signs together.

No single sign decides: a short line may be a kicker or an answer, a line with a link a teaser or a source. So the signs
are weighed; the weights were learned by `bench.train_lines` from pages whose right text is known, and core.weights holds
them. Rule: a line without a place on the page is not judged; one the library had left out needs more for it than one it took.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from . import weights
from .marks import Known
from .pages import Block, Place
from .signs import signs

TAKEN, LEFT_OUT = -0.3, 1.4
"""Log odds below which a line is dropped: two in five where the library took it, four in five where it did not."""


def unlikely(blocks: Sequence[Block], known: Known) -> Collection[int]:
    """Which of the blocks, by their number, are not the article's own."""
    if not any(block.place for block in blocks):
        return ()
    weighed = {sign for sign, *_ in weights.RULES}
    told = enumerate(zip(blocks, signs(blocks, known, weighed), strict=True))
    return {at for at, (block, line) in told if block.place and score(line) < _bar(block.place)}


def score(line: Mapping[str, float]) -> float:
    """Log odds that a line with these signs is the article's own."""
    return weights.BASE + sum(over if line[sign] > limit else under for sign, limit, under, over in weights.RULES)


def _bar(place: Place) -> float:
    return TAKEN if place.taken else LEFT_OUT
