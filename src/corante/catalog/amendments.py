"""What was changed after it was told: by outlets in their pieces, by our editors on a story's page.

Rule: said in order and with its time. Of texts only how much changed: what was said before is theirs to show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from corante.core.changes import counted, word_diff
from corante.models import Change, Revision


@dataclass(frozen=True)
class Amendment:
    """What an outlet changed later in its piece, and when we saw it."""

    kind: str  # headline, text, corrected, withdrawn
    before: str
    after: str
    at: datetime

    @property
    def runs(self) -> list[tuple[str, str]]:
        """The words in order, each run `same`, `gone` or `new`."""
        return word_diff(self.before, self.after)

    @property
    def counted(self) -> tuple[int, int]:
        """Words that came and words that went."""
        return counted(self.before, self.after)


def of_articles(articles: Iterable[int]) -> Mapping[int, list[Amendment]]:
    """What outlets changed, by article."""
    found: dict[int, list[Amendment]] = defaultdict(list)
    rows = Change.objects.filter(article__in=list(articles)).order_by("at", "pk")
    for article, kind, before, after, at in rows.values_list("article_id", "kind", "before", "after", "at"):
        found[article].append(Amendment(kind, before, after, at))
    return found


def of_stories(stories: Iterable[int]) -> Mapping[int, list[Amendment]]:
    """What editors changed, by story; kind is headline or excerpt."""
    found: dict[int, list[Amendment]] = defaultdict(list)
    rows = Revision.objects.filter(story__in=list(stories)).order_by("at", "pk")
    for number, what, before, after, at in rows.values_list("story_id", "field", "before", "after", "at"):
        found[number].append(Amendment(what, before, after, at))
    return found
