"""An editor's word on a suggestion: file the story, or never again; and words the topic's rule could say as well.

Rule: a suggestion files nothing until an editor says so; then the story is filed by that editor's hand, and what the
log says is the same as for any filing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from corante.core.profiles import missing
from corante.core.rules import Near, Phrase, RuleError, leaves, parse
from corante.core.tokens import fold
from corante.core.vectors import STEM, terms_of
from corante.core.work import Impossible
from corante.models import Account, Act, Filing, Gist, Suggestion, Topic

from .acts import file_by_hand

LOOKED_AT: Final = 50  # stories filed by hand, the newest
OFFERED: Final = 4


@dataclass(frozen=True)
class Word:
    """A word several stories filed by hand share and the rule does not say; `rule` is the rule with it."""

    said: str
    rule: str


@transaction.atomic
def accept(suggestion: Suggestion, by: Account, now: datetime) -> Filing:
    """File the story under the topic it was suggested to. Raises Impossible."""
    _answer(suggestion, now)
    shared = ", ".join(suggestion.terms[:3])
    return file_by_hand(suggestion.story, suggestion.topic, by, now, f"suggested, it shares {shared}")


@transaction.atomic
def dismiss(suggestion: Suggestion, by: Account, now: datetime) -> Act:
    """The story is not the topic's; it is not suggested there again. Raises Impossible."""
    _answer(suggestion, now)
    topic, after = suggestion.topic, {"suggestion": suggestion.pk, "story": suggestion.story_id}
    return Act.record(("topic", topic.pk, topic.name), "dismiss", by, "", now, after=after)


@transaction.atomic
def suggest_again(act: Act, by: Account, now: datetime, why: str) -> Act:
    """Undo of a dismissal: it waits for a word again."""
    Suggestion.objects.filter(pk=act.after["suggestion"]).update(answered_at=None)
    subject = (act.subject, act.subject_id, act.label)
    return Act.record(subject, "suggest_again", by, why, now, before=act.after, undoes=act)


def words_to_add(topic: Topic) -> list[Word]:
    """What the rule could say as well, judged by what editors filed under the topic by hand; the most telling first."""
    by_hand = Filing.objects.filter(topic=topic, by__isnull=False, withdrawn_at=None).order_by("-pk")
    leads = dict(by_hand.values_list("story__lead", "story__lead__title")[:LOOKED_AT])
    vectors = list(Gist.objects.filter(article__in=list(leads)).order_by("article").values_list("terms", flat=True))
    try:
        known = frozenset(word for leaf in leaves(parse(topic.rule)) for word in _words(leaf))
    except RuleError:
        return []
    surfaces = {term: word for title in leads.values() for term, word in terms_of(title or "")}
    found = [term for term in missing(vectors, known, 3 * OFFERED) if term in surfaces]
    return [_word(topic.rule, term, surfaces[term]) for term in found[:OFFERED]]


def _word(rule: str, term: str, surface: str) -> Word:
    """Terms are cut to six letters: the rule asks for words that begin so."""
    wanted = f"{term}*" if len(term) == STEM and fold(surface) != term else term
    return Word(surface, f"{rule} OR {wanted}")


def _words(leaf: object) -> tuple[str, ...]:
    return leaf.words if isinstance(leaf, Phrase | Near) else ()


def _answer(suggestion: Suggestion, now: datetime) -> None:
    if not Suggestion.objects.filter(pk=suggestion.pk, answered_at=None).update(answered_at=now):
        raise Impossible("this suggestion was answered already")
