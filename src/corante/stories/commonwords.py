"""Words that are common in a language before we have read anything in it: what makes the first day's grouping good.

Rule: `common/<language>.txt` holds lines of "share in thousandths, terms": in how many of a thousand articles (a
headline and 300 characters) a term of core.vectors stands. A language without a file starts with nothing.
The figures are worked out from the word frequencies of wordfreq 3 (CC BY-SA 4.0; see common/NOTICE.txt).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=64)
def usual(language: str) -> dict[str, float]:
    """Term -> share of articles it stands in, for a base language such as "en"."""
    file = files(__package__) / "common" / f"{_file(language)}.txt"
    if not language.isalpha() or not file.is_file():
        return {}
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {term: int(share) / 1000 for share, *terms in lines for term in terms}


def _file(language: str) -> str:
    """Languages that share a file."""
    return {"no": "nb", "nn": "nb", "hr": "sh", "bs": "sh", "sr": "sh", "tl": "fil"}.get(language, language)
