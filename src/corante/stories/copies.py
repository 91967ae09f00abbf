"""Word-for-word copies of a batch's articles.

Rule: among those of the last 30 days kept fingerprints nominate (rows, and the batch's own articles before it in order) and
the texts decide; an older text is known by the hash of the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Min

from corante.core.clustering import Copy
from corante.core.fingerprints import SHARES, candidates, kept, overlap, shingles
from corante.models import Article, Body, Shingle
from corante.models.bulk import insert_lines


@dataclass
class Copies:
    """The fingerprints of a batch, and what was found in rows."""

    own: dict[int, frozenset[int]]  # article -> all fingerprints
    keys: dict[int, list[int]]  # article -> those that are kept
    hits: dict[int, set[int]]  # kept hash -> articles, of rows and of the batch so far
    whole: dict[str, int]  # hash of a whole text -> the first article that had it
    texts: dict[int, str]  # of those that rows nominate
    rows: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def for_batch(cls, ids: Sequence[int]) -> Copies:
        """Fingerprint the batch and read what shares with it, in a few queries."""
        own = {article: shingles(text) for article, text in _texts(ids).items()}
        keys = {article: kept(found) for article, found in own.items()}
        hits = _hits(sorted({one for some in keys.values() for one in some}))
        near = {other for some in keys.values() for other in candidates(_shared(hits, some))}
        return cls(own, keys, hits, _whole(ids), _texts(near.difference(own)))

    def look(self, article: Article) -> Copy | None:
        """What this article was copied from, verified; and remember the article itself."""
        mine, keys = self.own.get(article.pk, frozenset()), self.keys.get(article.pk, [])
        found = self._best(article.pk, mine, keys) or (self._old(article) if mine else None)
        for one in keys:
            self.hits.setdefault(one, set()).add(article.pk)
        self.rows += [(one, article.pk) for one in keys]
        return found

    def _old(self, article: Article) -> Copy | None:
        """The very same text, told before fingerprints reach back."""
        first = self.whole.get(article.text_hash, article.pk)
        return Copy(first, 1.0) if first < article.pk else None

    def save(self) -> None:
        """Write the fingerprints of this batch."""
        insert_lines(Shingle, ("hash", "article_id"), self.rows)

    def _best(self, article: int, mine: frozenset[int], keys: Iterable[int]) -> Copy | None:
        near = candidates(_shared(self.hits, keys, article))
        shares = {other: overlap(mine, self._text(other)) for other in near}
        proven = [(o.own, -other) for other, o in shares.items() if o.smaller >= SHARES and o.own >= SHARES]
        if not proven:
            return None
        share, other = max(proven)
        return Copy(-other, round(share, 4))

    def _text(self, article: int) -> frozenset[int]:
        if article not in self.own:
            if article not in self.texts:  # nominated only since the batch's own count
                self.texts |= _texts([article])
            self.own[article] = shingles(self.texts.get(article, ""))
        return self.own[article]


def _shared(hits: Mapping[int, set[int]], keys: Iterable[int], but: int | None = None) -> dict[int, set[int]]:
    """The articles under each of these hashes, without the one that asks."""
    return {one: hits[one] - {but} for one in keys if one in hits}


def _texts(articles: Iterable[int]) -> dict[int, str]:
    return dict(Body.objects.filter(article__in=list(articles)).values_list("article_id", "text"))


def _hits(wanted: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for start in range(0, len(wanted), 5000):
        part = Shingle.objects.filter(hash__in=wanted[start : start + 5000])
        for one, article in part.values_list("hash", "article_id"):
            found[one].add(article)
    return found


def _whole(ids: Sequence[int]) -> dict[str, int]:
    """The first article of each whole text of the batch."""
    marks = Article.objects.filter(pk__in=ids).exclude(text_hash="").values_list("text_hash", flat=True)
    firsts = Article.objects.filter(text_hash__in=list(marks)).values_list("text_hash").annotate(first=Min("pk"))
    return dict(firsts)
