"""Words that are common in a language before we have read anything in it: what makes the first day's grouping good.

Rule: worked out when a language is first met, from how often its words are used (the package wordfreq), cut to terms
as core.vectors cuts every text. A language the package does not know starts with nothing.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Final

import wordfreq

from corante.core.vectors import terms_of

WORDS: Final = 60  # of a short article: its headline and three hundred characters
LEAST: Final = 0.003  # share of articles below which a term is not common
KNOWN: Final = frozenset(wordfreq.available_languages("small"))
# Languages whose texts are counted together with a close relative's.
_COUNTED_AS: Final = {"no": "nb", "nn": "nb", "hr": "sh", "bs": "sh", "sr": "sh", "tl": "fil"}


@lru_cache(maxsize=64)
def usual(language: str) -> dict[str, float]:
    """Term -> share of short articles it stands in, for a base language such as "en"; empty when nothing is known."""
    counted = _COUNTED_AS.get(language, language)
    if counted not in KNOWN:
        return {}
    shares = {term: 1 - (1 - often) ** WORDS for term, often in _frequencies(counted).items()}
    return {term: round(share, 3) for term, share in shares.items() if share >= LEAST}


def _frequencies(language: str) -> dict[str, float]:
    """Term -> how often one of its words is used, as a share of all words."""
    often: dict[str, float] = defaultdict(float)
    for word, share in wordfreq.get_frequency_dict(language, wordlist="small").items():
        if not any(map(str.isdigit, word)):  # the lists count "1987" and "2024" as one word, "0000"
            for term, _ in terms_of(word):
                often[term] += share
    # The package keeps every list it read: megabytes a language, and each is read once.
    wordfreq.get_frequency_dict.cache_clear()
    wordfreq.get_frequency_list.cache_clear()
    return often
