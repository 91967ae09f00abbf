"""One piece at two addresses: the page's canonical address says so.

Rule: a canonical address is believed only on the outlet's own host, and only where it names a piece; sites that give one
address for all their pages must not swallow their own articles, so two of one address are one only if their headlines agree.
"""

from __future__ import annotations

import re

from corante.core import urls
from corante.core.marks import repeats
from corante.models import Article, Sighting


def settle_address(article: Article, canonical: str) -> bool:
    """Take the canonical address's key; True when another article had it, and this one was let go."""
    if not _believable(article.url, canonical) or (key := urls.key(canonical)) == article.key:
        return False
    other = Article.objects.filter(key=key).first()
    if other is None:
        article.key = key
        return False
    same = other.outlet_id == article.outlet_id and repeats(article.title, other.title)
    if not same or article.story_id:
        return False
    Sighting.objects.filter(article=article).update(article=other)
    article.delete()
    return True


def _believable(url: str, canonical: str) -> bool:
    host, other = (urls.host_of(one).removeprefix("www.") for one in (url, canonical))
    path = canonical.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    return bool(host) and host == other and bool(re.search(r"\d|[-_]", path) or len(path) > 15)
