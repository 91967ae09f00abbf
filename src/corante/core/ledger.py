"""Never twice, never missed: what is news to a digest, and what of it goes into one reader's letter.

Rule: both are read off the ledger, never off a clock. News: filed under a topic of the digest and not yet an item
there. A reader's letter: the news under any topic the reader has now, less what an earlier letter to that reader
carried, under whatever topic or number. Merged stories count by their survivor's number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

Pair = tuple[int, int]
"""A story's number and a topic's."""

Topics = dict[int, frozenset[int]]
"""A story's number -> topics it stands under."""


def news(filed: Iterable[Pair], stood: Iterable[Pair], survivor: Mapping[int, int]) -> Topics:
    """What is news to a digest: filed under its topics, and no item under that topic yet, by any number it had.

    Takes the filings of public stories under the digest's topics, the items of its editions (not the folded ones),
    and the survivor of each story that was merged.
    """
    told = {(survivor.get(story, story), topic) for story, topic in stood}
    return by_story(pair for pair in filed if pair not in told)


def letter(news: Mapping[int, frozenset[int]], topics: frozenset[int], had: frozenset[int]) -> frozenset[int]:
    """The stories in the letter of a reader with these topics who had those stories."""
    return frozenset(story for story, under in news.items() if under & topics and story not in had)


def had(letters: Iterable[Iterable[int]], survivor: Mapping[int, int]) -> frozenset[int]:
    """What a reader had: the stories of every letter that went out to them, by today's numbers."""
    return frozenset(survivor.get(story, story) for stories in letters for story in stories)


def by_story(pairs: Iterable[Pair]) -> Topics:
    """The topics of each story."""
    topics: defaultdict[int, set[int]] = defaultdict(set)
    for story, topic in pairs:
        topics[story].add(topic)
    return {story: frozenset(under) for story, under in topics.items()}
