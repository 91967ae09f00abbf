"""How sure a difference is: paired bootstrap, seeded, so that the same figures give the same interval.

Pages (or topics) are drawn with replacement; what varies is which pages a set happens to hold.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

DRAWS = 2000


def difference(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """The mean of ours − theirs over pairs, and the ends of its 95 % interval."""
    pairs = [a - b for a, b in zip(ours, theirs, strict=True)]
    if not pairs:
        return 0.0, 0.0, 0.0
    chance = random.Random(len(pairs))
    means = sorted(sum(chance.choices(pairs, k=len(pairs))) / len(pairs) for _ in range(DRAWS))
    return sum(pairs) / len(pairs), means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS)]
